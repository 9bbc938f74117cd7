"""What one token looks like: a fixed number of hashed features, the same in training and at ingest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from zlib import crc32

from core.privacy.tagger.tokens import MASK

FEATURE_ROWS = 1 << 16
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
_RUN = re.compile(r"(.)\1+")


def shape(word: str) -> str:
    """`Xx`, `X`, `x`, `XxX`, digits as `0` with their number, anything else as itself."""
    if word.isdigit():
        return "0" * min(len(word), 7)
    if not word.isalpha():
        return "".join(_kind(character) for character in word[:4]) if len(word) > 1 else word
    kinds = "".join("X" if character.isupper() else "x" for character in word)
    return _RUN.sub(r"\1", kinds)[:5]


def _kind(character: str) -> str:
    if character.isalpha():
        return "X" if character.isupper() else "x"
    return "0" if character.isdigit() else character


def feature_rows(tile: str, lexicon: Mapping[str, int]) -> tuple[int, ...]:
    """Rows of the feature table for one tile; the first is the word itself."""
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
        f"w{lower}",
        f"g{known}{cased}",
        f"s{cased}{size}",
        f"c{cased}",
        f"a{lower[:2]}",
        f"b{lower[:3]}",
        f"x{lower[-2:]}",
        f"y{lower[-3:]}",
        f"z{lower[-4:]}",
        f"t{len(word) != len(tile)}{cased[:2]}",
    )
    return tuple(1 + crc32(name.encode("utf-8", "surrogatepass")) % (FEATURE_ROWS - 1) for name in names)


def is_candidate(tile: str, lexicon: Mapping[str, int]) -> bool:
    """Whether a name may stand here: words that everybody knows and nobody is called never start the costly part."""
    word = tile.strip(" \t")
    if not 2 <= len(word) < LONGEST or not word[0].isalpha():
        return False
    known = lexicon.get(word.lower(), 0)
    if word[0].isupper():
        if known & FIRST:
            return True
        if known & LAST:
            return not known & (COMMON | THING)
        return not known and (len(word) > 4 or not word.isupper()) and not _inflected(word.lower(), lexicon)
    return bool(known & FIRST) and not known & (COMMON | THING | PLACE) and len(word) >= 4


def _inflected(lower: str, lexicon: Mapping[str, int]) -> bool:
    """Whether a word in no list is a common one with an English ending."""
    return any(
        lower.endswith(ending) and lexicon.get(lower[: -len(ending)] + instead, 0) & (COMMON | KNOWN)
        for ending, instead in _ENDINGS
    )


def is_address_cue(tile: str, lexicon: Mapping[str, int]) -> bool:
    """Street words and their like; they count only beside a number."""
    return bool(lexicon.get(tile.strip(" \t").lower(), 0) & STREET)


def is_listed(tile: str, lexicon: Mapping[str, int]) -> bool:
    """Whether a capitalised word is somebody's name in the lists and means nothing else there."""
    word = tile.strip(" \t")
    known = lexicon.get(word.lower(), 0)
    return word[:1].isupper() and bool(known & (FIRST | LAST)) and not known & (COMMON | THING | PLACE)
