"""Where a span of characters really starts and ends, and whether what it holds can be a name or an address."""

from __future__ import annotations

import re

from core.privacy.tagger.tokens import MASK

_EDGE = " \t\r\n,;:-\"'“”‘’()[]{}<>|*#_=\\/`!?&+~•"
_NEVER_IN_PERSON = re.compile(r"[0-9@_=/{}<>\[\]|\\\n]")
_CODE_BEFORE = re.compile(r"[\w@$#/\\._]$")
_CODE_AFTER = re.compile(r"^(?:[\w(\[]|\.\w|::|->|=)")
_FULL_STOP = re.compile(r"[^\W\d_]{4}\.\Z")
_INITIAL = re.compile(r"\b[^\W\d_]\Z")
_OUTWARD = re.compile(r"\b[A-Z]{1,2}[0-9][0-9A-Z]?\Z")
_BRITISH_CODE = re.compile(r" [0-9][A-Z]{2}\b")
_THOUSANDS = re.compile(r"[0-9],[0-9]{3}(?![0-9])")
_BETWEEN_MASKS = re.compile(f"[^{MASK}]+")
_ON_ONE_LINE = re.compile(rf"(?:(?!\\[nrt])[^{MASK}\n])+")
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"[0-9]")


def pieces(text: str, start: int, end: int, person: bool) -> list[tuple[int, int]]:
    """What is left of a span when the stand-ins in it are left alone; a name does not go over a line break either."""
    found = text[start:end]
    if MASK not in found and not (person and ("\n" in found or "\\" in found)):
        return [(start, end)]
    between = _ON_ONE_LINE if person else _BETWEEN_MASKS
    return [found.span() for found in between.finditer(text, start, end)]


def _after_escape(text: str, start: int) -> bool:
    return start > 1 and text[start - 2] == "\\" and text[start - 1] in "nrt"


def _glued(text: str, at: int, inner: int) -> bool:
    """Whether the character at `at` belongs to the same word, hyphens included, as its neighbour inside the span."""
    if text[at] == "-":
        beyond = 2 * at - inner
        return text[inner].isalnum() and 0 <= beyond < len(text) and text[beyond].isalnum()
    return text[at].isalnum() and (text[inner].isalnum() or text[inner] == "-")


def boundaries(text: str, start: int, end: int, person: bool, road: bool) -> tuple[int, int] | None:
    """Where the entity really starts and ends: no edges, no cut words; None when it cannot be one. `road` needs no number."""
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    if start == end:
        return None
    while start and not _after_escape(text, start) and _glued(text, start - 1, start):
        start -= 1
    while end < len(text) and _glued(text, end, end - 1):
        end += 1
    if person:
        end = _with_stop(text, start, end)
    elif (code := _BRITISH_CODE.match(text, end)) and _OUTWARD.search(text, start, end):
        end = code.end()
    plausible = _is_person(text, start, end) if person else _is_address(text, start, end, road)
    return (start, end) if plausible else None


def _with_stop(text: str, start: int, end: int) -> int:
    """An initial keeps its full stop, a word does not."""
    if text[end - 1] == ".":
        return end - 1 if _FULL_STOP.search(text, start, end) else end
    if text[end : end + 1] == "." and _INITIAL.search(text, start, end):
        return end + 1
    return end


def _is_person(text: str, start: int, end: int) -> bool:
    found = text[start:end]
    if _NEVER_IN_PERSON.search(found) or len(found) < 2 or not _LETTER.search(found):
        return False
    if _CODE_BEFORE.search(text[max(0, start - 1) : start]) and not _after_escape(text, start):
        return False
    return _CODE_AFTER.match(text[end : end + 2]) is None


def _is_address(text: str, start: int, end: int, road: bool) -> bool:
    found = text[start:end]
    if start > 1 and _THOUSANDS.match(text, start - 2):
        return False
    if len(found) < 5 or (" " not in found and "\n" not in found) or not _LETTER.search(found):
        return False
    return road or _DIGIT.search(found) is not None
