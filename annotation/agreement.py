"""Whether annotators agree beyond chance: Krippendorff's alpha with an interval, and plain agreement.

Alpha comes from the `krippendorff` library; what we add is the table of votes, the bootstrap over items,
and the rule that an undefined value stays undefined: one value only, or no item judged twice, gives None.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Counts = npt.NDArray[np.int64]

Level = Literal["nominal", "ordinal"]
V = TypeVar("V", bound=Hashable)


def tabulate(votes: Iterable[tuple[Hashable, V]], domain: Sequence[V]) -> "Counts":
    """Count votes into items x values (int, shape (items, len(domain))), keeping items judged at least twice.

    Values outside the domain (cannot judge) are no statement about the order and are left out.
    """
    import numpy as np

    column = {value: i for i, value in enumerate(domain)}
    rows: dict[Hashable, list[int]] = {}
    for item, value in votes:
        if value in column:
            rows.setdefault(item, [0] * len(domain))[column[value]] += 1
    twice = [row for row in rows.values() if sum(row) >= 2]
    return np.array(twice, dtype=np.int64).reshape(len(twice), len(domain))


def alpha(counts: "Counts", *, level: Level) -> float | None:
    """Krippendorff's alpha of an items x values table; 1 is perfect, 0 is chance, below 0 is worse."""
    import krippendorff
    import numpy as np

    if counts.shape[0] == 0 or (counts.sum(axis=0) > 0).sum() < 2:
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        value = float(krippendorff.alpha(value_counts=counts, level_of_measurement=level))
    return value if np.isfinite(value) else None


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its percentile bootstrap interval, and how many items stand behind it."""

    value: float
    low: float
    high: float
    items: int


def alpha_with_interval(
    counts: "Counts", *, level: Level, resamples: int = 400, confidence: float = 0.95, seed: int = 20261122
) -> Estimate | None:
    """Alpha and its bootstrap interval over items (votes of one item stay together).

    Resamples in which alpha is undefined are left out; if more than half are, the result is None.
    """
    import numpy as np

    value = alpha(counts, level=level)
    if value is None:
        return None
    rng = np.random.default_rng(seed)
    n = counts.shape[0]
    drawn = [alpha(counts[rng.integers(0, n, n)], level=level) for _ in range(resamples)]
    defined = [a for a in drawn if a is not None]
    if len(defined) * 2 < resamples:
        return None
    tail = (1 - confidence) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Estimate(value=value, low=float(low), high=float(high), items=n)


def pairwise_agreement(counts: "Counts") -> float | None:
    """Share of pairs of votes on the same item that are equal, pooled over items; None without such pairs."""
    totals = counts.sum(axis=1)
    pairs = int((totals * (totals - 1)).sum())
    return int((counts * (counts - 1)).sum()) / pairs if pairs else None
