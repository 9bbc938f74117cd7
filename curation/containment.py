"""Find held-out items inside texts: whole, by long runs of words, by shared words, by shared letters; with the span as evidence.

Containment |A∩B|/|A| and not Jaccard, because a short item may stand in a long conversation; within a window of about the
item's length, because a long text holds many grams of everything. Two views of the same text are compared exactly: word
3-grams (order of words; scripts without spaces) and letter 8-grams (typos, lost or added blanks, broken words). They take
the place of MinHash, which estimates Jaccard over whole texts and so sees nothing of an item in a long conversation; here
every shared gram is counted, so there is nothing to estimate. Runs of 13 words follow GPT-3 appendix C, of 8 Tülu 3. Every
rule looks at one item alone, so the verdict on a set is the union of the verdicts on its parts. Thresholds are measured by
`./dev bench decontamination`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.text import TokenHasher, ngram_hashes
from curation.folding import FOLDING, folded, words
from curation.postings import LETTERS, Counts, Matches, Postings, densest, letter_grams

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

MATCHER = f"containment-3 {FOLDING}"
"""Another name makes everything be screened again: when rules change, or what is read of a conversation."""
PROMPT, ANSWER = "prompt", "answer"
WORDS = 3


@dataclass(frozen=True, slots=True)
class Settings:
    """Thresholds of a verdict; stored in the quarantine version, so a verdict can be repeated."""

    containment: float = 0.34
    answer_containment: float = 0.6
    short_item: int = 24
    short_containment: float = 0.56
    weak_containment: float = 0.30
    minimum_words: int = 4
    minimum_letters: int = 24
    least_answer: int = 12
    long_gram: int = 13
    middle_gram: int = 8
    common_run: int = 3
    common_gram: int = 48
    slack: float = 1.6

    def needed(self, grams: int, kind: str = PROMPT) -> float:
        """The share asked of an item of so many 3-grams: a short one shares its phrasing with many harmless questions."""
        least = self.containment if kind == PROMPT else self.answer_containment
        missing = max(0.0, 1 - grams / self.short_item)
        return least + max(0.0, self.short_containment - least) * missing

    def as_data(self) -> dict[str, float]:
        """JSON form."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Item:
    """A held-out text under the id of its item: a prompt, or the reference answer of a task.

    `cohort` orders what was added together; an `is_known` item was screened against before and only tells what is common.
    """

    id: int
    text: str
    kind: str = PROMPT
    cohort: int = 0
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A match with one item: by which method, how much of it, word positions [start, end) in the text, its longest run."""

    item_id: int
    method: str
    score: float
    start: int
    end: int
    kind: str = PROMPT
    run: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """An indexed item: its words as hashes, and its letters in a row to tell an exact copy from one with other numbers."""

    item: Item
    hashes: Hashes
    letters: str


def squashed(text: str) -> str:
    """All letters and digits of the folded text in a row: equal for texts that differ in case, marks and blanks."""
    return "".join(char for char in folded(text) if char.isalnum())


class ContainmentIndex:
    """The searchable form of the items of one quarantine version. Read-only once built."""

    def __init__(self, items: Iterable[Item], settings: Settings | None = None) -> None:
        """Index the items; those without any word cannot be found and are left out, as are answers too short to tell."""
        self.settings = settings or Settings()
        self.entries: list[Entry] = []
        self.wholes: dict[str, list[int]] = {}
        self._build(sorted(items, key=lambda one: one.cohort))

    @classmethod
    def build(cls, items: Iterable[Item], settings: Settings | None = None) -> ContainmentIndex:
        """The index of these items."""
        return cls(items, settings)

    def _build(self, items: Sequence[Item]) -> None:
        hasher = TokenHasher()
        shingles: dict[str, list[Hashes]] = {"words": [], "letters": [], "runs": []}
        weights: dict[str, list[NDArray[np.float64]]] = {name: [] for name in shingles}
        counts = {name: Counts() for name in shingles}
        for cohort in _cohorts(items):
            read = [(item, words(item.text)) for item in cohort]
            grams = [self._grams(tokens, hasher) for _, tokens in read]
            for name, count in counts.items():
                count.add([one[name] for one in grams])
            for (item, tokens), own in zip(read, grams, strict=True):
                if (
                    item.is_known
                    or not tokens
                    or (item.kind == ANSWER and len(tokens) < self.settings.least_answer)
                ):
                    continue
                hashes = hasher(tokens)
                self.wholes.setdefault("".join(tokens), []).append(len(self.entries))
                self.entries.append(Entry(item, hashes, squashed(item.text)))
                for name in shingles:
                    seen = counts[name].of(own[name])
                    kept = self._telling(seen, name)
                    shingles[name].append(own[name][kept])
                    weights[name].append(1 / np.sqrt(seen[kept]))
        self.words = Postings(shingles["words"], weights["words"])
        self.letters = Postings(shingles["letters"], weights["letters"])
        self.runs = Postings(shingles["runs"], weights["runs"])

    def _telling(self, seen: NDArray[np.int64], view: str) -> NDArray[np.bool_]:
        """Which grams of an item are looked for: not what a crowd of items shares, unless that is most of the item."""
        if view == "runs":
            return seen <= self.settings.common_run
        rare = seen <= self.settings.common_gram
        return rare if 2 * int(rare.sum()) >= len(seen) else np.full(len(seen), True)

    def _grams(self, tokens: Sequence[str], hasher: TokenHasher) -> dict[str, Hashes]:
        hashes = hasher(tokens)
        return {
            "words": np.unique(ngram_hashes(hashes, WORDS)),
            "letters": np.unique(letter_grams(tokens)[0]),
            "runs": np.unique(ngram_hashes(hashes, self.settings.long_gram)),
        }

    def find(self, text: str, hasher: TokenHasher | None = None) -> Hit | None:
        """The strongest hit in this text, or None when it is clean."""
        tokens = words(text)
        hits = [*self.exact(tokens, text), *self.find_in(tokens, hasher)]
        return max(hits, key=lambda hit: hit.score, default=None)

    def exact(self, tokens: Sequence[str], text: str) -> list[Hit]:
        """Items that are this whole text, however short; numbers count here."""
        same = self.wholes.get("".join(tokens), []) if tokens else []
        own = squashed(text) if same else ""
        found = [self.entries[at] for at in same if self.entries[at].letters == own]
        return [
            Hit(one.item.id, "exact", 1.0, 0, len(tokens), one.item.kind, (0, len(tokens))) for one in found
        ]

    def find_in(self, tokens: Sequence[str], hasher: TokenHasher | None = None) -> list[Hit]:
        """The strongest hit on every item that stands in these words, the strongest first."""
        if not tokens or not self.entries:
            return []
        hashes = (hasher or TokenHasher())(tokens)
        best: dict[int, Hit] = {}
        for hit in self._hits(tokens, hashes):
            if hit.item_id not in best or hit.score > best[hit.item_id].score:
                best[hit.item_id] = hit
        return sorted(best.values(), key=lambda hit: -hit.score)

    def _hits(self, tokens: Sequence[str], hashes: Hashes) -> Iterable[Hit]:
        threes = ngram_hashes(hashes, WORDS)
        yield from self._shared(self.words.match(threes, np.arange(len(threes))), "words", hashes)
        yield from self._shared(self.letters.match(*letter_grams(tokens)), "letters", hashes)
        long = ngram_hashes(hashes, self.settings.long_gram)
        runs = self.runs.match(long, np.arange(len(long)))
        for at, number in enumerate(runs.entries.tolist()):
            yield self._run(self.entries[number], runs.of(at).places.tolist(), hashes)

    def _shared(self, matches: Matches, view: str, hashes: Hashes) -> Iterable[Hit]:
        settings = self.settings
        channel = self.words if view == "words" else self.letters
        minimum, width = (settings.minimum_words, WORDS) if view == "words" else (settings.minimum_letters, 1)
        for at in np.flatnonzero(matches.shares >= settings.weak_containment).tolist():
            number = int(matches.entries[at])
            entry = self.entries[number]
            total = float(channel.totals[number])
            span = int(len(entry.hashes) * settings.slack) + 8
            found = densest(matches.of(at), span, settings.weak_containment * total)
            if found is None or found[1] < minimum:
                continue
            share, start, end = found[0] / total, found[2], min(found[3] + width, len(hashes))
            hit = self._judged(entry, view, share, start, end, hashes)
            if hit is not None:
                yield hit

    def _judged(
        self, entry: Entry, view: str, share: float, start: int, end: int, hashes: Hashes
    ) -> Hit | None:
        run = longest_run(hashes[start:end], entry.hashes)
        placed = (start + run[0], start + run[1])
        size, kind = max(len(entry.hashes) - WORDS + 1, 1), entry.item.kind
        if share >= self.settings.needed(size, kind):
            method = f"gram{WORDS}" if view == "words" else f"letters{LETTERS}"
        elif kind == PROMPT and run[1] - run[0] >= self.settings.middle_gram:
            method = f"gram{self.settings.middle_gram}"
        else:
            return None
        return Hit(entry.item.id, method, round(min(share, 1.0), 4), start, end, kind, placed)

    def _run(self, entry: Entry, at: Sequence[int], hashes: Hashes) -> Hit:
        """A long run of an item that may itself be much longer than what was copied from it."""
        size = self.settings.long_gram
        start, end = at[0], at[0] + size
        best = (start, end)
        for place in at[1:]:
            start, end = (start, place + size) if place <= end else (place, place + size)
            best = max(best, (start, end), key=lambda one: one[1] - one[0])
        share = min(1.0, (best[1] - best[0]) / len(entry.hashes))
        return Hit(entry.item.id, f"gram{size}", round(share, 4), *best, entry.item.kind, best)


def longest_run(text: Hashes, item: Hashes) -> tuple[int, int]:
    """[start, end) of the longest run of words in `text` that stands word for word in `item`."""
    best, lengths = (0, 0), np.zeros(len(item) + 1, dtype=np.int64)
    for at, word in enumerate(text):
        lengths[1:] = np.where(item == word, lengths[:-1] + 1, 0)
        longest = int(lengths.max())
        if longest > best[1] - best[0]:
            best = (at + 1 - longest, at + 1)
    return best


def _cohorts(items: Sequence[Item]) -> Iterable[Sequence[Item]]:
    start = 0
    for at in range(1, len(items) + 1):
        if at == len(items) or items[at].cohort != items[start].cohort:
            yield items[start:at]
            start = at
