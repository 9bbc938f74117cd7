"""Where each run of rendered text stands in its markdown, so that a selection on the page names offsets of the source.

The parser says which lines a block comes from; inside a block the runs stand in their order, so each is found from
the end of the one before. What cannot be found so (an escaped cell of a table) carries no place and is not selectable.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from html import escape

from markdown_it.common.utils import charCodeAt
from markdown_it.helpers import parseLinkDestination, parseLinkTitle
from markdown_it.token import Token

from core.privacy.surrogates import find_surrogates
from core.rendering.characters import Revealed

_BLANK = re.compile(r"\s*")
PLACE = "source"
"""Key in a token's meta: (first, last) in the shown text."""


class SourceMap:
    """The shown text of one rendering with the start of each of its lines."""

    def __init__(self, shown: Revealed) -> None:
        self.shown = shown
        self.starts = [0]
        for line in shown.text.split("\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)
        self._read_to = 0

    def place(self, tokens: Iterable[Token]) -> None:
        """Give every run its place."""
        for token in tokens:
            if token.map is None:
                continue
            if token.type == "inline":
                self._place_inline(token)
            elif token.type in ("fence", "code_block", "math_block"):
                self._place_block(token)

    def _place_block(self, token: Token) -> None:
        first, last = (self.starts[min(line, len(self.starts) - 1)] for line in token.map or (0, 0))
        at = self.shown.text.find(token.content, first, last) if token.type != "math_block" else -1
        whole = (first, min(last, len(self.shown.text)))
        token.meta[PLACE] = (at, at + len(token.content)) if at >= 0 else whole

    def _place_inline(self, token: Token) -> None:
        lines = self._line_places(token)
        if lines is None:
            return
        for child, (first, last) in _runs(token):
            start, end = _in_source(lines, first), _in_source(lines, last)
            child.meta[PLACE] = (start, end)

    def _line_places(self, token: Token) -> list[tuple[int, int]] | None:
        """(offset in the block's content, offset in the shown text) of each line of the block."""
        number, offset = (token.map or [0])[0], 0
        found: list[tuple[int, int]] = []
        for line in token.content.split("\n"):
            start = max(self.starts[number], self._read_to)
            at = self.shown.text.find(line, start, self.starts[min(number + 1, len(self.starts) - 1)])
            if at < 0:
                return None
            found.append((offset, at))
            self._read_to = at + len(line)
            offset, number = offset + len(line) + 1, min(number + 1, len(self.starts) - 2)
        return found

    def run(self, text: str, place: tuple[int, int]) -> str:
        """HTML of a run of text; what is shown otherwise than stored (stand-ins, named characters) is one piece."""
        if place[1] - place[0] != len(text):
            return self.piece(escape(text), place)
        cuts = [found.span() for found in find_surrogates(text)] + self._replaced(place)
        html, at = [], 0
        for first, last in sorted(cuts):
            if first < at:
                continue
            if first > at:
                html.append(self._plain(text[at:first], place[0] + at))
            html.append(self.piece(escape(text[first:last]), (place[0] + first, place[0] + last)))
            at = last
        if at < len(text):
            html.append(self._plain(text[at:], place[0] + at))
        return "".join(html)

    def _replaced(self, place: tuple[int, int]) -> list[tuple[int, int]]:
        return [
            (first - place[0], last - place[0])
            for first, last in self.shown.replaced
            if place[0] <= first and last <= place[1]
        ]

    def _plain(self, text: str, at: int) -> str:
        return f'<span data-s="{self.shown.source(at)}">{escape(text)}</span>'

    def piece(self, html: str, place: tuple[int, int]) -> str:
        """HTML that is selected as a whole or not at all."""
        return f"<span {self.whole(place)}>{html}</span>"

    def whole(self, place: tuple[int, int]) -> str:
        """The attributes of an element that is selected as a whole."""
        return f'data-s="{self.shown.source(place[0])}" data-e="{self.shown.source(place[1])}"'

    def is_exact(self, text: str, place: tuple[int, int]) -> bool:
        """Whether the run is shown character by character as it is stored."""
        same = place[1] - place[0] == len(text) == self.shown.source(place[1]) - self.shown.source(place[0])
        return same and not self._replaced(place) and not any(find_surrogates(text))


def _in_source(lines: list[tuple[int, int]], offset: int) -> int:
    start, at = lines[bisect_right(lines, (offset, len(lines) and lines[-1][1])) - 1]
    return at + offset - start


def _runs(token: Token) -> Iterator[tuple[Token, tuple[int, int]]]:
    """The text, code, pictures and formulas of a block with their place in its content."""
    content, at = token.content, 0
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            at = max(content.find("\n", at) + 1, at)
        elif child.type == "link_open":
            at += content.startswith(("[", "<"), at)
        elif child.type == "link_close":
            at = _after_link(content, at)
        elif child.type == "image":
            end = _after_link(content, content.find("]", at))
            yield child, (at, end)
            at = end
        elif child.type == "code_inline" or child.type.startswith("math_inline"):
            place = _delimited(child, content, at)
            if place is not None:
                yield child, place[0]
                at = place[1]
        else:
            written = child.markup if child.type != "text" else child.content
            found = content.find(written, at) if written else -1
            if found >= 0:
                at = found + len(written)
                if child.type in ("text", "text_special"):
                    yield child, (found, at)


def _delimited(child: Token, content: str, at: int) -> tuple[tuple[int, int], int] | None:
    """The place of code or a formula without its delimiters, and where reading goes on; formulas are taken whole."""
    opened = content.find(child.markup, at)
    inner = content.find(child.content, opened + len(child.markup))
    if opened < 0 or inner < 0:
        return None
    inner_end = inner + len(child.content)
    if child.type == "code_inline":
        return (inner, inner_end), content.find(child.markup, inner_end) + len(child.markup)
    return (opened, inner_end + len(child.markup)), inner_end + len(child.markup)


def _after_link(content: str, at: int) -> int:
    """Past `](destination "title")`, `][label]` or `>`: what stands there is not shown."""
    if not content.startswith("]", at):
        return at + content.startswith(">", at)
    at += 1
    if content.startswith("[", at):
        return content.find("]", at) + 1
    if not content.startswith("(", at):
        return at
    end = parseLinkDestination(content, at + 1, len(content)).pos
    title = _BLANK.match(content, end).end()  # type: ignore[union-attr]
    if title < len(content) and charCodeAt(content, title) in (0x22, 0x27, 0x28):
        end = parseLinkTitle(content, title, len(content)).pos or end
    return content.find(")", end) + 1 or at
