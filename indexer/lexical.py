"""BM25 over passages (Robertson & Zaragoza 2009; scoring by bm25s), saved beside the vectors.

PostgreSQL's ts_rank knows no inverse document frequency, which costs a third of the quality on
long articles; bm25s needs only numpy, so search without the embedding extra is real search.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

K1, B = 1.2, 0.75
WORD = re.compile(r"\w+")
WIDE_RUN = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
FOLDER = "bm25"
TOKENS = "english-2"
# The classic Lucene list, and the words questions are made of: rare in documents, so BM25 would take them for evidence.
STOP_WORDS = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it", "no", "not",
    "of", "on", "or", "such", "that", "the", "their", "then", "there", "these", "they", "this", "to", "was",
    "will", "with",
    "about", "can", "could", "did", "do", "does", "from", "had", "has", "have", "he", "her", "his", "how", "i",
    "its", "me", "my", "our", "she", "should", "so", "than", "them", "us", "we", "were", "what", "when", "where",
    "which", "who", "whom", "why", "would", "you", "your",
})  # fmt: skip


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")


def _bm25s() -> Any:
    """The library, quieted: it sets its own logger to DEBUG."""
    import bm25s

    logging.getLogger("bm25s").setLevel(logging.WARNING)
    return bm25s


def _split(word: str) -> Iterable[str]:
    """Chinese, Japanese and Korean runs as character pairs; identifiers whole and in parts."""
    if not word.isascii() and WIDE_RUN.search(word):
        for run in WIDE_RUN.findall(word):
            yield from (run[i : i + 2] for i in range(max(1, len(run) - 1)))
        yield from (part for part in WIDE_RUN.split(word) if part)
        return
    yield word
    if "_" in word:
        yield from (part for part in word.split("_") if part)


def tokens(text: str) -> list[str]:
    """Lower-case NFKC words without stop words, stemmed with Snowball English."""
    words = WORD.findall(unicodedata.normalize("NFKC", text).lower())
    kept = [part for word in words if word not in STOP_WORDS for part in _split(word)]
    stemmed: list[str] = _stemmer().stemWords(kept)
    return stemmed


class LexicalIndex:
    """Immutable BM25 scores; row i belongs to the i-th text it was built from."""

    def __init__(self, model: Any, size: int) -> None:
        self._model = model
        self.size = size

    @classmethod
    def build(cls, texts: Sequence[str]) -> LexicalIndex:
        """Index the texts (about 9,000 passages a CPU second)."""
        model = _bm25s().BM25(k1=K1, b=B, method="lucene")
        model.index([tokens(text) for text in texts] or [[""]], show_progress=False)
        return cls(model, len(texts))

    def save(self, folder: Path) -> None:
        """Write the arrays below `folder`; no pickle."""
        self._model.save(str(folder / FOLDER), show_progress=False)

    @classmethod
    def open(cls, folder: Path, size: int) -> LexicalIndex:
        """Map the saved arrays; several processes share one copy."""
        return cls(_bm25s().BM25.load(str(folder / FOLDER), mmap=True, show_progress=False), size)

    def scores(self, query: str) -> NDArray[np.float32]:
        """BM25 of every row, shape (size,); zeros when no word of the query is known."""
        import numpy as np

        vocabulary = self._model.vocab_dict
        known = [token for token in tokens(query) if token in vocabulary]
        if not known or not self.size:
            return np.zeros(self.size, dtype=np.float32)
        found: NDArray[np.float32] = self._model.get_scores(known)
        return found[: self.size]
