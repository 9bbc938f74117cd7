"""A text as tiles that cover it without gaps, so that token numbers turn back into offsets by adding up lengths."""

from __future__ import annotations

import re

MASK = "\x1f"  # what stands where an earlier surrogate was, see core.privacy.detect.masked

_ANY = r"\x1f{{1,20}}|\\[nrt]|[ \t]+(?=[ \t])|[ \t]?(?:[A-Za-z0+/=_]{{28,}}|{letters}+(?:{quote}(?!s\b){letters}+)?|{others}|\Z)"
_TILE = re.compile(
    _ANY.format(letters=r"[^\W\d_]", quote="['’]", others=r"\d+|\n|[^\w\s]|_|[^\S\x1f]"),
)
_ASCII_TILE = re.compile(_ANY.format(letters="[A-Za-z]", quote="'", others=r"0+|[^A-Za-z0\x1f]"))
_DIGITS = bytes.maketrans(b"123456789", b"000000000")


def tiles(text: str) -> list[str]:
    """Tokens with the blanks before them; every digit reads 0, because which digit it is never matters."""
    if text.isascii():
        return _ASCII_TILE.findall(text.encode("ascii").translate(_DIGITS).decode("ascii"))
    data = text.encode("utf-8", "surrogatepass").translate(_DIGITS)
    return _TILE.findall(data.decode("utf-8", "surrogatepass"))
