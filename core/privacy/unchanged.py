"""Texts that came out unchanged: production repeats them, and what a tagger has read once it need not read again."""

from __future__ import annotations

import sys

ROOM = 8 << 20
_ENTRY = 96


class Unchanged:
    """A set of texts that holds at most twice `room` bytes: when the younger half is full, the older one is forgotten.

    What was replaced is never in it, so no value that the rules find is kept.
    """

    __slots__ = ("_free", "_older", "_room", "_younger")

    def __init__(self, room: int = ROOM) -> None:
        self._room = self._free = room
        self._younger: set[str] = set()
        self._older: set[str] = set()

    def __contains__(self, text: str) -> bool:
        if text in self._younger:
            return True
        if text not in self._older:
            return False
        self.add(text)
        return True

    def __len__(self) -> int:
        return len(self._younger | self._older)

    def add(self, text: str) -> None:
        """Keep a text, if it is not so long that it would drive out most others."""
        size = sys.getsizeof(text) + _ENTRY
        if size > self._room // 8:
            return
        if size > self._free:
            self._older, self._younger, self._free = self._younger, set(), self._room
        self._younger.add(text)
        self._free -= size
