"""The report on one axis of a campaign, made of votes that may be counted by group; what it shows is rounded."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from .board import nominal_value
from .choices import NOMINAL, Choice, RepairChoice
from .disclosure import GroupVote, K, levels, shares, standing
from .group_agreement import agreement_of_groups
from .group_wins import Win, win_differences
from .models import Campaign, JudgmentRevision

MIN_VOTES = 20
"""Votes from which a group's share of a stratum is called covered."""

Released = GroupVote[UUID, UUID]
"""A judgment, its pseudonym, the stratum and the group it is released under."""


def make_report(campaign: Campaign, released: Sequence[Released], groups: Sequence[str]) -> dict[str, Any]:
    """JSON-able: `strata` (levels), `shares`, `agreement` within and between groups, `wins` of models by group."""
    alone = standing(released)
    words = _words(alone)
    by_group: dict[str, list[tuple[UUID, str]]] = defaultdict(list)
    for vote in sorted(alone, key=lambda one: groups.index(str(one.group))):
        item, choice, _models = words[vote.vote]
        by_group[str(vote.group)].append((item, nominal_value(choice)))
    domain = [c.value for c in (RepairChoice if campaign.kind == "repair" else NOMINAL)]
    cells = levels(released, groups=groups, min_votes=MIN_VOTES)
    return {
        "strata": {stratum: [asdict(one) for one in found] for stratum, found in cells.items()},
        "shares": shares(released, groups),
        "agreement": [_rounded(asdict(one)) for one in agreement_of_groups(by_group, domain)],
        "wins": [
            _rounded(asdict(one)) | {"found": one.found}
            for one in win_differences(_wins(alone, words), least=K)
        ],
    }


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, 2) if isinstance(value, float) else value for name, value in row.items()}


def _words(votes: Sequence[Released]) -> dict[UUID, tuple[UUID, str, tuple[str, str]]]:
    """Judgment to (item, latest choice, models of a and b; "" for repairs)."""
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
    return {row[0]: (row[1], row[2], (row[3] or "", row[4] or "")) for row in rows}


def _wins(votes: Sequence[Released], words: dict[UUID, tuple[UUID, str, tuple[str, str]]]) -> list[Win]:
    """Each vote for a side counts for one model and against the other; a model against itself says nothing."""
    found = []
    for vote in votes:
        _item, choice, models = words[vote.vote]
        if choice in (Choice.A, Choice.B) and all(models) and models[0] != models[1]:
            for model, side in zip(models, (Choice.A, Choice.B), strict=True):
                found.append(Win(vote.person, str(vote.group), model, choice == side))
    return found
