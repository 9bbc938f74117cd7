"""What people put into addresses and forms, read without trusting it."""

from __future__ import annotations

LONGEST = 18
"""More digits than these fit no column."""


def whole_number(text: str | None, default: int = 0) -> int:
    """The number that a parameter is; `default` for everything else."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= LONGEST else default
