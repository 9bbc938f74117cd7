"""Where a surrogate stands in a value, and what redaction says when it could not finish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Path = tuple[Any, ...]
"""A place, innermost part last, as pairs (place around it, part): cheap to make, spelled out only for a mark."""


class RedactionFailed(Exception):
    """Redaction could not finish. Carries a code and a place, never the value or the cause's text."""

    def __init__(self, code: str, path: str) -> None:
        super().__init__(f"redaction failed: {code}")
        self.code = code
        self.path = path


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a surrogate stands: JSON pointer of the string, offsets in the redacted text, and the rule that put it there.

    `source_start` and `source_end` are the offsets before redaction, to carry other offsets over it; they are not stored.
    """

    kind: str
    path: str
    start: int
    end: int
    rule_id: str
    in_key: bool = False
    source_start: int = 0
    source_end: int = 0

    def as_data(self) -> dict[str, Any]:
        """The JSON form stored beside a body."""
        data: dict[str, Any] = {
            "kind": self.kind,
            "path": self.path,
            "start": self.start,
            "end": self.end,
            "rule": self.rule_id,
        }
        return {**data, "in_key": True} if self.in_key else data


def pointer(path: Path) -> str:
    """RFC 6901 JSON pointer of a linked path."""
    parts: list[str] = []
    while path:
        path, part = path
        parts.append("/" + str(part).replace("~", "~0").replace("/", "~1"))
    return "".join(reversed(parts))
