"""Whether annotators agree beyond chance: Krippendorff's alpha, Gwet's AC1 and plain agreement, each with an interval.

Alpha comes from the `krippendorff` library; what we add is the table of votes, AC1, the bootstrap over items,
and the rule that an undefined value stays undefined: one value only, or no item judged twice, gives None.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Counts = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

Level = Literal["nominal", "ordinal"]
V = TypeVar("V", bound=Hashable)

SEED = 20261122
RESAMPLES = 400
AT_ONCE = 4_000_000
"""Numbers held at a time by the bootstrap (32 MB), whatever the size of the campaign."""


def tabulate(votes: Iterable[tuple[Hashable, V]], domain: Sequence[V], *, least: int = 2) -> "Counts":
    """Count votes into items x values (int, shape (items, len(domain))), keeping items judged at least twice.

    Values outside the domain (cannot judge) are no statement about the order and are left out.
    """
    import numpy as np

    column = {value: i for i, value in enumerate(domain)}
    rows: dict[Hashable, list[int]] = {}
    for item, value in votes:
        if value in column:
            rows.setdefault(item, [0] * len(domain))[column[value]] += 1
    kept = [row for row in rows.values() if sum(row) >= least]
    return np.array(kept, dtype=np.int64).reshape(len(kept), len(domain))


def alpha(counts: "Counts", *, level: Level) -> float | None:
    """Krippendorff's alpha of an items x values table; 1 is perfect, 0 is chance, below 0 is worse."""
    import krippendorff
    import numpy as np

    if counts.shape[0] == 0 or (counts.sum(axis=0) > 0).sum() < 2:
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        value = float(krippendorff.alpha(value_counts=counts, level_of_measurement=level))
    return value if np.isfinite(value) else None


def gwet_ac1(counts: "Counts") -> float | None:
    """Gwet's AC1 (2008, eq. 2 and 3): like alpha against chance, but steady where nearly all answers are the same.

    pa = mean over items judged twice of sum_k n_k(n_k-1) / n(n-1); pi_k = mean over items of n_k/n;
    pe = sum_k pi_k(1-pi_k) / (K-1); AC1 = (pa-pe) / (1-pe). K is the size of the scale, used or not.
    """
    import numpy as np

    if counts.shape[1] < 2 or not (counts.sum(axis=1) > 1).any():
        return None
    return _finite(_ac1(_ac1_parts(counts), np.ones((1, counts.shape[0])))[0])


def pairwise_agreement(counts: "Counts") -> float | None:
    """Share of pairs of votes on the same item that are equal, pooled over items; None without such pairs."""
    totals = counts.sum(axis=1)
    pairs = int((totals * (totals - 1)).sum())
    return int((counts * (counts - 1)).sum()) / pairs if pairs else None


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its percentile bootstrap interval, and how many items stand behind it."""

    value: float
    low: float
    high: float
    items: int


def alpha_with_interval(
    counts: "Counts", *, level: Level, resamples: int = RESAMPLES, confidence: float = 0.95, seed: int = SEED
) -> Estimate | None:
    """Alpha and its bootstrap interval over items (votes of one item stay together)."""
    patterns, items = _patterns(counts)
    parts = _alpha_parts(patterns)
    return _with_interval(
        alpha(counts, level=level),
        items,
        lambda weights: _alphas(parts, weights, level),
        resamples=resamples,
        confidence=confidence,
        seed=seed,
    )


def ac1_with_interval(
    counts: "Counts", *, resamples: int = RESAMPLES, confidence: float = 0.95, seed: int = SEED
) -> Estimate | None:
    """AC1 and its bootstrap interval over items."""
    patterns, items = _patterns(counts)
    parts = _ac1_parts(patterns)
    return _with_interval(
        gwet_ac1(counts),
        items,
        lambda weights: _ac1(parts, weights),
        resamples=resamples,
        confidence=confidence,
        seed=seed,
    )


def pairwise_with_interval(
    counts: "Counts", *, resamples: int = RESAMPLES, confidence: float = 0.95, seed: int = SEED
) -> Estimate | None:
    """Plain agreement and its bootstrap interval over items."""
    import numpy as np

    patterns, items = _patterns(counts)
    totals = patterns.sum(axis=1)
    parts = np.column_stack([(patterns * (patterns - 1)).sum(axis=1), totals * (totals - 1)]).astype(float)

    def drawn(weights: "Floats") -> "Floats":
        equal, pairs = (weights @ parts).T
        return np.asarray(equal / pairs)

    return _with_interval(
        pairwise_agreement(counts),
        items,
        drawn,
        resamples=resamples,
        confidence=confidence,
        seed=seed,
    )


def _patterns(counts: "Counts") -> "tuple[Counts, Counts]":
    """The different rows, and how many items have each: items with equal votes need not be drawn one by one."""
    import numpy as np

    patterns, items = np.unique(counts, axis=0, return_counts=True)
    return patterns, items


def _with_interval(
    value: float | None,
    items: "Counts",
    statistic: Callable[["Floats"], "Floats"],
    *,
    resamples: int,
    confidence: float,
    seed: int,
) -> Estimate | None:
    """The percentile interval of a statistic of how many items of each pattern were drawn (shape (draws, patterns)).

    Resamples in which it is undefined are left out; if more than half are, the result is None.
    """
    import numpy as np

    if value is None:
        return None
    rng = np.random.default_rng(seed)
    n = int(items.sum())
    at_once = max(1, AT_ONCE // len(items))
    found = []
    for start in range(0, resamples, at_once):
        draws = rng.multinomial(n, items / n, size=min(at_once, resamples - start)).astype(float)
        with np.errstate(invalid="ignore", divide="ignore"):
            found.append(statistic(draws))
    drawn = np.concatenate(found)
    defined = drawn[np.isfinite(drawn)]
    if len(defined) * 2 < resamples:
        return None
    tail = (1 - confidence) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Estimate(value=value, low=float(low), high=float(high), items=n)


def _alpha_parts(counts: "Counts") -> "Floats":
    """Each item's share of the coincidence matrix, flat (items, K*K): what alpha is a function of the sum of."""
    import numpy as np

    table = counts.astype(float)
    pairs = table[:, :, None] * table[:, None, :]
    at = np.arange(table.shape[1])
    pairs[:, at, at] -= table
    return np.asarray(
        (pairs / (table.sum(axis=1) - 1)[:, None, None]).reshape(len(table), table.shape[1] ** 2)
    )


def _alphas(parts: "Floats", weights: "Floats", level: Level) -> "Floats":
    """Alpha of every resample (Krippendorff 2011): 1 - (n-1) sum o*d / sum n_c n_k d, over squared distances d."""
    import numpy as np

    k = round(parts.shape[1] ** 0.5)
    coincidences = (weights @ parts).reshape(-1, k, k)
    marginals = coincidences.sum(axis=2)
    if level == "nominal":
        distances = np.broadcast_to(1.0 - np.eye(k), coincidences.shape)
    else:  # ranks between two values: those passed on the way, the ends counted half
        middle = marginals.cumsum(axis=1) - marginals / 2
        distances = (middle[:, :, None] - middle[:, None, :]) ** 2
    observed = (coincidences * distances).sum(axis=(1, 2))
    expected = (marginals[:, :, None] * marginals[:, None, :] * distances).sum(axis=(1, 2))
    return np.asarray(1 - (marginals.sum(axis=1) - 1) * observed / expected)


def _ac1_parts(counts: "Counts") -> "Floats":
    """Each item's agreement, whether it has one, and its shares of the values (items, 2 + K)."""
    import numpy as np

    totals = counts.sum(axis=1)
    pairs = totals * (totals - 1)
    agree = (counts * (counts - 1)).sum(axis=1) / np.maximum(pairs, 1)
    return np.column_stack([agree, pairs > 0, counts / totals[:, None]])


def _ac1(parts: "Floats", weights: "Floats") -> "Floats":
    import numpy as np

    sums = weights @ parts
    agree, shares = sums[:, 0] / sums[:, 1], sums[:, 2:] / weights.sum(axis=1)[:, None]
    chance = (shares * (1 - shares)).sum(axis=1) / (shares.shape[1] - 1)
    return np.asarray((agree - chance) / (1 - chance))


def _finite(value: float) -> float | None:
    return float(value) if value - value == 0 else None
