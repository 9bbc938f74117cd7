"""What changed between two snapshots: sets of leaves, and how counts moved."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class SnapshotDiff:
    """Leaves that came and went; apply(diff(a, b), a) == b."""

    added: frozenset[str]
    removed: frozenset[str]
    kept: int


@dataclass(frozen=True)
class Moved:
    """One count that differs between two snapshots."""

    name: str
    before: int
    after: int

    @property
    def change(self) -> int:
        """After minus before."""
        return self.after - self.before


def diff_leaves(before: Collection[str], after: Collection[str]) -> SnapshotDiff:
    """Leaves only in `after`, only in `before`, and how many stayed."""
    old, new = frozenset(before), frozenset(after)
    return SnapshotDiff(new - old, old - new, len(old & new))


def apply_diff(diff: SnapshotDiff, before: Collection[str]) -> frozenset[str]:
    """The later leaf set."""
    return (frozenset(before) - diff.removed) | diff.added


def diff_counts(before: Mapping[str, int], after: Mapping[str, int]) -> list[Moved]:
    """Every count of either side by name, unchanged ones included, so a reader sees the whole table."""
    return [Moved(n, before.get(n, 0), after.get(n, 0)) for n in sorted({*before, *after})]
