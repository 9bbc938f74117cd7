"""Fix the better answer of a pair: a repair of it (an answer to learn from) and fixed > original. The pair stays open."""

from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Project, User
from core import audit
from core.errors import Refused

from ..choices import RepairChoice
from ..models import DECIDABLE, Assignment, Item, ItemRole, Judgment, Pair, Repair, Response
from ..sides import place
from .lock import lock_assignment
from .make_items import NewItem, fingerprint
from .project_decision import project_decision
from .read_first import require_read
from .repair import prefer_fix, written_fix
from .said import Said
from .submit import Submitted, add_revision

SIDES = ("left", "right")


def side_of(assignment: Assignment, side: str) -> Response:
    """The response that stands on this side of the screen."""
    if side not in SIDES:
        raise Refused("side_unknown", _("An answer stands left or right."))
    pair = Pair.objects.select_related("response_a", "response_b").get(item_id=assignment.item_id)
    return place(pair.response_a, pair.response_b, swapped=assignment.swapped)[SIDES.index(side)]


def fix_in_pair(
    *, who: User, project: Project, assignment_id: UUID, lease_token: UUID, key: UUID, side: str, text: str
) -> Submitted:
    """Keep the rewritten answer; the same `key` again changes nothing, and the pair waits for its judgment as before.

    A pair that is not work looks the same to whoever mends it, and no training data comes of it.
    """
    with transaction.atomic():
        assignment = lock_assignment(who=who, project=project, pk=assignment_id, lease_token=lease_token)
        if assignment.item.kind != "pair":
            raise Refused("not_a_pair", _("This item is a repair, not a pair."))
        earlier = Judgment.objects.filter(idempotency_key=key).first()
        if earlier is not None:
            return _again(earlier, assignment)
        _require_at_hand(assignment)
        require_read(assignment.profile, assignment.item.campaign)
        original = side_of(assignment, side)
        fix = written_fix(original, text, project)
        repair = _repair(assignment, original, fix)
        judgment = _decide(repair, assignment, fix=fix, key=key, project=project)
        if judgment.counted:
            project_decision(repair.item)
            prefer_fix(who=who, repair=repair, fix=fix, by=judgment, said=_said(repair.item))
        audit.record(
            actor=who.actor,
            verb="annotation.fix_in_pair",
            subject=repair.item,
            project_id=project.pk,
            data={"pair": str(assignment.item_id), "judgment": str(judgment.pk)},
        )
        state = repair.item.state
        audit.emit(subject=repair.item, name=f"item.{state}", project_id=project.pk, to_state=state)
    return Submitted(judgment, "counted")


def _again(earlier: Judgment, assignment: Assignment) -> Submitted:
    if earlier.profile_id != assignment.profile_id:
        raise Refused("key_used", _("This idempotency key belongs to another answer."))
    return Submitted(earlier, "again")


def _require_at_hand(assignment: Assignment) -> None:
    """A pair one holds or has answered, and that nobody stopped; gold that has worn out meanwhile says nothing of it."""
    item = assignment.item
    stands = item.state in DECIDABLE or (item.role != ItemRole.WORK and item.state == "closed")
    if assignment.state not in ("leased", "submitted") or not stands:
        raise Refused(
            "pair_not_held",
            _("This pair is not yours to fix any more."),
            hint=_("Go on with the pair that is on the page."),
        )


def _repair(assignment: Assignment, original: Response, fix: Response) -> Repair:
    """An item that is decided from the start; each fix has its own, refused when somebody wrote the very same.

    What is mended in a pair that is not work is kept as practice: closed, counted by nobody, no row and no vote.
    """
    pair_item = assignment.item
    work = pair_item.role == ItemRole.WORK
    role = ItemRole.WORK if work else ItemRole.PRACTICE
    mark = fingerprint(
        pair_item.project_id, NewItem(original.version_id, (original, original, fix), "fix", 0.0, role=role)
    )
    if Item.objects.filter(campaign_id=pair_item.campaign_id, fingerprint=mark).exists():
        raise Refused("fixed_before", _("Somebody has written this very version already."))
    item = Item.objects.create(
        id=uuid4(),
        project_id=pair_item.project_id,
        campaign=pair_item.campaign,
        kind="repair",
        version_id=original.version_id,
        fingerprint=mark,
        slots_asked=int(work),
        slots_left=0,
        state="decided" if work else "closed",
        role=role,
        stratum=pair_item.stratum,
        language=pair_item.language,
        sensitive=pair_item.sensitive,
        asked_by=pair_item.asked_by,
        sampled=False,
    )
    return Repair.objects.create(item=item, response=original)


def _decide(
    repair: Repair, assignment: Assignment, *, fix: Response, key: UUID, project: Project
) -> Judgment:
    """The author's word on it, under an assignment of its own: it can be changed like any other repair."""
    now = timezone.now()
    own = Assignment.objects.create(
        project=project,
        item=repair.item,
        profile=assignment.profile,
        state="submitted",
        leased_until=now,
        ended_at=now,
        swapped=False,
    )
    judgment = Judgment.objects.create(
        project=project,
        item=repair.item,
        profile=assignment.profile,
        assignment=own,
        slot=repair.item.slots_asked or None,
        simulated=assignment.profile.simulated,
        idempotency_key=key,
    )
    add_revision(judgment, number=1, said=_said(repair.item), item=repair.item, response=fix)
    return judgment


def _said(item: Item) -> Said:
    """Only the text speaks; what the campaign asks reasons for is the judgment of the pair."""
    campaign = item.campaign
    return Said(
        RepairChoice.FIX.value,
        strength=0,
        tags=(),
        rationale="",
        active_ms=None,
        guidelines_id=campaign.guidelines_id,
        policy_id=campaign.policy_id,
    )
