"""Token probabilities of an answer as a quiet heat: each token in one of five steps, its number on hover."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.rendering.markdown import plain

STEPS = (0.9, 0.6, 0.3, 0.1)
"""Probabilities at which the heat changes: the first step is above 0.9 and has no colour."""


@dataclass(frozen=True)
class TokenHeat:
    """The tokens of one message, how many, and the geometric mean of their probabilities (1 / perplexity)."""

    html: SafeString
    count: int
    mean: float


def token_heat(message: Mapping[str, Any]) -> TokenHeat | None:
    """The heat of a message that carries logprobs; None where it has none or they fit no text of it."""
    parts: Sequence[Mapping[str, Any]] = message.get("parts") or ()
    tokens = [one for one in message.get("logprobs") or () if _fits(one, parts)]
    if not tokens:
        return None
    tokens.sort(key=lambda one: (one["part"], one["start"]))
    html = format_html_join("", "{}", ((piece,) for piece in _pieces(tokens, parts)))
    return TokenHeat(html, len(tokens), exp(sum(one["logprob"] for one in tokens) / len(tokens)))


def _fits(token: Mapping[str, Any], parts: Sequence[Mapping[str, Any]]) -> bool:
    place = token.get("part", -1)
    if not 0 <= place < len(parts):
        return False
    return bool(0 <= token["start"] <= token["end"] <= len(str(parts[place].get("text") or "")))


def _pieces(tokens: Iterable[Mapping[str, Any]], parts: Sequence[Mapping[str, Any]]) -> Iterable[SafeString]:
    """Tokens in order, with the text between them as it is; a stretch that two tokens name is shown once."""
    place, at = -1, 0
    for token in tokens:
        if token["part"] != place:
            place, at = token["part"], 0
        text = str(parts[place]["text"])
        start, end = max(at, token["start"]), token["end"]
        if start > at:
            yield plain(text[at:start])
        if end > start:
            yield _token(text[start:end], token["logprob"])
        at = max(at, end)


def _token(text: str, logprob: float) -> SafeString:
    probability = exp(min(0.0, logprob))
    step = sum(probability < limit for limit in STEPS)
    return format_html(
        '<span class="token token--{}" title="p = {}">{}</span>', step, f"{probability:.3f}", plain(text)
    )
