"""Find quarantined items inside texts: exact, long n-grams, windowed 3-gram containment; always with the span as evidence.

Containment |A∩B|/|A| and not Jaccard, because a short item may sit in a long conversation; windowed, because a long text
holds many 3-grams of everything. n-gram sizes follow GPT-3 appendix C (13) and Tülu 3 (8); the 3-gram threshold is measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from core.text import TokenHasher, located_tokens, ngram_hashes, tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Settings:
    """Thresholds of a verdict; stored in the quarantine version, so a verdict can be repeated."""

    containment: float = 0.35
    short_item: int = 24
    short_containment: float = 0.65
    weak_containment: float = 0.28
    minimum_grams: int = 4
    long_gram: int = 13
    middle_gram: int = 8
    slack: float = 1.6

    def needed(self, grams: int) -> float:
        """The share asked of an item of so many 3-grams: a short one shares its phrasing with many harmless questions."""
        missing = max(0.0, 1 - grams / self.short_item)
        return self.containment + (self.short_containment - self.containment) * missing

    def as_data(self) -> dict[str, float]:
        """JSON form."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Item:
    """One quarantined text under its id."""

    id: int
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """The strongest match: which item, by which method, how much of it, and token positions [start, end) in the text."""

    item_id: int
    method: str
    score: float
    start: int
    end: int


@dataclass(slots=True)
class _Entry:
    item: Item
    count: int
    grams3: int
    whole: int


@dataclass
class ContainmentIndex:
    """An inverted index over the n-grams of all items of one quarantine version. Read-only once built."""

    settings: Settings
    entries: list[_Entry] = field(default_factory=list)
    grams: Hashes = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    offsets: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    owners: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    long: Hashes = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    middle: Hashes = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    wholes: dict[int, int] = field(default_factory=dict)

    @classmethod
    def build(cls, items: Iterable[Item], settings: Settings | None = None) -> ContainmentIndex:
        """Index the items; those without any token cannot be found and are left out."""
        index = cls(settings or Settings())
        hasher = TokenHasher()
        grams: list[Hashes] = []
        long: list[Hashes] = []
        middle: list[Hashes] = []
        for item in items:
            hashes = hasher(tokens(item.text))
            if not len(hashes):
                continue
            own = np.unique(ngram_hashes(hashes, 3))
            whole = int(ngram_hashes(hashes, len(hashes))[0])
            index.wholes.setdefault(whole, len(index.entries))
            index.entries.append(_Entry(item, len(hashes), len(own), whole))
            grams.append(own)
            long.append(ngram_hashes(hashes, index.settings.long_gram))
            middle.append(ngram_hashes(hashes, index.settings.middle_gram))
        index._fill(grams, long, middle)
        return index

    def _fill(self, grams: list[Hashes], long: list[Hashes], middle: list[Hashes]) -> None:
        if not grams:
            return
        flat = np.concatenate(grams)
        owners = np.repeat(np.arange(len(grams), dtype=np.int32), [len(one) for one in grams])
        order = np.argsort(flat, kind="stable")
        self.grams, starts = np.unique(flat[order], return_index=True)
        self.offsets = np.append(starts, len(flat)).astype(np.int64)
        self.owners = owners[order]
        self.long = np.unique(np.concatenate(long))
        self.middle = np.unique(np.concatenate(middle))

    def find(self, text: str, hasher: TokenHasher | None = None) -> Hit | None:
        """The strongest hit in this text, or None when it is clean."""
        return self.find_hashed((hasher or TokenHasher())(tokens(text)))

    def find_hashed(self, hashes: Hashes) -> Hit | None:
        """As `find`, for token hashes already at hand."""
        if not len(hashes) or not self.entries:
            return None
        return self.exact(hashes) or self._by_containment(hashes) or self._embedded(hashes)

    def exact(self, hashes: Hashes) -> Hit | None:
        """A hit when the whole text is an item, however short."""
        whole = self.wholes.get(int(ngram_hashes(hashes, len(hashes))[0]))
        return None if whole is None else Hit(self.entries[whole].item.id, "exact", 1.0, 0, len(hashes))

    def _by_containment(self, hashes: Hashes) -> Hit | None:
        places, owners = self._postings(ngram_hashes(hashes, 3))
        if not len(places):
            return None
        candidates, counts = np.unique(owners, return_counts=True)
        sizes = np.array([self.entries[owner].grams3 for owner in candidates])
        enough = (counts >= self.settings.weak_containment * sizes) & (counts >= self.settings.minimum_grams)
        best: Hit | None = None
        for owner in candidates[enough]:
            hit = self._window(self.entries[owner], places[owners == owner], hashes)
            if hit is not None and (best is None or hit.score > best.score):
                best = hit
        return best

    def _postings(self, grams: Hashes) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """(position in the text, owning entry) of every 3-gram that some item has too."""
        if not len(grams) or not len(self.grams):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32)
        found = np.searchsorted(self.grams, grams)
        found[found == len(self.grams)] = 0
        places = np.flatnonzero(self.grams[found] == grams)
        terms = found[places]
        lengths = self.offsets[terms + 1] - self.offsets[terms]
        starts = np.repeat(self.offsets[terms] - np.append(0, np.cumsum(lengths)[:-1]), lengths)
        return np.repeat(places, lengths), self.owners[starts + np.arange(int(lengths.sum()))]

    def _window(self, entry: _Entry, places: NDArray[np.int64], hashes: Hashes) -> Hit | None:
        """The densest stretch of about the item's own length; a hit when it holds enough of the item."""
        span = int(entry.count * self.settings.slack) + 8
        grams = ngram_hashes(hashes, 3)[places]
        best, low, seen = (0, 0, 0), 0, dict[int, int]()
        for high, gram in enumerate(grams.tolist()):
            seen[gram] = seen.get(gram, 0) + 1
            while places[high] - places[low] > span:
                old = int(grams[low])
                seen[old] -= 1
                if not seen[old]:
                    del seen[old]
                low += 1
            if len(seen) > best[0]:
                best = (len(seen), low, high)
        score = best[0] / entry.grams3
        start, end = int(places[best[1]]), int(places[best[2]]) + 3
        if best[0] < self.settings.minimum_grams:
            return None
        if score >= self.settings.needed(entry.grams3):
            return Hit(entry.item.id, "containment", round(score, 4), start, end)
        stretch = hashes[start:end]
        if score >= self.settings.weak_containment and self._shares(
            stretch, self.settings.middle_gram, self.middle
        ):
            return Hit(entry.item.id, f"gram{self.settings.middle_gram}", round(score, 4), start, end)
        if self._shares(stretch, self.settings.long_gram, self.long):
            return Hit(entry.item.id, f"gram{self.settings.long_gram}", round(score, 4), start, end)
        return None

    @staticmethod
    def _shares(hashes: Hashes, n: int, known: Hashes) -> bool:
        return bool(_member(ngram_hashes(hashes, n), known).any())

    def _embedded(self, hashes: Hashes) -> Hit | None:
        """A long run of an item that is itself much longer than what was copied from it."""
        size = self.settings.long_gram
        matched = np.flatnonzero(_member(ngram_hashes(hashes, size), self.long))
        if not len(matched):
            return None
        start, end = int(matched[0]), int(matched[-1]) + size
        _, owners = self._postings(ngram_hashes(hashes[start : start + size], 3))
        entry = self.entries[int(np.bincount(owners).argmax())]
        return Hit(entry.item.id, f"gram{size}", round(min(1.0, size / entry.count), 4), start, end)


def _member(values: Hashes, known: Hashes) -> NDArray[np.bool_]:
    """Which values are in the sorted array `known`."""
    if not len(known):
        return np.zeros(len(values), dtype=np.bool_)
    found = np.searchsorted(known, values)
    found[found == len(known)] = 0
    same: NDArray[np.bool_] = known[found] == values
    return same


def evidence(text: str, hit: Hit, *, around: int = 160) -> dict[str, object]:
    """What a person needs to judge a hit: character offsets, the span itself and a little before and after."""
    found = located_tokens(text)
    if not found:
        return {
            "method": hit.method,
            "score": hit.score,
            "start": 0,
            "end": 0,
            "before": "",
            "span": "",
            "after": "",
        }
    start = found[min(hit.start, len(found) - 1)].start
    end = found[min(hit.end, len(found)) - 1].end
    return {
        "method": hit.method,
        "score": hit.score,
        "start": start,
        "end": end,
        "before": text[max(0, start - around) : start],
        "span": text[start:end],
        "after": text[end : end + around],
    }
