"""An inverted index of n-grams: which held-out entries hold a gram of this text, where, and how telling the gram is.

A gram that many entries share ("how many does she have left") says little about any one of them, so it weighs 1/√(entries
that hold it). Those are counted among what was held out when the entry was added, never later, so that an entry is
judged the same in every version and a screening of version n plus one of what came after is a screening of today.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.text import mix64

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Places = NDArray[np.int64]

LETTERS = 8
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_ROOM = 16


def letter_grams(tokens: Sequence[str]) -> tuple[Hashes, Places]:
    """Every eight letters in a row, blanks and marks left out, as one machine word, and the token each begins in.

    A letter is a byte: ASCII as it is, any other by seven bits of its hash. Two different grams are the same only where
    all their other letters agree in those bits.
    """
    text = "".join(tokens)
    data = text.encode("ascii") if text.isascii() else _bytes(text)
    count = len(data) - LETTERS + 1
    if count <= 0:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    grams = np.ndarray((count,), dtype="<u8", buffer=data, strides=(1,)).astype(np.uint64)
    lengths = np.fromiter(map(len, tokens), dtype=np.int64, count=len(tokens))
    return grams, np.repeat(np.arange(len(tokens)), lengths)[:count]


def _bytes(text: str) -> bytes:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    folded = np.uint64(128) + (mix64(codes * _SPREAD) & np.uint64(127))
    return np.where(codes < 128, codes, folded).astype(np.uint8).tobytes()


@dataclass(frozen=True, slots=True)
class Found:
    """What one entry shares with a text: positions (tokens, ascending), gram numbers and their weights."""

    places: Places
    grams: Places
    weights: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Matches:
    """All shared grams of a text, sorted by entry and then by position."""

    entries: NDArray[np.int64]
    bounds: Places
    places: Places
    grams: Places
    weights: NDArray[np.float64]
    shares: NDArray[np.float64]

    def of(self, at: int) -> Found:
        """What the entry at this place of `entries` shares."""
        part = slice(self.bounds[at], self.bounds[at + 1])
        return Found(self.places[part], self.grams[part], self.weights[part])


_NONE = np.zeros(0, dtype=np.int64)
NOTHING = Matches(_NONE, _NONE, _NONE, _NONE, np.zeros(0), np.zeros(0))


class Counts:
    """In how many entries a gram was seen so far."""

    def __init__(self) -> None:
        self._grams: Hashes = np.zeros(0, dtype=np.uint64)
        self._counts: Places = np.zeros(0, dtype=np.int64)

    def add(self, distinct: Sequence[Hashes]) -> None:
        """Count one more cohort of entries, each given by its distinct grams."""
        flat = np.concatenate([self._grams, *distinct])
        counts = np.concatenate([self._counts, np.ones(len(flat) - len(self._grams), dtype=np.int64)])
        self._grams, where = np.unique(flat, return_inverse=True)
        self._counts = np.bincount(where, weights=counts, minlength=len(self._grams)).astype(np.int64)

    def of(self, grams: Hashes) -> Places:
        """How many entries hold each of these; 1 for what none holds."""
        if not len(self._grams):
            return np.ones(len(grams), dtype=np.int64)
        found = np.minimum(np.searchsorted(self._grams, grams), len(self._grams) - 1)
        return np.where(self._grams[found] == grams, self._counts[found], 1)


class Postings:
    """gram → entries, with the weight of the gram in each. Read-only once built."""

    def __init__(self, distinct: Sequence[Hashes], weights: Sequence[NDArray[np.float64]]) -> None:
        """Entry i has the grams `distinct[i]` with the weights `weights[i]`."""
        self.sizes = np.array([len(one) for one in distinct], dtype=np.int64)
        self.totals = np.array([float(one.sum()) for one in weights])
        flat = np.concatenate([np.zeros(0, dtype=np.uint64), *distinct])
        order = np.argsort(flat, kind="stable")
        self._grams, starts = np.unique(flat[order], return_index=True)
        self._offsets = np.append(starts, len(flat)).astype(np.int64)
        self._owners = np.repeat(np.arange(len(distinct)), self.sizes)[order]
        self._weights = np.concatenate([np.zeros(0), *weights])[order]
        self._shift = np.uint64(64 - max(10, (len(self._grams) * _ROOM).bit_length()))
        self._maybe = np.zeros(1 << (64 - int(self._shift)), dtype=np.bool_)
        self._maybe[self._slots(self._grams)] = True

    def _slots(self, grams: Hashes) -> Hashes:
        return (grams * _SPREAD) >> self._shift

    def match(self, grams: Hashes, places: Places) -> Matches:
        """What each entry shares with a text of these grams at these places."""
        if not len(grams) or not len(self._grams):
            return NOTHING
        here = np.flatnonzero(self._maybe[self._slots(grams)])
        found = np.searchsorted(self._grams, grams[here])
        found[found == len(self._grams)] = 0
        same = self._grams[found] == grams[here]
        here, terms = places[here[same]], found[same]
        if not len(here):
            return NOTHING
        lengths = self._offsets[terms + 1] - self._offsets[terms]
        begins = np.repeat(self._offsets[terms] - np.append(0, np.cumsum(lengths)[:-1]), lengths)
        postings = begins + np.arange(int(lengths.sum()))
        owners = self._owners[postings]
        order = np.argsort(owners, kind="stable")
        entries, starts = np.unique(owners[order], return_index=True)
        weights = self._weights[postings][order]
        shares = np.add.reduceat(weights, starts) / self.totals[entries]
        at = np.repeat(here, lengths)[order]
        return Matches(
            entries, np.append(starts, len(owners)), at, np.repeat(terms, lengths)[order], weights, shares
        )


def densest(found: Found, span: int, least: float) -> tuple[float, int, int, int] | None:
    """(weight of the distinct grams, how many, first and last position) of the stretch of `span` tokens that shares most.

    None when no stretch reaches `least`, which is mostly seen without looking at every gram.
    """
    ends = np.searchsorted(found.places, found.places + span, side="right")
    sums = np.append(0.0, np.cumsum(found.weights))
    if float((sums[ends] - sums[: len(ends)]).max()) < least:
        return None
    grams, weights, places = found.grams.tolist(), found.weights.tolist(), found.places.tolist()
    best, low, weight, seen = (0.0, 0, 0, 0), 0, 0.0, dict[int, int]()
    for high, gram in enumerate(grams):
        count = seen.get(gram, 0)
        seen[gram] = count + 1
        if not count:
            weight += weights[high]
        while places[high] - places[low] > span:
            old = grams[low]
            seen[old] -= 1
            if not seen[old]:
                del seen[old]
                weight -= weights[low]
            low += 1
        if weight > best[0]:
            best = (weight, len(seen), places[low], places[high])
    return best if best[0] >= least else None
