"""Marks of redaction carried through rendering: each marked stretch is one private character until the HTML stands.

A surrogate may look like any word (a stand-in name does), so it is found by its mark and never by its looks. A
private character passes markdown, JSON and code colouring untouched and cannot be cut in two by any of them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from core.rendering.redactions import marked_chip

FIRST, LAST = 0xF0000, 0xFFFFD
_PRIVATE = re.compile(f"[{chr(FIRST)}-{chr(LAST)}]")
_MARKUP = re.compile(r"""(<(?:[^>"]|"[^"]*")*>)""")
Span = tuple[int, int, str, str]


class Veil:
    """The marks of one conversation; without marks everything passes as it is."""

    def __init__(self, marks: Iterable[Mapping[str, Any]] = ()) -> None:
        self._spans: dict[str, list[Span]] = defaultdict(list)
        self._chips: dict[str, tuple[str, str]] = {}
        self._known: dict[tuple[str, str, str], str] = {}
        for mark in marks:
            span = (int(mark["start"]), int(mark["end"]), str(mark["kind"]), str(mark.get("rule") or ""))
            self._spans[str(mark["path"])].append(span)

    def over(self, value: Any, path: str) -> Any:
        """A copy of this JSON value in which every marked stretch is one private character."""
        if not self._spans:
            return value
        if isinstance(value, str):
            return self._text(_PRIVATE.sub("\N{REPLACEMENT CHARACTER}", value), self._spans.get(path, ()))
        if isinstance(value, int) and path in self._spans:
            return self._text(str(value), self._spans[path])
        if isinstance(value, Mapping):
            return {
                key: self.over(inner, f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}")
                for key, inner in value.items()
            }
        if isinstance(value, list):
            return [self.over(inner, f"{path}/{place}") for place, inner in enumerate(value)]
        return value

    def lift(self, html: str) -> SafeString:
        """The HTML with chips where private characters stood; inside a tag only the surrogate's own text."""
        if not self._chips or not _PRIVATE.search(html):
            return mark_safe(html)
        pieces = _MARKUP.split(html)
        return mark_safe(
            "".join(
                _PRIVATE.sub(self._bare if piece.startswith("<") else self._chip, piece) for piece in pieces
            )
        )

    def _text(self, text: str, spans: Iterable[Span]) -> str:
        for start, end, kind, rule in sorted(spans, reverse=True):
            if 0 <= start < end <= len(text):
                text = text[:start] + self._character(text[start:end], kind, rule) + text[end:]
        return text

    def _character(self, surrogate: str, kind: str, rule: str) -> str:
        key = (surrogate, kind, rule)
        if key not in self._known and FIRST + len(self._known) <= LAST:
            character = chr(FIRST + len(self._known))
            self._known[key] = character
            self._chips[character] = (surrogate, marked_chip(surrogate, kind, rule))
        return self._known.get(key, surrogate)

    def _chip(self, found: re.Match[str]) -> str:
        return self._chips.get(found[0], ("", "�"))[1]

    def _bare(self, found: re.Match[str]) -> str:
        return escape(self._chips.get(found[0], ("�", ""))[0])
