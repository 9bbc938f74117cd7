"""Marks people made on answers, as leads see them: on the answer itself, with who made them, wherever it stands."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Max
from django.utils.translation import gettext as _

from core.rendering.highlights import Mark

from .models import JudgmentSpan
from .span_labels import SPAN_LABELS


@dataclass(frozen=True, slots=True)
class MarkRow:
    """One mark in words; `judge` is its author's pseudonym, `item` where it was made."""

    anchor: str
    label: str
    word: str
    quote: str
    document_id: str
    judge: UUID
    simulated: bool
    item: UUID


@dataclass(frozen=True, slots=True)
class Marked:
    """All marks on one answer: drawn, and listed."""

    drawn: list[Mark]
    rows: list[MarkRow]


def marks_on(responses: Collection[UUID]) -> dict[UUID, Marked]:
    """What people now say about words of these answers, in the order of the text; answers without marks are not in it."""
    spans = (
        JudgmentSpan.objects.filter(response__in=responses)
        .annotate(last=Max("revision__judgment__revisions__number"))
        .filter(revision__number=F("last"))
        .select_related("revision__judgment")
        .order_by("response_id", "start", "end", "label", "pk")
    )
    found: dict[UUID, Marked] = defaultdict(lambda: Marked([], []))
    for span in spans:
        judgment, word = span.revision.judgment, str(SPAN_LABELS[span.label])
        anchor = f"mark-{span.pk}"
        title = _("%(label)s, says %(who)s") % {"label": word, "who": str(judgment.profile_id)[:8]}
        marked = found[span.response_id]
        marked.drawn.append(Mark(span.start, span.end, span.label, title, anchor))
        marked.rows.append(
            MarkRow(
                anchor,
                span.label,
                word,
                span.quote,
                span.document_id,
                judgment.profile_id,
                judgment.simulated,
                judgment.item_id,
            )
        )
    return dict(found)
