"""Take in one state of one response: a vote, a revision, a skip, or a refusal that says why. Same rules as for votes given here.

A vote comes like an answer after its lease: it takes a slot if one is free for this person, else it is kept uncounted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Refused

from .. import queue
from ..actions.profile import profile_of
from ..actions.revise import add_revision_of
from ..actions.said import IN_FORCE, Said, Under, checked
from ..actions.spans import checked_spans
from ..actions.submit import record_answer, sent_before
from ..ballot import judgments_on
from ..models import (
    AnnotatorProfile,
    ArgillaAnswer,
    ArgillaRecord,
    Assignment,
    Item,
    Judgment,
    Pair,
)
from ..sides import unswap
from ..spans import MAX_SPANS, SpanGiven
from .answers import Given, Unreadable, read_values
from .blueprint import SPAN_LABEL
from .contents import texts_of
from .eligible import require_eligible

SUBMITTED, DISCARDED = "submitted", "discarded"
SKIPPED_THERE = "argilla"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One response as the server tells it; only `values` is still unread."""

    id: UUID
    user_id: UUID | None
    status: str
    values: Any
    updated_at: datetime

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> "Incoming":
        """From the JSON of a record's responses; times are UTC, as Argilla stores them."""
        moment = datetime.fromisoformat(raw["updated_at"].replace("Z", "+00:00"))
        return cls(
            id=UUID(raw["id"]),
            user_id=UUID(raw["user_id"]) if raw.get("user_id") else None,
            status=raw["status"],
            values=raw.get("values"),
            updated_at=moment if moment.tzinfo else moment.replace(tzinfo=UTC),
        )


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of it, and the spans of it that did not come along."""

    outcome: str
    refused: tuple[Unreadable, ...] = ()


def take_in(
    *, record: ArgillaRecord, profile: AnnotatorProfile, incoming: Incoming, under: Under = IN_FORCE
) -> Taken:
    """Raises Refused or Unreadable, and then has changed nothing; the caller's transaction locks and commits."""
    who = _person(profile)
    item = (
        Item.objects.select_for_update(of=("self",))
        .select_related("campaign", "project")
        .get(pk=record.item_id)
    )
    if _overtaken(record, profile, incoming):
        return Taken("known")
    profile_of(who=who, project=item.project)
    require_eligible(item, profile)
    own = Judgment.objects.filter(item=item, profile=profile).first()
    if incoming.status == DISCARDED:
        return _skip(record, item, profile, incoming, own)
    pair = Pair.objects.select_related("response_a", "response_b").get(item=item)
    given = read_values(incoming.values, texts_of(record, pair))
    said = _said(item, record, given, under)
    outcome, judgment = _vote(who, record, item, profile, own, said, _marks(record, pair, given))
    _keep(record, profile, incoming, outcome, judgment)
    return Taken(outcome, given.refused)


def _overtaken(record: ArgillaRecord, profile: AnnotatorProfile, incoming: Incoming) -> bool:
    """Whether another pull has stored a later state meanwhile; an earlier one put over it would stand for good."""
    return ArgillaAnswer.objects.filter(
        record=record, profile=profile, updated_at__gt=incoming.updated_at
    ).exists()


def _person(profile: AnnotatorProfile) -> User:
    if profile.user is None or profile.deactivated_at is not None:
        raise Refused("person_left", _("This annotator has left the project; votes come from its members."))
    return profile.user


def _marks(record: ArgillaRecord, pair: Pair, given: Given) -> list[SpanGiven]:
    """As the judging page would have sent them: with the words they mark."""
    texts = texts_of(record, pair)
    return [
        SpanGiven(one.side, one.start, one.end, texts[one.side][one.start : one.end], SPAN_LABEL)
        for one in given.spans[:MAX_SPANS]
    ]


def _said(item: Item, record: ArgillaRecord, given: Given, under: Under) -> Said:
    answer = unswap(given.shown, swapped=record.swapped)
    return checked(
        campaign=item.campaign,
        project=item.project,
        choice=answer.choice.value,
        strength=answer.strength,
        tags=given.tags,
        rationale=given.rationale,
        active_ms=None,
        under=under,
    )


def _vote(
    who: User,
    record: ArgillaRecord,
    item: Item,
    profile: AnnotatorProfile,
    own: Judgment | None,
    said: Said,
    marks: list[SpanGiven],
) -> tuple[str, Judgment]:
    """One judgment per record and person, whatever the response is called: answering anew there is a revision here."""
    key = uuid5(record.pk, str(profile.pk))
    if own is None:
        late = _late(record, item, profile)
        said = replace(said, spans=checked_spans(assignment=late, given=marks))
        given = judgments_on(item, or_sent_as=key)
        done = sent_before(given, late, key) or record_answer(
            who=who, assignment=late, key=key, said=said, given=given
        )
        return done.how, done.judgment
    if own.idempotency_key != key:
        raise Refused("already_answered", _("This person has answered this pair in Winnow itself."))
    own.item, own.profile = item, profile
    assert own.assignment is not None
    said = replace(said, spans=checked_spans(assignment=own.assignment, given=marks))
    _revision, new = add_revision_of(who=who, judgment=own, said=said)
    return "revised" if new else "unchanged", own


def _late(record: ArgillaRecord, item: Item, profile: AnnotatorProfile) -> Assignment:
    """The assignment Argilla made without asking: over from the start, with the sides that were shown."""
    made = Assignment.objects.create(
        project_id=item.project_id,
        item=item,
        profile=profile,
        state="expired",
        leased_until=Now(),
        ended_at=Now(),
        swapped=record.swapped,
    )
    made.item, made.profile = item, profile
    return made


def _skip(
    record: ArgillaRecord,
    item: Item,
    profile: AnnotatorProfile,
    incoming: Incoming,
    own: Judgment | None,
) -> Taken:
    """Discarding there passes the pair on, as a skip does here; a vote that was given is not taken back."""
    if own is not None:
        raise Refused("discarded_after_vote", _("It was answered before; votes are revised, never removed."))
    held = Assignment.objects.filter(item=item, profile=profile, state="leased").first()
    if held is not None:
        queue.give_back([item.pk], state="skipped", assignment=held.pk, reason=SKIPPED_THERE)
    elif not Assignment.objects.filter(item=item, profile=profile, state="skipped").exists():
        late = _late(record, item, profile)
        Assignment.objects.filter(pk=late.pk).update(state="skipped", skip_reason=SKIPPED_THERE)
    _keep(record, profile, incoming, "skipped", None)
    return Taken("skipped")


def _keep(
    record: ArgillaRecord,
    profile: AnnotatorProfile,
    incoming: Incoming,
    outcome: str,
    judgment: Judgment | None,
) -> None:
    ArgillaAnswer.objects.create(
        record=record,
        response_id=incoming.id,
        updated_at=incoming.updated_at,
        outcome=outcome,
        profile=profile,
        judgment=judgment,
    )
