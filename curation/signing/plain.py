"""The signature kernel in Python and NumPy: the same rows and sets as `curation.signing.compiled`, where numba is absent."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import numpy as np

from curation.signing.mixing import CHARACTERS, EMPTY, GRAM, HIGH, LAST, LOW, SEED, WORDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Places = NDArray[np.int64]
    Words = NDArray[np.uint32]
    Longs = NDArray[np.uint64]

_MASK = 0xFFFFFFFFFFFFFFFF
_TEXT = re.compile(rb"[0-9a-z_\x80-\xff]+")
_CODE = re.compile(rb"[0-9A-Za-z_\x80-\xff]+|[^0-9A-Za-z_\x80-\xff\x00-\x20\x7f]")
_ROWS = 4096


def mark_wide(data: Bytes, offsets: Places, wide: NDArray[np.bool_]) -> None:
    """Write to `wide` which texts hold a character beyond ASCII."""
    for text in range(len(offsets) - 1):
        wide[text] = bool((data[offsets[text] : offsets[text + 1]] >= 0x80).any())


def sign_texts(
    data: Bytes, starts: Places, stops: Places, code: bool, n: int, mixers: Longs, multipliers: Words, offsets32: Words,
    sets: bool, rows: NDArray[np.uint32], values: Words, counts: Places,
) -> int:  # fmt: skip
    """As `compiled.sign_texts`; `mixers` is not read here."""
    known: dict[bytes, int] = {}
    written = 0
    for place, (start, stop) in enumerate(zip(starts, stops, strict=True)):
        raw = data[start:stop].tobytes()
        words = (_CODE if code else _TEXT).findall(raw if code else raw.lower())
        grams = _shingles(words, n, known)
        rows[place] = _minima(grams, multipliers, offsets32)
        counts[place] = len(grams)
        if sets:
            found = np.unique(grams)
            counts[place] = len(found)
            values[written : written + len(found)] = found
            written += len(found)
    return written


def content_hashes(data: Bytes, offsets: Places, hashes: Longs) -> None:
    """A 64-bit hash of the bytes of each text, for telling texts apart; no part of any spec."""
    for text in range(len(hashes)):
        digest = hashlib.blake2b(data[offsets[text] : offsets[text + 1]].tobytes(), digest_size=8).digest()
        hashes[text] = int.from_bytes(digest, "little")


def _shingles(words: list[bytes], n: int, known: dict[bytes, int]) -> Words:
    for word in words:
        if word not in known:
            known[word] = _token_hash(word)
    if len(words) >= n:
        return _grams([known[word] for word in words], n, WORDS)
    hashes = [_mixed(SEED, ord(one) + 1, 0) for one in b" ".join(words).decode("utf-8", "surrogatepass")]
    wide = min(n, len(hashes))
    return _grams(hashes, wide, wide * CHARACTERS & _MASK) if wide else np.zeros(0, np.uint32)


def _token_hash(word: bytes) -> int:
    state = SEED
    padded = word + bytes(-len(word) % 16)
    for place in range(0, len(padded), 16):
        low, high = padded[place : place + 8], padded[place + 8 : place + 16]
        state = _mixed(state, int.from_bytes(low, "little"), int.from_bytes(high, "little"))
    return state


def _mixed(state: int, low: int, high: int) -> int:
    state = (state ^ low) * LOW & _MASK
    state = (state ^ state >> 32 ^ high) * HIGH & _MASK
    return state ^ state >> 29


def _grams(hashes: list[int], n: int, salt: int) -> Words:
    every = np.array(hashes, dtype=np.uint64)
    count = len(every) - n + 1
    rolled = np.zeros(count, np.uint64)
    for offset in range(n):
        rolled = rolled * np.uint64(GRAM) + every[offset : offset + count]
    rolled += np.uint64(salt)
    mixed = (rolled ^ (rolled >> np.uint64(32))) * np.uint64(LAST)
    return (mixed >> np.uint64(32)).astype(np.uint32)


def fmix32(values: Words) -> Words:
    """MurmurHash3's 32-bit finaliser, datasketch's pre-mix."""
    values = (values ^ (values >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    values = (values ^ (values >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return values ^ (values >> np.uint32(16))


def _minima(grams: Words, multipliers: Words, offsets: Words) -> Words:
    made = np.full(len(multipliers), EMPTY, np.uint32)
    mixed = fmix32(grams)[:, None]
    for start in range(0, len(mixed), _ROWS):
        permuted = mixed[start : start + _ROWS] * multipliers + offsets
        np.minimum(made, permuted.min(axis=0), out=made)
    return made
