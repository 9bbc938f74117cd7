"""Preference rows as they leave: TRL's columns, what people said beside them, and ties only as asked for.

Votes are read from the sealed lineage of a row (the revisions it rests on), never from what a pair came to since.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from annotation.choices import Choice
from annotation.informativeness import informativeness
from annotation.models import Pair
from core.keyring import Key
from snapshots.models import RowJudgment, RowSource
from snapshots.reasons import Reason
from snapshots.rows import trl_view


class Ties(StrEnum):
    """What becomes of pairs without a winner: nothing, a row in either direction, or one row with soft label 0.5."""

    DROP = "drop"
    BOTH = "both"
    SOFT = "soft"


class Shape(StrEnum):
    """TRL's dataset formats: paired for DPO and reward models, unpaired (prompt, completion, label) for KTO."""

    PAIRED = "preference"
    UNPAIRED = "unpaired"


SIDES = {Choice.A.value: "chosen", Choice.B.value: "rejected"}
TURNED = {Choice.A.value: Choice.B.value, Choice.B.value: Choice.A.value}


@dataclass(frozen=True, slots=True)
class Said:
    """One vote behind a row, about chosen (a) and rejected (b)."""

    annotator: UUID
    choice: str
    strength: int
    simulated: bool


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind a row: its item, the source of its pair, the hard negative it was made of, and the votes."""

    item: str
    source: str
    hard_negative: int | None
    votes: tuple[Said, ...]


def read_behind(rows: Sequence[int]) -> dict[int, Behind]:
    """Row id to what stands behind it, in three queries; rows without judgments are not in it."""
    chosen = dict(RowSource.objects.filter(row__in=rows, role="chosen").values_list("row_id", "response_id"))
    said = RowJudgment.objects.filter(row__in=rows).values_list(
        "row_id",
        "revision__judgment__item_id",
        "revision__judgment__profile_id",
        "revision__choice",
        "revision__strength",
        "revision__judgment__simulated",
    )
    votes: dict[int, list[tuple[UUID, Said]]] = {}
    for row, item, annotator, choice, strength, simulated in said.order_by("revision_id"):
        votes.setdefault(row, []).append((item, Said(annotator, choice, strength, simulated)))
    pairs = Pair.objects.in_bulk({item for given in votes.values() for item, _ in given})
    found = {}
    for row, given in votes.items():
        pair = pairs.get(given[0][0])
        if pair is not None:
            turned = pair.response_a_id != chosen.get(row)
            found[row] = Behind(
                str(pair.pk),
                pair.source,
                pair.hard_negative_id,
                tuple(_turned(vote) if turned else vote for _, vote in given),
            )
    return found


def _turned(vote: Said) -> Said:
    return Said(vote.annotator, TURNED.get(vote.choice, vote.choice), vote.strength, vote.simulated)


def preference_lines(
    row: Mapping[str, Any], behind: Behind | None, *, ties: Ties, shape: Shape, pseudonyms: Key | None
) -> Iterator[dict[str, Any]]:
    """The lines of one row; `pseudonyms` names each voter by a keyed hash that is used for exports alone."""
    tied = row["reason"] == Reason.TIED
    if tied and ties is Ties.DROP:
        return
    yield from _shaped(row, behind, shape, pseudonyms)
    if tied and ties is Ties.BOTH:
        other = {**row, "chosen": row["rejected"], "rejected": row["chosen"]}
        turned = behind and Behind(
            behind.item, behind.source, behind.hard_negative, tuple(map(_turned, behind.votes))
        )
        yield from _shaped(other, turned, shape, pseudonyms)


def _shaped(
    row: Mapping[str, Any], behind: Behind | None, shape: Shape, pseudonyms: Key | None
) -> Iterator[dict[str, Any]]:
    view, beside = trl_view(row), _beside(row, behind, pseudonyms)
    if shape is Shape.PAIRED:
        yield view | beside
        return
    common = {name: value for name, value in view.items() if name not in ("chosen", "rejected")}
    for side in ("chosen", "rejected"):
        yield {**common, "completion": view[side], "label": side == "chosen"} | beside


def _beside(row: Mapping[str, Any], behind: Behind | None, pseudonyms: Key | None) -> dict[str, Any]:
    votes = behind.votes if behind else ()
    counts = Counter(vote.choice for vote in votes)
    tells = informativeness(counts)
    beside: dict[str, Any] = {
        "strength": row["strength"],
        "soft_label": tells.soft_label if tells else None,
        "margin": tells.margin if tells else None,
        "entropy": tells.entropy if tells else None,
        "votes": {SIDES.get(choice, choice): n for choice, n in sorted(counts.items())},
        "source": behind.source if behind else "",
        "pair": behind.item if behind else "",
        "hard_negative": behind.hard_negative if behind else None,
    }
    if pseudonyms is not None:
        beside["voters"] = [
            {
                "annotator": pseudonyms.mac(vote.annotator.bytes).hex()[:16],
                "choice": SIDES.get(vote.choice, vote.choice),
                "strength": vote.strength,
                "simulated": vote.simulated,
            }
            for vote in votes
        ]
    return beside
