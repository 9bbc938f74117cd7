"""Do people agree: over items that chance chose, by the first two votes of each.

A third judge is asked where two conflict, and none where they agree; whoever counts all votes then measures when it was
stopped, too. The first two of every item were asked for before anybody had said anything.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from .. import agreement
from ..agreement import Estimate
from ..choices import NOMINAL, ORDINAL, Choice, RepairChoice
from ..votes import VoteRow, drawn, first_two


@dataclass(frozen=True, slots=True)
class Agreement:
    """Alpha on both scales (none ordinal for repairs), AC1 and plain agreement; None wherever it is undefined."""

    alpha_nominal: Estimate | None
    alpha_ordinal: Estimate | None
    ac1: Estimate | None
    pairwise: Estimate | None


@dataclass(frozen=True, slots=True)
class Base:
    """What estimates rest on: `items` that chance chose, `of` all that were judged."""

    items: int
    of: int


def base_of(votes: Sequence[VoteRow]) -> Base:
    """How many of the judged items chance chose."""
    judged = {vote.item: vote.sampled for vote in votes}
    return Base(sum(judged.values()), len(judged))


def agreement_of(votes: Sequence[VoteRow], *, kind: str) -> Agreement:
    """With intervals over items."""
    told = first_two(drawn(votes))
    ordinal = None
    if kind == "repair":
        table = agreement.tabulate(((v.item, v.choice) for v in told), [c.value for c in RepairChoice])
    else:
        table = agreement.tabulate(((v.item, nominal_value(v.choice)) for v in told), NOMINAL)
        scale = [(a.choice.value, a.strength) for a in ORDINAL]
        ordinal = agreement.alpha_with_interval(
            agreement.tabulate(((v.item, (v.choice, v.strength)) for v in told), scale), level="ordinal"
        )
    return Agreement(
        alpha_nominal=agreement.alpha_with_interval(table, level="nominal"),
        alpha_ordinal=ordinal,
        ac1=agreement.ac1_with_interval(table),
        pairwise=agreement.pairwise_with_interval(table),
    )


def nominal_value(choice: str) -> str:
    """Both bad prefers neither, so it agrees with a tie; cannot judge stays outside the domain."""
    return Choice.TIE.value if choice == Choice.BOTH_BAD else choice


def agrees_with_others(votes: Sequence[VoteRow]) -> dict[UUID, float]:
    """Share of co-votes on the same item that are equal, by annotator; who cannot judge agrees with nobody and is not asked."""
    by_item: dict[UUID, list[VoteRow]] = defaultdict(list)
    for vote in votes:
        if vote.choice != Choice.CANNOT_JUDGE:
            by_item[vote.item].append(vote)
    equal: Counter[UUID] = Counter()
    total: Counter[UUID] = Counter()
    for together in by_item.values():
        counts = Counter(nominal_value(vote.choice) for vote in together)
        for vote in together:
            equal[vote.annotator] += counts[nominal_value(vote.choice)] - 1
            total[vote.annotator] += len(together) - 1
    return {who: equal[who] / n for who, n in total.items() if n}
