"""Word-level difference of two texts, for the diff toggle on a pair and the history of a repair."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
MAX_TOKENS = 20_000

Kind = Literal["same", "removed", "added"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of text that is in both, only in the old or only in the new text."""

    kind: Kind
    text: str


def word_diff(old: str, new: str) -> list[Segment]:
    """Segments that spell `old` without the added ones and `new` without the removed ones.

    Beyond MAX_TOKENS texts are compared as a whole: the matcher is quadratic and a page must not hang.
    """
    a, b = _TOKEN.findall(old), _TOKEN.findall(new)
    if a == b:
        return [Segment("same", old)] if old else []
    if len(a) + len(b) > MAX_TOKENS:
        return [Segment(k, t) for k, t in (("removed", old), ("added", new)) if t]  # type: ignore[arg-type]
    segments: list[Segment] = []
    for op, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=len(a) > 2_000).get_opcodes():
        if op == "equal":
            segments.append(Segment("same", "".join(a[i1:i2])))
            continue
        if i2 > i1:
            segments.append(Segment("removed", "".join(a[i1:i2])))
        if j2 > j1:
            segments.append(Segment("added", "".join(b[j1:j2])))
    return segments


def side(segments: list[Segment], *, of: Literal["old", "new"]) -> list[Segment]:
    """The segments one of the two columns shows."""
    hidden = "added" if of == "old" else "removed"
    return [s for s in segments if s.kind != hidden]
