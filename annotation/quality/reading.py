"""What the quality numbers are computed from: counted votes with their words, and who wrote the answers."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from django.db.models import Count

from ..bias_of_models import Contest
from ..checks import CheckedVote
from ..choices import Answer, Choice
from ..crowd import Game, Label
from ..models import AutomaticTie, Campaign, JudgmentRevision, Pair
from ..sides import as_shown, left_was_chosen
from ..votes import VoteRow, drawn, votes_of
from ..win_rates import Compared

CHARACTERS_A_WORD = 6
"""With the space; the usual measure of reading speed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Counted votes, oldest first; rationales by judgment; the two generators of each pair ("" unknown).

    `ties` counts, by the two generators, the pairs whose answers were identical: ties that nobody said.
    """

    kind: str
    votes: Sequence[VoteRow]
    rationales: dict[UUID, str]
    generators: dict[UUID, tuple[str, str]]
    ties: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def votes_hash(self) -> str:
        """sha256 over which revision of which judgment was read, and automatic ties: the same votes, the same report."""
        digest = hashlib.sha256()
        for judgment, revision in sorted((vote.judgment, vote.revision) for vote in self.votes):
            digest.update(judgment.bytes + revision.to_bytes(8, "big"))
        if self.ties:
            digest.update(repr(sorted(self.ties.items())).encode())
        return digest.hexdigest()


def read_votes(campaign: Campaign) -> Reading:
    """Four statements, whatever the size of the campaign."""
    votes = [vote for vote in votes_of(campaign) if vote.counted]
    worded = JudgmentRevision.objects.filter(judgment__item__campaign=campaign).exclude(rationale="")
    rationales = dict(worded.order_by("number").values_list("judgment_id", "rationale"))
    pairs = Pair.objects.filter(item__campaign=campaign).values_list(
        "item_id", "response_a__generator", "response_b__generator"
    )
    same = (
        AutomaticTie.objects.filter(campaign=campaign)
        .values_list("generator_a", "generator_b")
        .annotate(n=Count("pk"))
    )
    return Reading(
        campaign.kind,
        votes,
        rationales,
        {item: (a, b) for item, a, b in pairs},
        {(a, b): n for a, b, n in same},
    )


def labels(reading: Reading) -> list[Label]:
    """Votes for the crowd models; who cannot judge says nothing about the item."""
    return [
        Label(vote.item, vote.annotator, vote.choice)
        for vote in reading.votes
        if vote.choice != Choice.CANNOT_JUDGE
    ]


def games(reading: Reading) -> list[Game]:
    """Votes between two known generators on items that chance chose; both bad is a tie between them."""
    share = {Choice.A: 1.0, Choice.B: 0.0, Choice.TIE: 0.5, Choice.BOTH_BAD: 0.5}
    return [
        Game(vote.item, *reading.generators[vote.item], share[Choice(vote.choice)])
        for vote in drawn(reading.votes)
        if vote.choice in share and all(reading.generators.get(vote.item, ("",)))
    ]


def compared(reading: Reading) -> list[Compared]:
    """Every judged pair of two known generators, with the share of its votes for the first."""
    shares: dict[UUID, list[float]] = defaultdict(list)
    for game in games(reading):
        shares[cast(UUID, game.item)].append(game.share)
    return [Compared(*reading.generators[item], sum(given) / len(given)) for item, given in shares.items()]


def contests(reading: Reading) -> list[Contest]:
    """Each decided vote between two different generators, seen from both."""
    found = []
    for vote in reading.votes:
        first, second = reading.generators.get(vote.item, ("", ""))
        if vote.choice not in (Choice.A, Choice.B) or not first or not second or first == second:
            continue
        won, left = vote.choice == Choice.A, left_of(vote)
        a_left = None if left is None else left == won
        own, other = vote.length_a or 0, vote.length_b or 0
        found += [
            Contest(first, a_left, own, other, won, vote.item),
            Contest(second, None if a_left is None else not a_left, other, own, not won, vote.item),
        ]
    return found


def checked_votes(reading: Reading) -> list[CheckedVote]:
    """Votes as the annotator checks read them."""
    return [
        CheckedVote(
            item=vote.item,
            annotator=vote.annotator,
            answer=(vote.choice, vote.strength),
            key=_key(vote),
            left=left_of(vote),
            longer=longer_of(vote),
            seconds=vote.active_ms / 1000 if vote.active_ms is not None else None,
            words=((vote.length_a or 0) + (vote.length_b or 0)) / CHARACTERS_A_WORD,
            rationale=reading.rationales.get(vote.judgment, ""),
        )
        for vote in reading.votes
    ]


def left_of(vote: VoteRow) -> bool | None:
    """Whether the left answer was taken; None where no side was, or none was drawn."""
    if vote.swapped is None or vote.choice not in (Choice.A, Choice.B):
        return None
    return left_was_chosen(Choice(vote.choice), swapped=vote.swapped)


def longer_of(vote: VoteRow) -> bool | None:
    """Whether the longer answer was taken; None where neither was, or both are equally long."""
    if vote.choice not in (Choice.A, Choice.B) or vote.length_a is None or vote.length_b is None:
        return None
    if vote.length_a == vote.length_b:
        return None
    return (vote.choice == Choice.A) == (vote.length_a > vote.length_b)


def _key(vote: VoteRow) -> str | None:
    """The answer as it stood on the screen; None where no screen was."""
    if vote.swapped is None:
        return None
    if vote.choice not in set(Choice):
        return vote.choice
    return as_shown(Answer(Choice(vote.choice), vote.strength), swapped=vote.swapped).value
