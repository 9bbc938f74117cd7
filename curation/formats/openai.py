"""One call of OpenAI's chat completions API, request and response, as GenAI attributes.

https://platform.openai.com/docs/api-reference/chat. Strict about messages, choices and usage; other parameters
differ between providers and are kept as they are.
"""

from __future__ import annotations

from typing import Any

from curation.conversation import TokenLogprob
from curation.formats.logprobs import token_places
from curation.formats.row import LIST, OBJECT, Row, present

CONTENT_FIELDS = {"model", "messages", "tools"}
LOGPROBS = "logprobs"
TOLD_RESPONSE = {"id", "object", "created", "model", "choices", "usage"}


def check_call(row: Row, request: dict[str, Any], response: dict[str, Any] | None, prefix: str = "") -> None:
    """Refuse messages, choices or usage of another form."""
    row.messages(request.get("messages"), f"{prefix}request.messages")
    row.expect(request.get("tools"), LIST, f"{prefix}request.tools", required=False)
    if response is None:
        return
    row.expect(response.get("choices"), LIST, f"{prefix}response.choices")
    row.expect(response.get("usage"), OBJECT, f"{prefix}response.usage", required=False)
    for place, choice in enumerate(response["choices"]):
        at = f"{prefix}response.choices[{place}]"
        row.expect(choice, OBJECT, at)
        row.messages([choice.get("message")], f"{at}.message")
        row.expect(choice.get("logprobs"), OBJECT, f"{at}.logprobs", required=False)


def call_attributes(request: dict[str, Any], response: dict[str, Any] | None) -> dict[str, Any]:
    """The attributes of a checked call."""
    answered = response or {}
    choices = answered.get("choices") or []
    return present({
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": request.get("model"),
        "gen_ai.response.model": answered.get("model"),
        "gen_ai.response.id": answered.get("id"),
        "gen_ai.input.messages": without_logprobs(request["messages"]),
        "gen_ai.output.messages": [_answer(choice) for choice in choices] or None,
        "gen_ai.tool.definitions": request.get("tools"),
        "winnow.request": {name: request[name] for name in request if name not in CONTENT_FIELDS} or None,
        "winnow.response": {name: answered[name] for name in answered if name not in TOLD_RESPONSE} or None,
    } | usage_attributes(answered.get("usage") or {}))  # fmt: skip


def usage_attributes(usage: dict[str, Any]) -> dict[str, Any]:
    """Token counts of both APIs, with what of them was cached or spent on reasoning."""
    given = _details(usage, "prompt_tokens_details", "input_tokens_details")
    answered = _details(usage, "completion_tokens_details", "output_tokens_details")
    return {
        "gen_ai.usage.input_tokens": usage.get("prompt_tokens", usage.get("input_tokens")),
        "gen_ai.usage.output_tokens": usage.get("completion_tokens", usage.get("output_tokens")),
        "gen_ai.usage.cache_read.input_tokens": given.get("cached_tokens"),
        "gen_ai.usage.cache_creation.input_tokens": given.get("cache_write_tokens"),
        "gen_ai.usage.reasoning.output_tokens": answered.get("reasoning_tokens"),
    }


def _details(usage: dict[str, Any], *names: str) -> dict[str, Any]:
    return next((usage[name] for name in names if isinstance(usage.get(name), dict)), {})


def _answer(choice: dict[str, Any]) -> dict[str, Any]:
    message: dict[str, Any] = without_logprobs([choice["message"]])[0]
    said = {"finish_reason": choice.get("finish_reason") or None, LOGPROBS: _places(choice, message) or None}
    return message | present(said)


def _places(choice: dict[str, Any], message: dict[str, Any]) -> list[TokenLogprob]:
    """Where the tokens of the answer's text stand; its reasoning, where there is one, is the part before it."""
    tokens, text = (choice.get(LOGPROBS) or {}).get("content"), message.get("content")
    if not tokens or not isinstance(text, str):
        return []
    return token_places(
        tokens, text, 1 if message.get("reasoning_content") or message.get("reasoning") else 0
    )


def without_logprobs(messages: list[Any]) -> list[Any]:
    """The messages without their token probabilities: those spell the text a second time, token by token, and a
    secret cut in tokens would pass every rule."""
    return [
        {name: value for name, value in one.items() if name != LOGPROBS} if isinstance(one, dict) and LOGPROBS in one else one
        for one in messages
    ]  # fmt: skip


def usage_object(usage: dict[str, int]) -> dict[str, Any] | None:
    """Token counts of the normal form as the API writes them."""
    if not usage:
        return None
    given = present({
        "cached_tokens": usage.get("cache_read_tokens"), "cache_write_tokens": usage.get("cache_creation_tokens"),
    })  # fmt: skip
    answered = present({"reasoning_tokens": usage.get("reasoning_tokens")})
    return present({
        "prompt_tokens": usage.get("input_tokens"),
        "completion_tokens": usage.get("output_tokens"),
        "prompt_tokens_details": given or None,
        "completion_tokens_details": answered or None,
    })  # fmt: skip
