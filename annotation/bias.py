"""Do people choose a side, or the longer text? Exact tests, so few votes raise no false alarm."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BinomialTest:
    """How often something was chosen against a fair coin: share with exact interval, two-sided p-value."""

    chosen: int
    of: int
    share: float
    low: float
    high: float
    p_value: float

    @property
    def p_words(self) -> str:
        """The p-value as people write it."""
        return "< 0.001" if self.p_value < 0.001 else f"{self.p_value:.3f}"


def against_a_fair_coin(chosen: int, of: int, *, confidence: float = 0.95) -> BinomialTest | None:
    """Clopper-Pearson interval and exact two-sided test of share = 1/2; None without observations."""
    if not 0 <= chosen <= of:
        raise ValueError(f"{chosen} of {of} is not a count")
    if of == 0:
        return None
    from scipy.special import bdtr, betaincinv  # type: ignore[import-untyped]

    tail = (1 - confidence) / 2
    return BinomialTest(
        chosen=chosen,
        of=of,
        share=chosen / of,
        low=float(betaincinv(chosen, of - chosen + 1, tail)) if chosen else 0.0,
        high=float(betaincinv(chosen + 1, of - chosen, 1 - tail)) if chosen < of else 1.0,
        p_value=min(1.0, 2 * float(bdtr(min(chosen, of - chosen), of, 0.5))),
    )


def position_bias(left_chosen: Iterable[bool | None]) -> BinomialTest | None:
    """Test whether the left side wins; sides are drawn at random, so a fair annotator is a fair coin.

    None stands for an answer without a side (tie, both bad, cannot judge) and is left out.
    """
    sided = [left for left in left_chosen if left is not None]
    return against_a_fair_coin(sum(sided), len(sided))


def length_bias(winners: Iterable[tuple[int, int]]) -> BinomialTest | None:
    """Test whether the longer answer wins, from (winner length, loser length) in characters; equals left out.

    Longer may honestly be better: this is a number to look at, not a proof of bias.
    """
    unequal = [(won, lost) for won, lost in winners if won != lost]
    return against_a_fair_coin(sum(won > lost for won, lost in unequal), len(unequal))
