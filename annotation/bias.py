"""Do people choose a side, or the longer text? Tests made for few votes, and for votes that go together, raise no false alarm."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from .clustered import TAIL, clustered_share


@dataclass(frozen=True, slots=True)
class BinomialTest:
    """How often something was chosen against a fair coin, over `items`: share with interval, two-sided p-value."""

    chosen: int
    of: int
    items: int
    share: float
    low: float
    high: float
    p_value: float

    @property
    def p_words(self) -> str:
        """The p-value as people write it."""
        return "< 0.001" if self.p_value < 0.001 else f"{self.p_value:.3f}"


def against_a_fair_coin(taken: Iterable[tuple[Hashable, bool | None]]) -> BinomialTest | None:
    """Clopper-Pearson interval and two-sided test of share = 1/2 from (item, taken or not); None without observations.

    Both are at the number of independent votes these are worth (Korn and Graubard 1998): votes on one item share its
    texts, and what was judged elsewhere also its sides. With one vote an item both are exact. An answer without a side
    (tie, both bad, cannot judge) or between equals is None and left out.
    """
    found = clustered_share((item, one) for item, one in taken if one is not None)
    if found is None:
        return None
    from scipy.special import betainc, betaincinv  # type: ignore[import-untyped]

    hits = found.share * found.effective
    misses = found.effective - hits
    fewer, more = sorted((hits, misses))
    return BinomialTest(
        chosen=found.hits,
        of=found.of,
        items=len(found.off),
        share=found.share,
        low=float(betaincinv(hits, misses + 1, TAIL)) if hits else 0.0,
        high=float(betaincinv(hits + 1, misses, 1 - TAIL)) if misses else 1.0,
        p_value=min(1.0, 2 * float(betainc(more, fewer + 1, 0.5))),
    )
