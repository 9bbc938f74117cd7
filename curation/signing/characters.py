"""Texts beyond ASCII, made ready for the kernel: their tokens, normalised, joined by blanks, in UTF-8."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.text import code_tokens, tokens
from curation.signing.spec import Mode

PIECE = 1_000_000
_BLANK = re.compile(r"[ \n\r\t]")


def canonical(text: str, mode: Mode) -> bytes:
    """The tokens of `text` as the kernel reads them. Lone surrogates pass: they are characters like others."""
    split = tokens if mode == "text" else code_tokens
    return b" ".join(" ".join(split(piece)).encode("utf-8", "surrogatepass") for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str]:
    """A very long text in pieces that end at a blank, where nothing composes: lists of its tokens never fill the memory."""
    start = 0
    while len(text) - start > PIECE:
        blank = _BLANK.search(text, start + PIECE)
        if blank is None:
            break
        yield text[start : blank.start()]
        start = blank.start()
    yield text[start:] if start else text
