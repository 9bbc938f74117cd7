"""Offsets carried over a redaction: what pointed into a text points at the same words of the redacted text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Edit(NamedTuple):
    """Characters [start, end) of the text before became [new_start, new_end) of the text after."""

    start: int
    end: int
    new_start: int
    new_end: int

    @property
    def back(self) -> Edit:
        """The same seen from the text after."""
        return Edit(self.new_start, self.new_end, self.start, self.end)


def carried(start: int, end: int, edits: Sequence[Edit]) -> tuple[int, int]:
    """[start, end) in the text after. A stretch that touches a replaced one covers all that replaced it.

    `edits` must not overlap; an empty stretch stays empty, and inside a replaced one it goes to its beginning.
    """
    low, high = start, end
    for edit in sorted(edits):
        longer = (edit.new_end - edit.new_start) - (edit.end - edit.start)
        if edit.end <= start:
            low += longer
        elif edit.start <= start:
            low = edit.new_start
        if edit.end <= end:
            high += longer
        elif edit.start < end:
            high = edit.new_end
    return low, max(low, high) if end > start else low


def origin(start: int, end: int, edits: Sequence[Edit]) -> tuple[int, int]:
    """[start, end) of the text after, in the text before: what touches a surrogate covers all it stands for."""
    return carried(start, end, [edit.back for edit in edits])


def composed(first: Sequence[Edit], second: Sequence[Edit]) -> list[Edit]:
    """One step for two: the first led to the text that the second starts from."""
    made = [Edit(*origin(edit.start, edit.end, first), edit.new_start, edit.new_end) for edit in second]
    for edit in first:
        if not any(edit.new_start < later.end and later.start < edit.new_end for later in second):
            made.append(Edit(edit.start, edit.end, *carried(edit.new_start, edit.new_end, second)))
    return sorted(made)
