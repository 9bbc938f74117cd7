"""The report on one axis of a campaign, made of votes that may be counted by group; what it shows is rounded.

Whoever knows all votes may try every division of the people and keep those that give the same report. So of groups too
small to hide in it says in a word whether they differ, and of large ones tenths; no counts, no p-values, and rows in the
order of their names.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from .choices import NOMINAL, Choice, RepairChoice
from .disclosure import GroupVote, K, V, levels, rounded, shares, standing
from .group_agreement import GroupAgreement, Said, agreement_of_groups
from .group_wins import Win, WinDifference, win_differences
from .models import Campaign, JudgmentRevision
from .quality.agreeing import nominal_value

MIN_VOTES = 20
"""Votes from which a group's share of a stratum is called covered."""

MANY = 20
"""People on either side from which a rate or an agreement is said, in tenths: in a test's crowd of eleven they named all."""

Released = GroupVote[UUID, UUID]
"""A judgment, its pseudonym, the stratum and the group it is released under."""


@dataclass(frozen=True, slots=True)
class Word:
    """The latest choice of a judgment, and the models of its two answers ("" for repairs)."""

    item: UUID
    choice: str
    models: tuple[str, str] = ("", "")


def make_report(campaign: Campaign, released: Sequence[Released], groups: Sequence[str]) -> dict[str, Any]:
    """JSON-able: what `report_of` says of these votes as they stand."""
    return report_of(released, _words(standing(released)), groups, kind=campaign.kind)


def report_of(
    released: Sequence[GroupVote[V, UUID]], words: Mapping[V, Word], groups: Sequence[str], *, kind: str
) -> dict[str, Any]:
    """`strata` (levels), `shares`, `agreement` within and between groups, `wins` of models by group."""
    alone = standing(released)
    by_group: dict[str, list[Said]] = defaultdict(list)
    for vote in sorted(alone, key=lambda one: groups.index(str(one.group))):
        word = words[vote.vote]
        by_group[str(vote.group)].append(Said(word.item, nominal_value(word.choice), vote.person))
    domain = [c.value for c in (RepairChoice if kind == "repair" else NOMINAL)]
    cells = levels(released, groups=groups, min_votes=MIN_VOTES)
    wins = win_differences(_wins(alone, words), least=K)
    return {
        "strata": {stratum: [asdict(one) for one in found] for stratum, found in cells.items()},
        "shares": shares(released, groups),
        "agreement": [_agreement(one) for one in agreement_of_groups(by_group, domain, least=MANY)],
        "wins": [_win(one) for one in sorted(wins, key=lambda one: (one.model, one.group, one.other))],
    }


def _agreement(one: GroupAgreement) -> dict[str, Any]:
    said = {name: _tenths(getattr(one, name)) for name in ("value", "low", "high")}
    return {"group": one.group, "other": one.other, **said}


def _win(one: WinDifference) -> dict[str, Any]:
    """Whether they differ and which way; numbers only where `MANY` people are on either side."""
    numbers = ("rate", "other_rate", "low", "high")
    said = {name: _tenths(getattr(one, name)) if one.people >= MANY else None for name in numbers}
    more = (one.group if one.rate > one.other_rate else one.other) if one.found else None
    return {"model": one.model, "group": one.group, "other": one.other, "more": more, **said}


def _tenths(value: float | None) -> float | None:
    return None if value is None else rounded(value)


def _words(votes: Sequence[Released]) -> dict[UUID, Word]:
    rows = (
        JudgmentRevision.objects.filter(judgment__in=[vote.vote for vote in votes])
        .order_by("judgment_id", "-number")
        .distinct("judgment_id")
        .values_list(
            "judgment_id",
            "judgment__item_id",
            "choice",
            "judgment__item__pair__response_a__generator",
            "judgment__item__pair__response_b__generator",
        )
    )
    return {row[0]: Word(row[1], row[2], (row[3] or "", row[4] or "")) for row in rows}


def _wins(votes: Sequence[GroupVote[V, UUID]], words: Mapping[V, Word]) -> list[Win]:
    """Each vote for a side counts for one model and against the other; a model against itself says nothing."""
    found = []
    for vote in votes:
        word = words[vote.vote]
        models = word.models
        if word.choice in (Choice.A, Choice.B) and all(models) and models[0] != models[1]:
            for model, side in zip(models, (Choice.A, Choice.B), strict=True):
                found.append(Win(vote.person, str(vote.group), model, word.choice == side))
    return found
