"""Texts beyond ASCII, made ready for the kernel: what it cannot fold by itself is replaced, in UTF-8.

Most such texts are ASCII but for a few characters. Where no character composes with its neighbours, each can be replaced by
itself, from a table that fills as characters are met; a text with one that does compose is normalised as a whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from core.text import code_tokens, normalise, tokens
from curation.signing.spec import Mode

PIECE = 1_000_000
_BLANK = re.compile(r"[ \n\r\t]")
_BEYOND = re.compile(r"[^\x00-\x7f]+")
_COMPOSES = "\U0010ffff"  # no character: no replacement is ever this


def canonical(text: str, mode: Mode) -> bytes:
    """Bytes with the tokens of `text`, as the kernel reads them. Lone surrogates pass: they are characters like others."""
    table = _tables()[mode]
    replaced = _BEYOND.sub(lambda run: run.group().translate(table), text)
    if _COMPOSES not in replaced:
        return replaced.encode("utf-8", "surrogatepass")
    return b" ".join(
        " ".join(_SPLIT[mode](piece)).encode("utf-8", "surrogatepass") for piece in _pieces(text)
    )


class Replacements(dict[int, str]):
    """Code point → what stands for it: part of a word as it is, a token of its own between blanks, else a blank; or _COMPOSES."""

    def __init__(self, mode: Mode) -> None:
        super().__init__()
        self._mode = mode

    def __missing__(self, point: int) -> str:
        self[point] = made = self._replacement(chr(point))
        return made

    def _replacement(self, character: str) -> str:
        small = normalise(character)
        folded = small if self._mode == "text" else unicodedata.normalize("NFKC", character)
        if not small:
            return ""
        if unicodedata.category(character)[0] == "M" or any(map(_joins, character + folded)):
            return _COMPOSES
        return "".join(map(self._spaced, folded))

    def _spaced(self, character: str) -> str:
        count = len(_SPLIT[self._mode](f"a{character}a"))
        return (character, " ", f" {character} ")[count - 1]


_SPLIT = {"text": tokens, "code": code_tokens}


@lru_cache(maxsize=1)
def _tables() -> dict[Mode, Replacements]:
    return {"text": Replacements("text"), "code": Replacements("code")}


@lru_cache(maxsize=1)
def _seconds() -> frozenset[str]:
    """Characters that a character before them may compose with."""
    pairs = (unicodedata.decomposition(chr(point)).split() for point in range(0xC0, 0x30000))
    return frozenset(chr(int(pair[1], 16)) for pair in pairs if len(pair) == 2 and pair[0][0] != "<")


def _joins(character: str) -> bool:
    jamo = 0x1160 <= ord(character) <= 0x11FF
    follows = tokens(f"今{character}")[0] != "今"
    return jamo or follows or unicodedata.combining(character) != 0 or character in _seconds()


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
