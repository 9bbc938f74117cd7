"""Probabilities of the tokens a model chose, by their place in its answer instead of their text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

from core.privacy.offsets import Edit, carried
from curation.conversation import TokenLogprob


def token_places(tokens: Any, text: str, part: int) -> list[TokenLogprob]:
    """OpenAI's `logprobs.content` over the answer it spells, as offsets into text part `part`.

    A character cut into several tokens belongs to the last of them. Empty when the tokens do not spell this text.
    """
    places: list[TokenLogprob] = []
    spelled = bytearray()
    start = 0
    for one in tokens if isinstance(tokens, list) else []:
        piece = _bytes(one)
        if piece is None:
            return []
        spelled += piece
        try:
            end = len(spelled.decode())
        except UnicodeDecodeError:
            end = start
        places.append({"part": part, "start": start, "end": end, "logprob": float(one["logprob"])})
        start = end
    return places if spelled == text.encode("utf-8", "surrogatepass") else []


def is_places(value: Any) -> TypeGuard[list[TokenLogprob]]:
    """Whether this is the form of `token_places`, as a file of the product's own brings it back."""
    return isinstance(value, list) and all(
        isinstance(one, dict)
        and all(type(one.get(name)) is int and one[name] >= 0 for name in ("part", "start", "end"))
        and isinstance(one.get("logprob"), int | float)
        for one in value
    )


def moved(places: Sequence[TokenLogprob], part: int, edits: Sequence[Edit]) -> list[TokenLogprob]:
    """The places after text part `part` was redacted."""
    if not edits:
        return list(places)
    after: list[TokenLogprob] = []
    for one in places:
        if one["part"] != part:
            after.append(one)
            continue
        start, end = carried(one["start"], one["end"], edits)
        after.append({**one, "start": start, "end": end})
    return after


def _bytes(token: Any) -> bytes | None:
    if not isinstance(token, dict) or not isinstance(token.get("logprob"), int | float):
        return None
    given = token.get("bytes")
    if isinstance(given, list):
        try:
            return bytes(given)
        except (TypeError, ValueError):
            return None
    text = token.get("token")
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else None
