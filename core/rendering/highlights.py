"""Marks people made on an answer, in its rendered HTML: each stretch of text they cover becomes a `mark` element.

The HTML carries the place of its runs (`data-s`, and `data-e` where a run is shown otherwise than it is stored and is
marked as a whole); see `mapped_prose`. Text without a place is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from django.utils.safestring import SafeString, mark_safe

_PIECES = re.compile(r"""<(?:[^>"]|"[^"]*")*>|[^<]+""")
_POINTS = re.compile(r"&[#\w]+;|.", re.DOTALL)
_OPENS = re.compile(r"<(\w+)\b")
_START, _END = re.compile(r'\bdata-s="(\d+)"'), re.compile(r'\bdata-e="(\d+)"')


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch in code points of the answer's text; `label` picks the look, `title` says it in words, `anchor` is its id."""

    start: int
    end: int
    label: str
    title: str
    anchor: str = ""


def highlighted(html: str, marks: Sequence[Mark], *, base: int) -> SafeString:
    """The HTML of a text that begins at `base` of the answer, with every mark drawn; an anchor stands where its mark begins."""
    return mark_safe("".join(_Drawn(html, marks, base)))


class _Drawn:
    """One walk through the pieces of the HTML; `at` is the place in the answer while inside a run that has one."""

    def __init__(self, html: str, marks: Sequence[Mark], base: int) -> None:
        self._pieces = _PIECES.findall(html)
        self._marks = marks
        self._base = base
        self._anchored: set[str] = set()
        self._run = ""
        self._depth = 0
        self._at: int | None = None
        self._whole = False
        self._closing = ""

    def __iter__(self) -> Iterator[str]:
        for piece in self._pieces:
            if piece.startswith("<"):
                yield self._tag(piece)
            elif self._at is None or self._whole:
                yield piece
            else:
                yield from self._text(piece)

    def _tag(self, tag: str) -> str:
        if not self._run:
            return self._begin(tag)
        if tag.startswith(f"</{self._run}>"):
            self._depth -= 1
            if not self._depth:
                ended, self._closing = self._closing, ""
                self._run, self._at, self._whole = "", None, False
                return tag + ended
        elif (opened := _OPENS.match(tag)) and opened[1] == self._run:
            self._depth += 1
        return tag

    def _begin(self, tag: str) -> str:
        start, opened = _START.search(tag), _OPENS.match(tag)
        if start is None or opened is None:
            return tag
        self._run, self._depth, self._at = opened[1], 1, self._base + int(start[1])
        end = _END.search(tag)
        if end is None:
            return tag
        covering = self._covering(self._at, self._base + int(end[1]))
        self._whole, self._closing = True, "</mark>" if covering else ""
        return self._opening(covering) + tag if covering else tag

    def _text(self, text: str) -> Iterator[str]:
        points = _POINTS.findall(text)
        assert self._at is not None
        first, last = self._at, self._at + len(points)
        self._at = last
        cuts = {first, last} | {
            place for one in self._marks for place in (one.start, one.end) if first < place < last
        }
        places = sorted(cuts)
        for start, end in pairwise(places):
            shown = "".join(points[start - first : end - first])
            covering = self._covering(start, end)
            yield f"{self._opening(covering)}{shown}</mark>" if covering else shown

    def _covering(self, start: int, end: int) -> list[Mark]:
        return [one for one in self._marks if one.start < end and one.end > start]

    def _opening(self, covering: Iterable[Mark]) -> str:
        held = list(covering)
        new = next((one.anchor for one in held if one.anchor and one.anchor not in self._anchored), "")
        self._anchored.add(new)
        place = f' id="{escape(new)}"' if new else ""
        title = " · ".join(dict.fromkeys(one.title for one in held))
        return f'<mark class="marked marked--{escape(held[-1].label)}"{place} title="{escape(title)}">'
