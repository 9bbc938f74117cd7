"""Vercel's AI SDK (`ai.*`, ai-sdk.dev/docs/ai-sdk-core/telemetry) read into GenAI attributes.

`ai.generateText` wraps one `ai.generateText.doGenerate` per step; the step is the model call, the wrapper an agent.
"""

from __future__ import annotations

from typing import Any

from curation.formats.json_text import value_of
from curation.formats.payloads import INPUT, OUTPUT, asked
from curation.formats.providers import provider_name
from curation.formats.rewriting import EMPTY, Rewriting, as_list
from curation.formats.spans import Span

NAME = "vercel"
STEPS = (".doGenerate", ".doStream")
COUNTS = {
    "gen_ai.usage.input_tokens": ("ai.usage.inputTokens", "ai.usage.promptTokens"),
    "gen_ai.usage.output_tokens": ("ai.usage.outputTokens", "ai.usage.completionTokens"),
    "gen_ai.usage.cache_read.input_tokens": ("ai.usage.cachedInputTokens", "ai.usage.inputTokenDetails.cacheReadTokens"),
    "gen_ai.usage.cache_creation.input_tokens": ("ai.usage.inputTokenDetails.cacheWriteTokens",),
    "gen_ai.usage.reasoning.output_tokens": ("ai.usage.reasoningTokens", "ai.usage.outputTokenDetails.reasoningTokens"),
}  # fmt: skip


def speaks(span: Span) -> bool:
    """Whether the AI SDK wrote this span."""
    return "ai.operationId" in span["attributes"] or "ai.toolCall.name" in span["attributes"]


def translate(span: Span) -> dict[str, Any]:
    """The span's attributes as GenAI has them."""
    said = Rewriting(span["attributes"])
    operation = str(said.take("ai.operationId") or span["name"].split(" ")[0])
    said.put("gen_ai.operation.name", _operation(operation))
    said.move("gen_ai.tool.name", "ai.toolCall.name")
    said.move("gen_ai.tool.call.id", "ai.toolCall.id")
    said.move("gen_ai.tool.call.arguments", "ai.toolCall.args")
    said.put("gen_ai.tool.call.result", value_of(said.take("ai.toolCall.result")))
    said.move("session.id", "ai.telemetry.metadata.sessionId")
    said.move("user.id", "ai.telemetry.metadata.userId")
    said.put("gen_ai.tool.definitions", [value_of(one) for one in as_list(said.take("ai.prompt.tools"))])
    said.put(INPUT, asked(said.take("ai.prompt.messages", "ai.prompt")))
    said.put(OUTPUT, _answer(said))
    if operation.startswith(("ai.embed",)):
        said.drop("ai.value", "ai.values", "ai.embedding", "ai.embeddings")
    _facts(said, operation)
    return said.done()


def _operation(operation: str) -> str:
    if operation == "ai.toolCall":
        return "execute_tool"
    if operation.endswith(".doEmbed"):
        return "embeddings"
    return "chat" if operation.endswith(STEPS) else "invoke_workflow"


def _facts(said: Rewriting, operation: str) -> None:
    named, provider = said.take("ai.model.id"), said.take("ai.model.provider")
    counted = operation.endswith((*STEPS, ".doEmbed"))
    for name, spellings in COUNTS.items():
        value = said.take(*spellings)
        if counted:
            said.put(name, value)
    tokens = said.take("ai.usage.tokens")
    said.drop("ai.usage.totalTokens")
    if not counted:
        return
    if operation.endswith(".doEmbed"):
        said.put("gen_ai.usage.input_tokens", tokens)
        said.put("gen_ai.response.model", said.peek("ai.response.model") or named)
    said.put("gen_ai.usage.input_tokens", said.take("gen_ai.usage.prompt_tokens"))
    said.put("gen_ai.request.model", named)
    said.put("gen_ai.provider.name", provider_name(said.take("gen_ai.system") or provider))
    said.move("gen_ai.response.model", "ai.response.model")
    said.move("gen_ai.response.id", "ai.response.id")
    first = said.take("ai.response.msToFirstChunk", "ai.stream.msToFirstChunk")
    if isinstance(first, int | float):
        said.put("gen_ai.response.time_to_first_chunk", first / 1000)


def _answer(said: Rewriting) -> list[dict[str, Any]]:
    text = said.take("ai.response.text", "ai.result.text", "ai.response.object", "ai.result.object")
    reasoning = said.take("ai.response.reasoning")
    calls = as_list(said.take("ai.response.toolCalls", "ai.result.toolCalls"))
    reason = said.take("ai.response.finishReason", "ai.finishReason")
    parts: list[dict[str, Any]] = [{"type": "reasoning", "text": reasoning}] if reasoning else []
    parts += [{"type": "text", "text": text}] if text else []
    parts += [{"type": "tool_call", **one} for one in calls if isinstance(one, dict)]
    if not parts:
        said.put("gen_ai.response.finish_reasons", as_list(reason))
        return []
    return [{"role": "assistant", "parts": parts, **({} if reason in EMPTY else {"finish_reason": reason})}]
