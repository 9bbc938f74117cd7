"""Token by token a text is spelled a second time, and a secret cut in tokens passes every rule: the spelling is left out."""

from __future__ import annotations

from typing import Any

_PROBABILITY, _SPELLING = "logprob", ("token", "bytes", "decoded_token", "top_logprobs")
_PROBABILITIES, _SPELLINGS = "token_logprobs", ("tokens", "top_logprobs")


def without_tokens(value: dict[Any, Any]) -> dict[Any, Any]:
    """The same mapping, or one without token texts where it is a token with its probability (OpenAI's chat or older form)."""
    if _PROBABILITY in value:
        return {key: item for key, item in value.items() if key not in _SPELLING}
    if _PROBABILITIES in value:
        return {key: item for key, item in value.items() if key not in _SPELLINGS}
    return value
