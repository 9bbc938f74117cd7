"""Text as screening reads it: what a reader would take for the same letters becomes the same letters, and numbers become one.

Stronger than the normaliser of near-duplicates (`core.text`), because someone may have changed a held-out item on purpose:
look-alike letters of other scripts are folded to Latin (a choice of Unicode TR 39's confusables), accents and invisible
characters go, and a number, in digits or in words, is the token `0`: a task with other numbers is still the task.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

FOLDING = "screening-fold-1"
NUMBER = "0"
_LOOKALIKES = str.maketrans(
    "авеікмнорстухјѕԁһӏԛԝѵɡɑıøđłοανρτυικεηχβγζμωոսցքհօ",
    "abeikmhopctyxjsdhlqwvgaiodloavptuikehxbyzmwnugqho",
)
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_ACCENTS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"
_BROKEN = r"(?:[-\u2010]\r?\n[ \t>]*(?=[^\W\d_]))"
_WORD = re.compile(rf"[{_UNSPACED}][\u0e31\u0e34-\u0e4e\u3099\u309a]*|(?:(?![{_UNSPACED}])[^\W_]|{_BROKEN})+")
_ASCII_WORD = re.compile(r"(?:[A-Za-z0-9]|-\r?\n[ \t>]*(?=[A-Za-z]))+")
_NUMBER_WORDS = frozenset(
    {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
     "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty", "sixty",
     "seventy", "eighty", "ninety", "hundred", "thousand", "million", "billion"}
)  # fmt: skip
_JOINT = re.compile(r"[-\u2010]\r?\n[ \t>]*")


def folded(text: str) -> str:
    """NFKC, casefold, no accents, no invisible characters, look-alikes as Latin letters."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
    plain = _ACCENTS.sub("", unicodedata.normalize("NFD", plain))
    return unicodedata.normalize("NFC", plain).translate(_LOOKALIKES)


def words(text: str) -> list[str]:
    """Folded words in order, adjacent numbers as one; a word hyphenated at the end of a line is one word."""
    clean = folded(text)
    pattern = _ASCII_WORD if clean.isascii() else _WORD
    found = pattern.findall(clean)
    if "\n" in clean:
        found = [_JOINT.sub("", word) if "\n" in word else word for word in found]
    merged: list[str] = []
    for word in found:
        if word in _NUMBER_WORDS or word.isdecimal():
            if not merged or merged[-1] != NUMBER:
                merged.append(NUMBER)
        else:
            merged.append(word)
    return merged


def places(text: str) -> list[tuple[int, int]]:
    """[start, end) in `text` of every word of `words(text)`: for evidence shown to people."""
    origin, clean = _origin(text)
    pattern = _ASCII_WORD if clean.isascii() else _WORD
    spans: list[tuple[int, int]] = []
    after_number = False
    for found in pattern.finditer(clean):
        number = found.group() in _NUMBER_WORDS or found.group().isdecimal()
        start, end = origin[found.start()], _end(origin, found.end())
        if number and after_number:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
        after_number = number
    return spans


def _origin(text: str) -> tuple[Sequence[int], str]:
    """Where each character of the folded text came from, with the length of the text at the end, and the folded text."""
    if text.isascii():
        return range(len(text) + 1), text.lower()
    starts = [at for at, char in enumerate(text) if at == 0 or not unicodedata.combining(char)]
    pieces = [folded(text[start:end]) for start, end in pairwise([*starts, len(text)])]
    origin = [start for start, piece in zip(starts, pieces, strict=True) for _ in piece]
    return [*origin, len(text)], "".join(pieces)


def _end(origin: Sequence[int], at: int) -> int:
    """The end of what the folded character before `at` came from."""
    last = origin[at - 1]
    while at < len(origin) - 1 and origin[at] == last:
        at += 1
    return origin[at]
