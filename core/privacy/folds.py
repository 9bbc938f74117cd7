"""Characters that read like ASCII, as ASCII: one for one, so that offsets stay true; and those that are not read at all."""

from __future__ import annotations

import re
import unicodedata

_HARD = (
    {0xFF05: "%", 0xFF0B: "+", 0xFF0D: "-", 0xFF0E: ".", 0xFF1D: "=", 0xFF20: "@"}
    | {code: chr(code - 0xFEE0) for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF40), *range(0xFF41, 0xFF5B))}
    | {
        code: str(unicodedata.digit(chr(code)))
        for first in (0x0660, 0x06F0, 0x0966)
        for code in range(first, first + 10)
    }
)  # fmt: skip
_SOFT = (
    {0x00A0: " ", 0x2007: " ", 0x202F: " ", 0x2212: "-", 0xFF08: "(", 0xFF09: ")", 0xFF0F: "/"}
    | dict.fromkeys(range(0x2010, 0x2016), "-")
)  # fmt: skip
_FOLDABLE_HARD = re.compile("[" + "".join(map(chr, _HARD)).replace("]", "\\]") + "]")
_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]+")
_FOLDABLE_SOFT = re.compile("[" + "".join(map(chr, _SOFT)) + "]")


def fold(text: str) -> str:
    """Full-width letters and exotic digits as ASCII."""
    if text.isascii():
        return text
    return _FOLDABLE_HARD.sub(lambda found: _HARD[ord(found.group())], text)


def fold_separators(text: str) -> str:
    """Exotic dashes, spaces and brackets as ASCII: between digits they are only layout."""
    if text.isascii():
        return text
    return _FOLDABLE_SOFT.sub(lambda found: _SOFT[ord(found.group())], text)


def without_unseen(text: str) -> str:
    """The text as it is read: without zero-width characters and soft hyphens."""
    return text if text.isascii() else _UNSEEN.sub("", text)


def seen_places(text: str) -> list[int]:
    """Where each character of `without_unseen` stands in the text."""
    places: list[int] = []
    at = 0
    for found in _UNSEEN.finditer(text):
        places += range(at, found.start())
        at = found.end()
    return [*places, *range(at, len(text))]
