"""Characters that would make a reader see something else than what is stored."""

import re
from bisect import bisect_right

_DECEIVING = re.compile(
    "[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff]"
)
_CHANGED = re.compile(rf"\r\n?|{_DECEIVING.pattern}")


def _named(found: re.Match[str]) -> str:
    return f"⟨U+{ord(found[0]):04X}⟩"


def revealed(text: str) -> str:
    """Bidirectional controls, NUL and lone surrogates become a visible code point (CVE-2021-42574)."""
    return _DECEIVING.sub(_named, text)


class Revealed:
    """A text as it is shown (line ends of one kind, deceiving characters named), and where it comes from.

    `source(i)` is the offset in the stored text, in code points, of character `i` of the shown one.
    """

    def __init__(self, stored: str) -> None:
        self._at, self._shift = [0], [0]
        self.replaced: list[tuple[int, int]] = []
        shown: list[str] = []
        length = end = 0
        for found in _CHANGED.finditer(stored):
            new = "\n" if found[0].startswith("\r") else _named(found)
            shown += [stored[end : found.start()], new]
            length += found.start() - end + len(new)
            end = found.end()
            self._at.append(length)
            self._shift.append(end - length)
            if new != "\n":
                self.replaced.append((length - len(new), length))
        self.text = "".join([*shown, stored[end:]])

    def source(self, index: int) -> int:
        """Where character `index` of the shown text stands in the stored one."""
        return index + self._shift[bisect_right(self._at, index) - 1]
