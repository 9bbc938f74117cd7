"""Word-level differences of two texts, for repairs, duplicates and new versions."""

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape
from typing import Literal

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.rendering.characters import revealed
from core.rendering.redactions import with_chips

MAX_WORDS = 6_000
MOST_WORK = 10_000_000
"""About a second."""
CONTEXT = 280
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
Side = Literal["same", "removed", "added"]


@dataclass(frozen=True)
class Piece:
    """A run of text and which side it belongs to."""

    side: Side
    text: str


def pieces(before: str, after: str) -> list[Piece]:
    """The two texts as runs, word by word; line by line where that would take long, and in one where this would, too.

    What both begin and end with is set aside first. Blanks anchor no match: there are as many of them as of words.
    """
    for units in (_WORDS, _LINES):
        left, right = units.findall(before), units.findall(after)
        head = _alike(left, right)
        tail = _alike(left[head:][::-1], right[head:][::-1])
        ours, theirs = left[head : len(left) - tail], right[head : len(right) - tail]
        if len(ours) + len(theirs) <= MAX_WORDS and _work(ours, theirs) <= MOST_WORK:
            middle = _compared(ours, theirs)
            break
    else:
        middle = [Piece("removed", "".join(ours)), Piece("added", "".join(theirs))]
    ends = Piece("same", "".join(left[:head])), Piece("same", "".join(left[len(left) - tail :]))
    return [piece for piece in (ends[0], *middle, ends[1]) if piece.text]


def _alike(left: list[str], right: list[str]) -> int:
    """How many units both begin with."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((n for n, (one, other) in pairs if one != other), min(len(left), len(right)))


def _work(left: list[str], right: list[str]) -> int:
    """Pairs of equal words, as often as they are gone through at most: a word said a thousand times is a million pairs."""
    ours, theirs = (Counter(word for word in side if not word.isspace()) for side in (left, right))
    return min(ours.total(), theirs.total()) * sum(n * theirs[word] for word, n in ours.items())


def _compared(left: list[str], right: list[str]) -> list[Piece]:
    found: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(str.isspace, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("same", "".join(left[i1:i2])))
            continue
        if i2 > i1:
            found.append(Piece("removed", "".join(left[i1:i2])))
        if j2 > j1:
            found.append(Piece("added", "".join(right[j1:j2])))
    return found


_ELEMENT = {"removed": "del", "added": "ins"}


def _shown(text: str) -> str:
    return with_chips(escape(revealed(text)))


def _marked(piece: Piece) -> str:
    """Most readers of screens pass over ins and del, so a word that only they see says which it is."""
    name, word = _ELEMENT[piece.side], _("removed:") if piece.side == "removed" else _("added:")
    return f'<{name}><span class="sr-only">{escape(word)} </span>{_shown(piece.text)}</{name}>'


def _piece_html(piece: Piece, fold: bool) -> str:
    if piece.side != "same":
        return _marked(piece)
    hidden = len(piece.text) - 2 * CONTEXT
    if not fold or hidden < CONTEXT:
        return _shown(piece.text)
    note = escape(_("%(count)s characters alike") % {"count": f"{hidden:,}"})
    return (
        f'{_shown(piece.text[:CONTEXT])}<span class="diff__same">{note}</span>{_shown(piece.text[-CONTEXT:])}'
    )


def diff_html(before: str, after: str, side: Side | None = None, *, fold: bool = False) -> SafeString:
    """HTML of both texts in one, or of one side only (`removed` shows the first text, `added` the second).

    `fold` replaces the middle of a long stretch that both texts share by a line that counts it.
    """
    return _html(pieces(before, after), side, fold)


def diff_both(before: str, after: str, *, fold: bool = False) -> tuple[SafeString, SafeString]:
    """HTML of the first text and of the second, each with its own differences marked; compared once."""
    found = pieces(before, after)
    return _html(found, "removed", fold), _html(found, "added", fold)


def _html(found: list[Piece], side: Side | None, fold: bool) -> SafeString:
    shown = (piece for piece in found if side is None or piece.side in ("same", side))
    return mark_safe("".join(_piece_html(piece, fold) for piece in shown))
