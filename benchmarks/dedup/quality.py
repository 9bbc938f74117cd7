"""What was found against the exact truth: pairs, and who survives."""

from benchmarks.dedup.truth import Truth

Pair = tuple[int, int]


def recall(found: set[Pair], truth: Truth, threshold: float) -> float:
    """Share of the true pairs at `threshold` that were found; pairs of equal documents count as found by any engine."""
    true = {pair for pair, similarity in truth.pairs.items() if similarity >= threshold}
    return len(true & found) / len(true)


def precision(found: set[Pair], truth: Truth, threshold: float) -> float:
    """Share of what was found that is true at `threshold`."""
    right = sum(truth.pairs.get(pair, 0.0) >= threshold for pair in found)
    return right / len(found)


def of_distinct(pairs: list[Pair], truth: Truth) -> set[Pair]:
    """Pairs of documents as pairs of distinct sets, each counted once."""
    firsts = ((truth.twin[one], truth.twin[other]) for one, other in pairs)
    return {(min(pair), max(pair)) for pair in firsts if pair[0] != pair[1]}


def survivors(truth: Truth, order: list[int], threshold: float) -> int:
    """How many stand after the star walk over the exact pairs, distinct documents in this `order`."""
    near: dict[int, list[int]] = {}
    for (one, other), similarity in truth.pairs.items():
        if similarity >= threshold:
            near.setdefault(one, []).append(other)
            near.setdefault(other, []).append(one)
    taken: set[int] = set()
    kept = 0
    for node in order:
        if node not in taken:
            kept += 1
            taken.update(near.get(node, ()))
    return kept
