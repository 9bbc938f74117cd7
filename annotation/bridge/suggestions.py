"""What simulated annotators said, as suggestions, where a lead asks for it: marked as a program's, with its share as score."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.db.models import F, Max

from ..choices import Answer, Choice
from ..models import ArgillaRecord, JudgmentRevision
from ..sides import as_shown
from .blueprint import PREFERENCE
from .contents import Outgoing, Suggested

AGENT = "simulated"


def with_suggestions(ready: Sequence[Outgoing], records: Sequence[ArgillaRecord]) -> list[Outgoing]:
    """The records with the simulated votes' commonest answer, on the sides it will be seen on."""
    said = _simulated_answers([record.item_id for record in records])
    return [
        replace(out, suggestions=_suggested(said[record.item_id], swapped=record.swapped))
        for out, record in zip(ready, records, strict=True)
    ]


def _suggested(answers: Counter[Answer], *, swapped: bool) -> list[Suggested]:
    if not answers:
        return []
    answer, votes = answers.most_common(1)[0]
    return [Suggested(PREFERENCE, as_shown(answer, swapped=swapped).value, votes / answers.total(), AGENT)]


def _simulated_answers(items: Sequence[UUID]) -> dict[UUID, Counter[Answer]]:
    rows = (
        JudgmentRevision.objects.filter(judgment__item__in=items, judgment__simulated=True)
        .annotate(last=Max("judgment__revisions__number"))
        .filter(number=F("last"))
        .values_list("judgment__item_id", "choice", "strength")
    )
    found: dict[UUID, Counter[Answer]] = defaultdict(Counter)
    for item, choice, strength in rows:
        found[item][Answer(Choice(choice), strength)] += 1
    return found
