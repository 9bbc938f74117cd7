"""Request parameters and token counts, in the spelling of every provider and wrapper, under their GenAI names."""

from __future__ import annotations

from typing import Any

from curation.formats.identity import PERSON, SESSION
from curation.formats.rewriting import EMPTY, Rewriting, as_dict, as_list

REQUEST_PARAMETERS = {
    "temperature": "temperature", "top_p": "top_p", "top_k": "top_k", "max_tokens": "max_tokens", "seed": "seed",
    "max_completion_tokens": "max_tokens", "max_output_tokens": "max_tokens", "stop": "stop_sequences",
    "stop_sequences": "stop_sequences", "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty", "n": "choice.count", "stream": "stream",
}  # fmt: skip


def put_parameters(rewriting: Rewriting, given: Any) -> None:
    """Request parameters under their GenAI names; others are kept as `winnow.request`."""
    parameters = as_dict(given)
    others = {}
    for name, value in parameters.items():
        if name in REQUEST_PARAMETERS:
            rewriting.put(f"gen_ai.request.{REQUEST_PARAMETERS[name]}", value)
        elif name == "user":
            rewriting.put("user.id", value)
        elif name == "metadata" and isinstance(value, dict):
            put_people(rewriting, value)
            others[name] = value
        elif name == "model":
            rewriting.put("gen_ai.request.model", value)
        elif name == "tools":
            rewriting.put("gen_ai.tool.definitions", as_list(value))
        elif name in ("instructions", "system"):
            rewriting.put(
                "gen_ai.system_instructions",
                [{"type": "text", "content": value}] if isinstance(value, str) else value,
            )
        elif value not in EMPTY and name not in ("messages", "stream_options", "input"):
            others[name] = value
    rewriting.put("winnow.request", others)


def put_people(rewriting: Rewriting, metadata: dict[str, Any]) -> None:
    """The person and the session that metadata names."""
    rewriting.put("user.id", next((metadata[name] for name in PERSON if metadata.get(name)), None))
    rewriting.put("session.id", next((metadata[name] for name in SESSION if metadata.get(name)), None))


USAGE_NAMES = (
    ("gen_ai.usage.cache_read.input_tokens", (
        "cache_read_input_tokens", "cache_read", "input_cache_read", "input_cached_tokens", "cached_tokens",
        "input_cached", "cache_input", "prompt_cached_tokens", "cachedInputTokens", "cached_input_tokens",
        "cached_content_token_count", "cacheReadInputTokens",
    )),
    ("gen_ai.usage.cache_creation.input_tokens", (
        "cache_creation_input_tokens", "cache_creation", "input_cache_creation", "cache_write", "input_cache_write",
        "cacheWriteInputTokens",
    )),
    ("gen_ai.usage.reasoning.output_tokens", (
        "reasoning_tokens", "output_reasoning_tokens", "output_reasoning", "reasoning", "reasoningTokens",
        "thinking_tokens", "thoughts_token_count",
    )),
)  # fmt: skip
INPUTS = (
    "prompt_tokens",
    "input_tokens",
    "input",
    "promptTokens",
    "inputTokens",
    "prompt_token_count",
    "prompt",
)
OUTPUTS = ("completion_tokens", "output_tokens", "output", "completionTokens", "outputTokens", "candidates_token_count",
           "completion")  # fmt: skip
DETAILS = ("prompt_tokens_details", "completion_tokens_details", "input_tokens_details", "output_tokens_details",
           "prompt_details", "completion_details", "input_token_details",
           "output_token_details", "inputTokenDetails", "outputTokenDetails")  # fmt: skip
EXCLUSIVE = {"input", "output"}
"""Langfuse's own names: what was cached or reasoned is not in them."""


def put_usage(rewriting: Rewriting, given: Any) -> None:
    """Token counts of any provider's usage object; input counts what was read from and written to a cache."""
    usage = as_dict(given)
    flat = dict(usage)
    for name in DETAILS:
        if isinstance(usage.get(name), dict):
            flat = {**usage[name], **flat}
    parts: dict[str, int] = {}
    for name, spellings in USAGE_NAMES:
        count = next((flat[one] for one in spellings if is_count(flat.get(one))), None)
        if count is not None:
            parts[name] = count
            rewriting.put(name, count)
    cached = sum(parts.get(name, 0) for name, _ in USAGE_NAMES[:2])
    reasoned = parts.get(USAGE_NAMES[2][0], 0)
    for target, spellings, inside in (
        ("gen_ai.usage.input_tokens", INPUTS, cached), ("gen_ai.usage.output_tokens", OUTPUTS, reasoned),
    ):  # fmt: skip
        counted = [one for one in spellings if is_count(flat.get(one))]
        if counted:
            rewriting.put(target, flat[counted[0]] + (inside if _leaves_out(counted[0], flat) else 0))


def _leaves_out(name: str, usage: dict[str, Any]) -> bool:
    """Langfuse's names leave the details out; Anthropic's `input_tokens` leaves out what touched the cache."""
    anthropic = name == "input_tokens" and (
        "cache_read_input_tokens" in usage or "cache_creation_input_tokens" in usage
    )
    return name in EXCLUSIVE or anthropic


def is_count(value: Any) -> bool:
    """Whether this is a number of tokens."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
