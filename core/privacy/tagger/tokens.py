"""A text as tiles that cover it without gaps, so that token numbers turn back into offsets by adding up lengths."""

from __future__ import annotations

import re

MASK = "\x1f"  # what stands where an earlier surrogate was, see core.privacy.detect.masked

_TILE = re.compile(
    r"\x1f{1,20}|\\[nrt]|[ \t]+(?=[ \t])|[ \t]?(?:[A-Za-z0+/=_]{28,}|[^\W\d_]+(?:['’](?!s\b)[^\W\d_]+)?|\d+|\n|[^\w\s]|_|[^\S\x1f]|\Z)"
)
_DIGITS = dict.fromkeys(range(ord("1"), ord("9") + 1), "0")


def tiles(text: str) -> list[str]:
    """Tokens with the blanks before them; every digit reads 0, because which digit it is never matters."""
    return _TILE.findall(text.translate(_DIGITS))
