"""What one token looks like: a fixed number of hashed features, the same in training and at ingest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from zlib import crc32

from core.privacy.tagger.tokens import MASK

FEATURE_ROWS = 1 << 16
NAME, CUE, LISTED = 1, 2, 4
FIRST, LAST, PLACE, KNOWN, COMMON, STREET, THING, TITLE = (1 << bit for bit in range(8))
LONGEST = 28

_ENDINGS = (
    ("s", ""),
    ("es", ""),
    ("ies", "y"),
    ("ed", ""),
    ("ed", "e"),
    ("ing", ""),
    ("ing", "e"),
    ("ly", ""),
    ("ness", ""),
)
_LAST_LETTERS = ("s", "d", "g", "y")
_RUN = re.compile(r"(.)\1+")


def shape(word: str) -> str:
    """`Xx`, `X`, `x`, `XxX`, digits as `0` with their number, anything else as itself."""
    if word.isdigit():
        return "0" * min(len(word), 7)
    if not word.isalpha():
        return "".join(_kind(character) for character in word[:4]) if len(word) > 1 else word
    if word.islower():
        return "x"
    if word[1:].islower() and word[0].isupper():
        return "Xx"
    kinds = "".join("X" if character.isupper() else "x" for character in word)
    return _RUN.sub(r"\1", kinds)[:5]


def _kind(character: str) -> str:
    if character.isalpha():
        return "X" if character.isupper() else "x"
    return "0" if character.isdigit() else character


def feature_rows(tile: str, lexicon: Mapping[str, int]) -> tuple[int, ...]:
    """Rows of the feature table for one tile; the first is the word itself. No tile has a blank inside, so blanks part the names."""
    word = tile.strip(" \t")
    if len(word) >= LONGEST:
        word = "QxQxQxQ"
    elif word[:1] == MASK:
        word = MASK
    lower = word.lower()
    cased = shape(word)
    known = lexicon.get(lower, 0)
    size = min(len(word), 9)
    names = (
        f"w{lower} g{known}{cased} s{cased}{size} c{cased} a{lower[:2]} b{lower[:3]}"
        f" x{lower[-2:]} y{lower[-3:]} z{lower[-4:]} t{len(word) != len(tile)}{cased[:2]}"
    )
    hashes = map(crc32, names.encode("utf-8", "surrogatepass").split(b" "))
    return tuple([1 + hashed % (FEATURE_ROWS - 1) for hashed in hashes])


def kind_of(tile: str, lexicon: Mapping[str, int]) -> int:
    """NAME where a name may stand, LISTED where the lists know no other meaning, CUE for a street word, else 0."""
    word = tile.strip(" \t")
    if not word or len(tile) >= LONGEST:
        return 0
    known = lexicon.get(word.lower(), 0)
    kind = (NAME if _may_name(word, known, lexicon) else 0) | (CUE if known & STREET else 0)
    if kind and word[0].isupper() and known & (FIRST | LAST) and not known & (COMMON | THING | PLACE):
        kind |= LISTED
    return kind


def _may_name(word: str, known: int, lexicon: Mapping[str, int]) -> bool:
    """Words that everybody knows and nobody is called never start the costly part."""
    if len(word) < 2 or not word[0].isalpha():
        return False
    if not word[0].isupper():
        return bool(known & FIRST) and not known & (COMMON | THING | PLACE) and len(word) >= 4
    if known & FIRST:
        return True
    if known & LAST:
        return not known & (COMMON | THING)
    return not known and (len(word) > 4 or not word.isupper()) and not _inflected(word.lower(), lexicon)


def _inflected(lower: str, lexicon: Mapping[str, int]) -> bool:
    """Whether a word in no list is a common one with an English ending."""
    return lower.endswith(_LAST_LETTERS) and any(
        lower.endswith(ending) and lexicon.get(lower[: -len(ending)] + instead, 0) & (COMMON | KNOWN)
        for ending, instead in _ENDINGS
    )
