"""Characters that would make a reader see something else than what is stored."""

import re

_DECEIVING = re.compile(
    "[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff]"
)


def revealed(text: str) -> str:
    """Bidirectional controls, NUL and lone surrogates become a visible code point (CVE-2021-42574)."""
    return _DECEIVING.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)
