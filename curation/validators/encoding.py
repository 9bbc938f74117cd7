"""Damage of encoding: characters that were lost, and text that was read in the wrong encoding."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.conversation import Conversation
from curation.validators.finding import Finding, texts

LOST, MISREAD, CONTROL = "lost_character", "misread_text", "control_character"
_LOST = re.compile("\ufffd+|[\ud800-\udfff]+")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]+|[\x80-\x84\x86-\x9f]+")
_HIGH = (
    "\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014\u2018-\u201e\u2020-\u2022"
    "\u2026\u2030\u2039\u203a\u20ac\u2122"
)
_LEAD = "\u00c2-\u00f4"
_MISREAD = re.compile(f"[{_LEAD}][{_HIGH}]{{1,3}}")


def encoding(conversation: Conversation) -> Iterator[Finding]:
    """Replacement characters and lone surrogates, bytes of UTF-8 read as a western code page, and control characters."""
    for message, part, text in texts(conversation):
        role = conversation["messages"][message]["role"]
        for what, start, end in damage(text):
            yield Finding(message, part, what, start, end, {"role": role})


def damage(text: str) -> Iterator[tuple[str, int, int]]:
    """(what, start, end) of every damaged stretch."""
    if text.isascii() and not _CONTROL.search(text):
        return
    for found in _LOST.finditer(text):
        yield LOST, found.start(), found.end()
    misread = [found.span() for found in _MISREAD.finditer(text) if _was_utf8(found.group())]
    for start, end in misread:
        yield MISREAD, start, end
    for found in _CONTROL.finditer(text):
        if not any(start <= found.start() < end for start, end in misread):
            yield CONTROL, found.start(), found.end()


def _was_utf8(text: str) -> bool:
    """Whether the characters are the bytes of one UTF-8 character (or more) in cp1252: two letters rarely are by chance."""
    try:
        raw = b"".join(_byte(character) for character in text)
    except UnicodeEncodeError:
        return False
    for length in range(len(raw), 1, -1):
        try:
            decoded = raw[:length].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return all(ord(character) > 0x9F for character in decoded)
    return False


def _byte(character: str) -> bytes:
    """Its byte in cp1252; the five places cp1252 leaves empty are those of latin-1."""
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        return character.encode("latin-1")
