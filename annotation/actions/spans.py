"""Check marks against the answers they are on, and keep them with their revision."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from core.errors import Refused
from curation.bodies import load_many
from curation.conversation import Retrieved

from ..exchange import as_of
from ..models import Assignment, JudgmentRevision, JudgmentSpan, Pair, Response
from ..sides import place
from ..spans import MAX_QUOTE, SIDES, SpanGiven, SpanSaid


def checked_spans(*, assignment: Assignment, given: Sequence[SpanGiven]) -> tuple[SpanSaid, ...]:
    """Marks on the pair's responses, sides unswapped; refused unless each quotes exactly what stands there."""
    if not given:
        return ()
    pair = Pair.objects.select_related("response_a__version", "response_b__version").get(
        item_id=assignment.item_id
    )
    shown = dict(zip(SIDES, place(pair.response_a, pair.response_b, swapped=assignment.swapped), strict=True))
    passages = _passages(shown.values()) if any(one.passage is not None for one in given) else {}
    said = [_checked(one, shown[one.side], passages) for one in given]
    return tuple(sorted(set(said), key=lambda one: (str(one.response_id), one.start, one.end, one.label)))


def _passages(responses: Iterable[Response]) -> dict[UUID, list[Retrieved]]:
    shown = list(responses)
    bodies = load_many([response.version for response in shown])
    return {
        response.pk: as_of(bodies[response.version_id].conversation, response.turn)["retrieval"]
        for response in shown
        if response.version_id in bodies
    }


def _checked(one: SpanGiven, response: Response, passages: dict[UUID, list[Retrieved]]) -> SpanSaid:
    if not one.quote.strip() or len(one.quote) > MAX_QUOTE or response.text[one.start : one.end] != one.quote:
        raise Refused(
            "span_elsewhere",
            _("A mark does not quote the answer: characters %(start)d to %(end)d say something else.")
            % {"start": one.start, "end": one.end},
            hint=_("Offsets count Unicode code points of the answer's text; mark it again."),
        )
    held = passages.get(response.pk, [])
    if one.passage is not None and one.passage >= len(held):
        raise Refused("passage_unknown", _("A mark names a passage that this answer was not given."))
    document = held[one.passage]["document_id"][:500] if one.passage is not None else ""
    return SpanSaid(response.pk, one.start, one.end, one.quote, one.label, one.passage, document)


def store_spans(revision: JudgmentRevision, said: Iterable[SpanSaid]) -> None:
    """Keep the marks of a new revision."""
    JudgmentSpan.objects.bulk_create(
        JudgmentSpan(
            project_id=revision.project_id,
            revision=revision,
            response_id=one.response_id,
            start=one.start,
            end=one.end,
            quote=one.quote,
            label=one.label,
            passage=one.passage,
            document_id=one.document_id,
        )
        for one in said
    )


def spans_of(revision: JudgmentRevision) -> tuple[SpanSaid, ...]:
    """The marks of a revision, in the order of the text."""
    rows = JudgmentSpan.objects.filter(revision=revision).order_by("response_id", "start", "end", "label")
    return tuple(
        SpanSaid(r.response_id, r.start, r.end, r.quote, r.label, r.passage, r.document_id) for r in rows
    )
