"""End a lease without an answer: skip with a reason, hand back what was fetched ahead, report an item, sweep."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import Project, User
from accounts.permissions import require
from core import audit
from core.errors import Refused
from core.models import Event

from .. import queue
from ..models import Assignment, Item, ItemRole
from .lock import lock_assignment
from .project_decision import project_decision

SKIP_REASONS = ("too_long", "not_my_field", "unsure", "language", "sensitive")
FLAG_REASONS = ("personal_data", "broken", "harmful")
SWEEP_BATCH = 500


def skip(*, who: User, project: Project, assignment_id: UUID, lease_token: UUID, reason: str) -> bool:
    """Pass the item on to others; this annotator does not get it again. False if the lease had already ended."""
    if reason not in SKIP_REASONS:
        raise Refused("reason_unknown", _("There is no such reason to skip."), hint=", ".join(SKIP_REASONS))
    with transaction.atomic():
        assignment = lock_assignment(who=who, project=project, pk=assignment_id, lease_token=lease_token)
        ended = queue.give_back(
            [assignment.item_id], state="skipped", assignment=assignment.pk, reason=reason
        )
        if ended:
            audit.record(
                actor=who.actor,
                verb="annotation.skip",
                subject=assignment.item,
                project_id=project.pk,
                data={"reason": reason, "assignment": str(assignment.pk)},
            )
    return bool(ended)


def release(
    *, who: User, project: Project, assignment_id: UUID, lease_token: UUID, unseen: bool = False
) -> bool:
    """Give back an item without a word on it; the same annotator may get it again.

    With `unseen` only while it is fetched ahead: another tab of the same person may show what this one had behind.
    """
    with transaction.atomic():
        assignment = lock_assignment(who=who, project=project, pk=assignment_id, lease_token=lease_token)
        if unseen and not assignment.prefetch:
            return False
        return bool(queue.give_back([assignment.item_id], state="released", assignment=assignment.pk))


def flag(*, who: User, project: Project, assignment_id: UUID, lease_token: UUID, reason: str) -> None:
    """Stop an item at once: nobody is shown it again until a lead has looked."""
    if reason not in FLAG_REASONS:
        raise Refused("reason_unknown", _("There is no such reason to report."), hint=", ".join(FLAG_REASONS))
    with transaction.atomic():
        assignment = lock_assignment(who=who, project=project, pk=assignment_id, lease_token=lease_token)
        item = assignment.item
        before = item.state
        queue.give_back([item.pk], state="skipped", assignment=assignment.pk, reason=f"flag:{reason}")
        if before == "flagged":
            return
        Item.objects.filter(pk=item.pk).update(state="flagged")
        audit.record(
            actor=who.actor,
            verb="annotation.flag",
            subject=item,
            project_id=project.pk,
            data={"reason": reason, "assignment": str(assignment.pk)},
        )
        audit.emit(
            subject=item,
            name="item.flagged",
            project_id=project.pk,
            from_state=before,
            to_state="flagged",
            data={"reason": reason},
        )


def sweep_leases(*, batch: int = SWEEP_BATCH) -> int:
    """Return the slots of expired leases, in batches, passing over items in use; how many leases ended.

    People who were deactivated, here or as users, hold nothing: their leases run out at once.
    """
    Assignment.objects.filter(
        Q(profile__deactivated_at__isnull=False) | Q(profile__user__is_active=False) | Q(profile__user=None),
        state="leased",
        leased_until__gt=Now(),
    ).update(leased_until=Now() - timedelta(seconds=1))
    ended = 0
    while True:
        with transaction.atomic():
            items = queue.lock_items_with_expired_leases(batch)
            done = queue.give_back(items, state="expired") if items else 0
        ended += done
        if not done:
            return ended


def reopen(*, who: User, item: Item) -> Item:
    """A lead has looked at a reported item: it is as it was before, and its votes count as they stand now."""
    require(who, "annotation.manage", item.project)
    with transaction.atomic():
        locked = Item.objects.select_for_update().get(pk=item.pk)
        if locked.state != "flagged":
            raise Refused("not_reported", _("This item is not reported."))
        locked.state = _state_without_report(locked)
        locked.save(update_fields=["state"])
        project_decision(locked)
        audit.record(actor=who.actor, verb="annotation.reopen", subject=locked, project_id=locked.project_id)
        audit.emit(
            subject=locked,
            name="item.reopened",
            project_id=locked.project_id,
            from_state="flagged",
            to_state=locked.state,
        )
    return locked


def _state_without_report(item: Item) -> str:
    """What was closed when it was reported stays closed: its content may be gold by now."""
    reports = Event.objects.filter(
        subject_type=audit.subject_type(item), subject_id=str(item.pk), name="item.flagged"
    )
    if reports.order_by("-pk").values_list("from_state", flat=True).first() == "closed":
        return "closed"
    if item.role != ItemRole.WORK:
        return "open"
    full = item.judgments.filter(slot__isnull=False).count() == item.slots_asked
    return "decided" if full else "open"
