"""The stretch of a conversation that a search found, cut from the redacted body when it is shown: no second copy of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.privacy.surrogates import SURROGATE
from core.text import normalise
from curation.conversation import Conversation
from curation.excerpts import LONGEST_RESULT, segments
from curation.search.query import Query
from curation.search.words import LONGEST_WORD, TOKEN, lexeme

AROUND = 110
MOST_MARKS = 12
LONGEST_READ = 200_000
Spot = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the excerpt; `found` is what was looked for."""

    text: str
    found: bool


@dataclass(frozen=True, slots=True)
class Snippet:
    """Where it was said, and the words around it; `cut_before` and `cut_after` say that the text goes on."""

    role: str
    pieces: tuple[Piece, ...]
    cut_before: bool
    cut_after: bool

    @property
    def text(self) -> str:
        """The excerpt without marks."""
        return "".join(piece.text for piece in self.pieces)


def snippet(conversation: Conversation, query: Query, language: str) -> Snippet | None:
    """The stretch in which most of what was asked for stands close together; None where only its beginning was indexed."""
    wanted, runs = query.lexemes(language), query.runs
    best: tuple[int, str, str, list[Spot]] | None = None
    read = 0
    for one in segments(conversation, system=False, longest=LONGEST_RESULT):
        if read > LONGEST_READ:
            break
        read += len(one.text)
        spots = sorted(_spots(one.text, wanted, runs, language))
        for place, (start, _end) in enumerate(spots):
            near = [spot for spot in spots[place : place + MOST_MARKS] if spot[1] <= start + 2 * AROUND]
            kinds = len({normalise(one.text[a:b]) for a, b in near})
            if best is None or kinds > best[0]:
                best = (kinds, conversation["messages"][one.message]["role"], one.text, near)
    if best is None:
        return None
    _kinds, role, text, near = best
    return _cut(role, text, near)


def _spots(text: str, wanted: frozenset[str], runs: frozenset[str], language: str) -> Iterator[Spot]:
    if wanted:
        for found in TOKEN.finditer(text):
            if not found["run"] and lexeme(normalise(found[0])[:LONGEST_WORD], language) in wanted:
                yield found.span()
    for run in runs:
        for found in re.finditer(re.escape(run), text, re.IGNORECASE):
            yield found.span()


def _cut(role: str, text: str, spots: list[Spot]) -> Snippet:
    """Cut at blanks, and never through a stand-in: half of one reads like a real value."""
    whole = [found.span() for found in SURROGATE.finditer(text)]
    spots = _joined([_outside(spot, whole) for spot in spots])
    start = _edge(text, max(0, spots[0][0] - AROUND), whole, back=True)
    end = _edge(text, min(len(text), max(spots[0][0] + 2 * AROUND, spots[-1][1])), whole, back=False)
    pieces, at = [], start
    for first, last in spots:
        if at < first:
            pieces.append(Piece(text[at:first], found=False))
        pieces.append(Piece(text[first:last], found=True))
        at = last
    if at < end:
        pieces.append(Piece(text[at:end], found=False))
    return Snippet(role, tuple(pieces), cut_before=start > 0, cut_after=end < len(text))


def _joined(spots: list[Spot]) -> list[Spot]:
    joined: list[Spot] = []
    for start, end in sorted(spots):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _outside(spot: Spot, whole: list[Spot]) -> Spot:
    """A mark inside a stand-in covers all of it."""
    for start, end in whole:
        if start < spot[1] and spot[0] < end:
            spot = (min(start, spot[0]), max(end, spot[1]))
    return spot


def _edge(text: str, at: int, whole: list[Spot], *, back: bool) -> int:
    blank = text.rfind(" ", max(0, at - 30), at) if back else text.find(" ", at, at + 30)
    at = at if blank < 0 or at in (0, len(text)) else blank + 1 if back else blank
    for start, end in whole:
        if start < at < end:
            return start if back else end
    return at
