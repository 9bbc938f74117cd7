"""Text as near-duplicate detection and screening see it: normalised tokens, n-gram shingles, stable 64-bit hashes."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

NORMALISER = "nfkc-casefold-1"
_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0xFE00, 0xFE10)])
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"
_TOKEN = re.compile(
    rf"[{_UNSPACED}][\u0300-\u036f\u0e31\u0e34-\u0e4e\u3099\u309a]*|(?:(?![{_UNSPACED}])[\w\u0300-\u036f])+"
)
_CODE_TOKEN = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])\w)+|[^\w\s\x00-\x20\x7f]")
_ASCII_TOKEN = re.compile(r"\w+", re.ASCII)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def normalise(text: str) -> str:
    """NFKC, casefold, invisible characters dropped: what looks alike becomes alike."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).casefold())


def tokens(text: str) -> list[str]:
    """Words of the normalised text; in scripts written without spaces every character is a token of its own."""
    clean = normalise(text)
    return (_ASCII_TOKEN if clean.isascii() else _TOKEN).findall(clean)


def code_tokens(text: str) -> list[str]:
    """Names, numbers and every other sign of program text, NFKC, capitals kept: `a.B` and `a.b` are different things."""
    return _CODE_TOKEN.findall(unicodedata.normalize("NFKC", text.translate(_INVISIBLE)))


@dataclass(frozen=True, slots=True)
class Located:
    """A token with its place in the original text."""

    token: str
    start: int
    end: int


def located_tokens(text: str) -> list[Located]:
    """The same tokens as `tokens`, each with [start, end) in `text`: for evidence shown to people."""
    clean = normalise(text)
    if clean.isascii() and text.isascii():
        return [Located(found.group(), found.start(), found.end()) for found in _ASCII_TOKEN.finditer(clean)]
    pieces: list[str] = []
    origin: list[int] = []
    for start, end in _clusters(text):
        piece = normalise(text[start:end])
        pieces.append(piece)
        origin.extend([start] * len(piece))
    origin.append(len(text))
    joined = "".join(pieces)
    pattern = _ASCII_TOKEN if joined.isascii() else _TOKEN
    return [Located(m.group(), origin[m.start()], _end_of(origin, m.end())) for m in pattern.finditer(joined)]


def _clusters(text: str) -> list[tuple[int, int]]:
    """A base character with the marks that follow it, so that composing never crosses a border."""
    starts = [place for place, char in enumerate(text) if place == 0 or not unicodedata.combining(char)]
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def _end_of(origin: list[int], at: int) -> int:
    last = origin[at - 1]
    while at < len(origin) - 1 and origin[at] == last:
        at += 1
    return origin[at]


def hash64(text: str) -> int:
    """BLAKE2b-64 of the UTF-8 bytes: the same number on every machine and in every process."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def mix64(values: Hashes) -> Hashes:
    """The splitmix64 finaliser: a bijection that spreads every input bit over all output bits."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


class TokenHasher:
    """Token → 64-bit hash, remembered for the length of one batch."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def __call__(self, words: Sequence[str]) -> Hashes:
        """Hashes of these tokens, in order."""
        known = self._known
        for word in words:
            if word not in known:
                known[word] = hash64(word)
        return np.fromiter(map(known.__getitem__, words), dtype=np.uint64, count=len(words))


def ngram_hashes(hashes: Hashes, n: int) -> Hashes:
    """Order-sensitive hash of every window of n tokens, shape (max(0, len - n + 1),)."""
    count = len(hashes) - n + 1
    if count <= 0:
        return np.zeros(0, dtype=np.uint64)
    rolled = np.full(count, n, dtype=np.uint64)
    for offset in range(n):
        rolled = rolled * _MULTIPLIER + hashes[offset : offset + count]
    return mix64(rolled)


def shingles(text: str, n: int, hasher: TokenHasher | None = None) -> Hashes:
    """The sorted distinct n-gram hashes of a text.

    A text shorter than n tokens falls back to n-grams of its characters, and a still shorter one to the whole of it, so
    that only a text without any token has no shingle.
    """
    hasher = hasher or TokenHasher()
    words = tokens(text)
    grams = ngram_hashes(hasher(words), n)
    if len(grams):
        return np.unique(grams)
    if not words:
        return np.zeros(0, dtype=np.uint64)
    joined = " ".join(words)
    grams = ngram_hashes(hasher(list(joined)), n)
    return np.unique(grams) if len(grams) else hasher([joined])


def jaccard(one: Hashes, other: Hashes) -> float:
    """Exact Jaccard similarity of two sorted distinct arrays; two empty sets are identical."""
    if len(one) == 0 and len(other) == 0:
        return 1.0
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared)
