"""Submit an answer: vote, revision, frozen groups, decision, audit entry and event, or none of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Project, User
from core import audit
from core.errors import Refused

from .. import queue
from ..active_time import of_answer
from ..ballot import judgments_on, record_vote
from ..choices import Shown
from ..eligibility import groups_of
from ..models import DECIDABLE, Adjudication, Assignment, Item, ItemRole, Judgment, JudgmentRevision, Response
from ..sides import unswap
from ..spans import SpanGiven
from .lock import lock_assignment
from .overlap import settle_overlap
from .project_decision import project_decision, read_as_work
from .read_first import require_read
from .said import IN_FORCE, Said, Under, checked
from .spans import checked_spans, store_spans

How = Literal["counted", "uncounted", "again"]


@dataclass(frozen=True, slots=True)
class Submitted:
    """The vote that now stands: counted, kept uncounted, or the one an earlier delivery already made."""

    judgment: Judgment
    how: How


def submit_judgment(
    *,
    who: User,
    project: Project,
    assignment_id: UUID,
    lease_token: UUID,
    key: UUID,
    shown: Shown,
    tags: Collection[str] = (),
    rationale: str = "",
    active_ms: int | None = None,
    section: str = "",
    under: Under = IN_FORCE,
    spans: Sequence[SpanGiven] = (),
) -> Submitted:
    """Store a judgment of a pair; `shown` and `spans` are about sides and are unswapped here.

    The same `key` again changes nothing. After the lease has ended the vote counts only if a slot is still free.
    """
    with transaction.atomic():
        assignment = lock_assignment(who=who, project=project, pk=assignment_id, lease_token=lease_token)
        if assignment.item.kind != "pair":
            raise Refused("not_a_pair", _("This item is a repair, not a pair."))
        given = judgments_on(assignment.item, or_sent_as=key)
        if (again := sent_before(given, assignment, key)) is not None:
            return again
        require_read(assignment.profile, assignment.item.campaign)
        answer = unswap(shown, swapped=assignment.swapped)
        said = checked(
            campaign=assignment.item.campaign,
            project=project,
            choice=answer.choice.value,
            strength=answer.strength,
            tags=tags,
            rationale=rationale,
            active_ms=of_answer(active_ms, assignment),
            section=section,
            under=under,
        )
        said = replace(said, spans=checked_spans(assignment=assignment, given=spans))
        return record_answer(who=who, assignment=assignment, key=key, said=said, given=given)


def sent_before(given: Sequence[Judgment], assignment: Assignment, key: UUID) -> Submitted | None:
    """The answer an earlier delivery of this key has stored, whatever is asked by now; one answer a person."""
    item, profile = assignment.item, assignment.profile
    earlier = next((one for one in given if one.idempotency_key == key), None)
    if earlier is not None:
        if earlier.profile_id != profile.pk or earlier.item_id != item.pk:
            raise Refused("key_used", _("This idempotency key belongs to another answer."))
        return Submitted(earlier, "again")
    if any(one.profile_id == profile.pk for one in given):
        raise Refused(
            "already_answered",
            _("You have already answered this one."),
            hint=_("Change your answer under My work."),
        )
    return None


def record_answer(
    *,
    who: User,
    assignment: Assignment,
    key: UUID,
    said: Said,
    given: Sequence[Judgment],
    response: Response | None = None,
) -> Submitted:
    """The part of submitting that pairs and repairs share; the item is locked by the caller's transaction.

    `given` are the item's judgments, none of them `sent_before`.
    """
    item, profile = assignment.item, assignment.profile
    slot = _slot_for(assignment, given)
    judgment = Judgment(
        project_id=item.project_id,
        item=item,
        profile=profile,
        assignment=assignment,
        slot=slot,
        simulated=profile.simulated,
        idempotency_key=key,
    )
    revision = _revision(judgment, number=1, said=said, response=response, item=item)
    record_vote(judgment, revision)
    store_spans(revision, said.spans)
    _advance(who=who, item=item, judgment=judgment, said=said)
    return Submitted(judgment, "counted" if judgment.taken else "uncounted")


def _slot_for(assignment: Assignment, given: Sequence[Judgment]) -> int | None:
    """The number this vote takes, or None where it cannot count any more."""
    item = assignment.item
    if assignment.state != "leased":
        _end_newer_lease(assignment)
    if item.role != ItemRole.WORK:
        return None
    if item.state not in DECIDABLE or assignment.profile.deactivated_at is not None:
        if assignment.state == "leased":
            queue.give_back([item.pk], state="released", assignment=assignment.pk)
        return None
    if assignment.state != "leased":
        if Adjudication.objects.filter(item=item, by=assignment.profile.user_id).exists():
            return None
        groups = groups_of(assignment.profile) if item.quota else ()
        if not queue.take_slot_late(item=item.pk, groups=groups):
            return None
        item.refresh_from_db(fields=["slots_left"])
    return max((one.slot or 0 for one in given), default=0) + 1


def _end_newer_lease(late: Assignment) -> None:
    """The same person may have taken the item again in another tab: one answer needs one slot, and it is here."""
    newer = Assignment.objects.filter(item=late.item, profile=late.profile, state="leased").first()
    if newer is not None:
        queue.give_back([late.item_id], state="released", assignment=newer.pk)


def add_revision(
    judgment: Judgment, *, number: int, said: Said, item: Item, response: Response | None = None
) -> JudgmentRevision:
    """What the judgment says from now on, and what it was judged under."""
    revision = _revision(judgment, number=number, said=said, item=item, response=response)
    revision.save(force_insert=True)
    store_spans(revision, said.spans)
    return revision


def _revision(
    judgment: Judgment, *, number: int, said: Said, item: Item, response: Response | None
) -> JudgmentRevision:
    return JudgmentRevision(
        project_id=item.project_id,
        judgment=judgment,
        number=number,
        choice=said.choice,
        strength=said.strength,
        tags=list(said.tags),
        rationale=said.rationale,
        response=response,
        tags_version=said.tags_version,
        guidelines_id=said.guidelines_id,
        policy_id=said.policy_id,
        section=said.section,
        act=said.act,
        active_ms=said.active_ms,
    )


def _advance(*, who: User, item: Item, judgment: Judgment, said: Said) -> None:
    """Bring the decision up to date, close a full item, and write down who did it.

    The audit names the pseudonym and no choice: who voted what is joined through the profile only.
    """
    if judgment.slot is not None:
        outcome = project_decision(item)
        if outcome is not None and item.state == "open":
            settle_overlap(item, outcome)
    elif item.role != ItemRole.WORK:
        read_as_work(item)
    audit.record(
        actor=who.actor,
        verb="annotation.submit",
        subject=judgment,
        project_id=item.project_id,
        data={"item": str(item.pk), "slot": judgment.slot, "simulated": judgment.simulated},
        change=audit.Change(
            "judgment.submitted",
            to_state="counted" if judgment.slot else "uncounted",
            data={"item": str(item.pk), "active_ms": said.active_ms},
        ),
    )
