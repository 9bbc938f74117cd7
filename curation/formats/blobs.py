"""References to values that lie in storage: `{"blob": {"sha256", "bytes", "mime_type"?}}` in the place of the value."""

from __future__ import annotations

import re
from typing import Any

from curation.conversation import Part

SHA256 = re.compile(r"[0-9a-f]{64}")
TEXTS = ("content", "text", "thinking", "reasoning")


def referred(value: Any) -> dict[str, Any] | None:
    """What a reference says, as fields of a file part; None for anything else."""
    said = value.get("blob") if isinstance(value, dict) and len(value) == 1 else None
    if (
        not isinstance(said, dict)
        or not isinstance(said.get("sha256"), str)
        or not isinstance(said.get("bytes"), int)
    ):
        return None
    if not SHA256.fullmatch(said["sha256"]):
        return None
    fields: dict[str, Any] = {"sha256": said["sha256"], "size": said["bytes"]}
    return fields | ({"mime_type": said["mime_type"]} if isinstance(said.get("mime_type"), str) else {})


def stored_text(raw: dict[str, Any]) -> Part | None:
    """A part whose text was too long for its span, or that is a reference itself, as a file part."""
    found = referred(raw) or next((one for name in TEXTS if (one := referred(raw.get(name)))), None)
    return Part(type="file", **found) if found else None  # type: ignore[typeddict-item]
