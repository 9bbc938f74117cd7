"""Search over the passages: BM25 (Robertson and Zaragoza 2009) with names counted three times."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict

from examples.assistant.library import Passage

K1, B = 1.2, 0.75
WORD = re.compile(r"[a-z][a-z0-9]+")
STOP = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "could", "did", "do", "does", "for", "from",
    "get", "give", "has", "have", "how", "i", "if", "in", "is", "it", "its", "me", "my", "need", "of", "on",
    "or", "please", "python", "should", "show", "so", "tell", "that", "the", "there", "this", "to", "use",
    "using", "want", "was", "what", "when", "where", "which", "who", "why", "will", "with", "would", "you",
    "your", "hi", "thanks", "quick", "question", "best", "way", "something", "standard", "library", "function", "explain",
})  # fmt: skip


def words(text: str) -> list[str]:
    """The words that count: lower case, dotted and underscored names split, plural s cut."""
    return [_stem(word) for word in WORD.findall(text.lower()) if word not in STOP]


def _stem(word: str) -> str:
    for ending in ("ing", "es", "ed", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


class Search:
    """An inverted index in memory; a query costs about a millisecond."""

    def __init__(self, passages: tuple[Passage, ...]) -> None:
        self.passages = passages
        self.postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        counted = [Counter(words(one.text) + words(one.name) * 3) for one in passages]
        lengths = [sum(counts.values()) for counts in counted]
        mean = sum(lengths) / max(1, len(lengths))
        for place, counts in enumerate(counted):
            norm = K1 * (1 - B + B * lengths[place] / mean)
            for word, count in counts.items():
                self.postings[word].append((place, count * (K1 + 1) / (count + norm)))

    def top(self, query: str, k: int) -> list[tuple[Passage, float]]:
        """The k best passages with their scores, best first; ties by place, so that runs agree."""
        scores: dict[int, float] = defaultdict(float)
        for word in set(words(query)):
            found = self.postings.get(word, [])
            weight = math.log(1 + (len(self.passages) - len(found) + 0.5) / (len(found) + 0.5))
            for place, score in found:
                scores[place] += weight * score
        best = sorted(scores.items(), key=lambda one: (-one[1], one[0]))[:k]
        return [(self.passages[place], round(score, 3)) for place, score in best]
