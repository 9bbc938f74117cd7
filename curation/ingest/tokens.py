"""Offsets of tokens carried over the redaction of the answers they point into."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.privacy import Mark
from core.privacy.offsets import Edit
from curation.formats.logprobs import is_places, moved

ANSWERS = "gen_ai.output.messages"


def carry_tokens(attributes: dict[str, Any], marks: Sequence[Mark]) -> None:
    """Move the tokens of every redacted answer to where their text stands now; in place."""
    answers = attributes.get(ANSWERS)
    for place, answer in enumerate(answers if isinstance(answers, list) else []):
        if not isinstance(answer, dict) or not is_places(answer.get("logprobs")):
            continue
        for part in {one["part"] for one in answer["logprobs"]}:
            path = f"/attributes/{ANSWERS}/{place}/{_text_path(answer, part)}"
            edits = [
                Edit(mark.source_start, mark.source_end, mark.start, mark.end)
                for mark in marks
                if mark.path == path
            ]
            answer["logprobs"] = moved(answer["logprobs"], part, edits)


def _text_path(answer: dict[str, Any], part: int) -> str:
    name = "parts" if isinstance(answer.get("parts"), list) else "content"
    if isinstance(answer.get(name), str):
        return name
    parts = answer.get(name) or []
    inner = parts[part] if part < len(parts) and isinstance(parts[part], dict) else {}
    return f"{name}/{part}/{'content' if 'content' in inner else 'text'}"
