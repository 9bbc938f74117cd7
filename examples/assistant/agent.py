"""One request answered: retrieve, call the model, run its tools, call it again; every step is a span.

Attributes follow the OpenTelemetry GenAI semantic conventions; content is JSON in strings, as on every span.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer

from examples.assistant.library import Passage
from examples.assistant.model import (
    VARIANTS,
    Completion,
    Message,
    PromptTooLong,
    Variant,
    complete,
    last_user_text,
)
from examples.assistant.plan import Ask
from examples.assistant.retrieval import Search
from examples.assistant.tools import DEFINITIONS, TOOLS

SYSTEM = "You answer questions about Python from its documentation. Cite the passages you use by their ids."
PROVIDER = "winnow.examples"
ALREADY_SEEN = 5
Documents = list[tuple[Passage, float]]


@dataclass(slots=True)
class Reply:
    """What one request left behind: its trace, its messages, and how it went."""

    trace_id: str
    messages: list[Message]
    finish: str = ""
    failed: str = ""
    tool_failed: bool = False
    escalated: bool = False
    cited: list[str] = field(default_factory=list)


class Assistant:
    """Answers requests and reports them to one tracer."""

    def __init__(self, tracer: Tracer, search: Search) -> None:
        self.tracer, self.search = tracer, search

    def answer(self, ask: Ask, history: list[Message]) -> Reply:
        """Answer one request; a failure of the model ends the trace in an error, it is not raised."""
        variant = VARIANTS[ask.variant]
        messages = [*(history or [_said("system", SYSTEM)]), _said("user", ask.question)]
        with self.tracer.start_as_current_span("invoke_agent python-docs", kind=SpanKind.SERVER) as root:
            reply = Reply(f"{root.get_span_context().trace_id:032x}", messages)
            root.set_attributes(_root_attributes(ask))
            try:
                self._converse(ask, variant, reply)
            except PromptTooLong as error:
                reply.failed = type(error).__name__
                root.set_attribute("error.type", reply.failed)
                root.set_status(Status(StatusCode.ERROR, str(error)))
            if reply.escalated:
                root.set_attribute("winnow.escalated", True)
            _give_feedback(root, ask, reply)
        return reply

    def _converse(self, ask: Ask, variant: Variant, reply: Reply) -> None:
        documents = self._retrieve(ask, variant, reply.messages)
        for _ in range(3):
            done = self._call_model(ask, variant, reply.messages, documents)
            parts, reply.finish = done.choices[0]
            reply.messages = [*reply.messages, {"role": "assistant", "parts": parts}]
            reply.escalated = reply.escalated or done.escalated
            if reply.finish != "tool_call":
                break
            for part in parts:
                result, failed = self._run_tool(part)
                reply.tool_failed = reply.tool_failed or failed
                reply.messages = [*reply.messages, {"role": "tool", "parts": [result]}]
        said = json.dumps(reply.messages[-1])
        reply.cited = [one.document for one, _ in documents if f"[{one.id}]" in said]

    def _retrieve(self, ask: Ask, variant: Variant, messages: list[Message]) -> Documents:
        query = last_user_text(messages)
        if ask.after is not None:
            query = f"{ask.after.question} {query}"
        with self.tracer.start_as_current_span("retrieval python-docs") as span:
            found = self.search.top(query, variant.k + (ALREADY_SEEN if ask.after is not None else 0))
            if ask.after is not None and "alternative" in ask.question:
                told = json.dumps(messages)
                found = [(one, score) for one, score in found if f"[{one.id}]" not in told]
            found = found[: variant.k]
            span.set_attributes({
                "gen_ai.operation.name": "retrieval",
                "gen_ai.data_source.id": "python-docs",
                "gen_ai.retrieval.query.text": query,
                "gen_ai.retrieval.documents": json.dumps([
                    {"id": one.id, "uri": one.uri, "score": score, "content": one.text} for one, score in found
                ]),
            })  # fmt: skip
            return found

    def _call_model(
        self, ask: Ask, variant: Variant, messages: list[Message], documents: Documents
    ) -> Completion:
        with self.tracer.start_as_current_span(
            f"chat {variant.model}", kind=SpanKind.CLIENT, record_exception=False
        ) as span:
            span.set_attributes({
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": PROVIDER,
                "gen_ai.request.model": variant.model,
                "gen_ai.request.max_tokens": ask.max_tokens,
                "gen_ai.input.messages": json.dumps(messages),
                "gen_ai.tool.definitions": json.dumps(DEFINITIONS),
            })  # fmt: skip
            if ask.choices > 1:
                span.set_attribute("gen_ai.request.choice.count", ask.choices)
            try:
                done = complete(variant, messages, documents, n=ask.choices, max_tokens=ask.max_tokens)
            except PromptTooLong as error:
                span.set_attribute("error.type", type(error).__name__)
                raise
            span.set_attributes(_answer_attributes(variant, done))
            return done

    def _run_tool(self, call: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        with self.tracer.start_as_current_span(f"execute_tool {call['name']}", record_exception=True) as span:
            span.set_attributes({
                "gen_ai.operation.name": "execute_tool",
                "gen_ai.tool.name": call["name"],
                "gen_ai.tool.type": "function",
                "gen_ai.tool.call.id": call["id"],
                "gen_ai.tool.call.arguments": json.dumps(call["arguments"]),
            })  # fmt: skip
            failed = False
            try:
                response: Any = TOOLS[call["name"]](**call["arguments"])
            except (OSError, ValueError, ArithmeticError) as error:
                failed, response = True, {"error": type(error).__name__}
                span.record_exception(error)
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(Status(StatusCode.ERROR, str(error)))
            span.set_attribute("gen_ai.tool.call.result", json.dumps(response))
            return {"type": "tool_call_response", "id": call["id"], "response": response}, failed


def _said(role: str, text: str) -> Message:
    return {"role": role, "parts": [{"type": "text", "content": text}]}


def _root_attributes(ask: Ask) -> dict[str, str]:
    return {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": "python-docs",
        "gen_ai.conversation.id": ask.session,
        "session.id": ask.session,
        "user.id": ask.user,
        "winnow.variant": ask.variant,
        "winnow.training_use": ask.training_use,
    }


def _answer_attributes(variant: Variant, done: Completion) -> dict[str, Any]:
    output = [
        {"role": "assistant", "parts": parts, "finish_reason": finish} for parts, finish in done.choices
    ]
    return {
        "gen_ai.response.model": variant.model,
        "gen_ai.response.finish_reasons": [finish for _, finish in done.choices],
        "gen_ai.usage.input_tokens": done.input_tokens,
        "gen_ai.usage.output_tokens": done.output_tokens,
        "gen_ai.output.messages": json.dumps(output),
    }


def _give_feedback(root: Span, ask: Ask, reply: Reply) -> None:
    """The user's thumb: every fifth rates, and by whether the document that answers was cited."""
    rating = rate(ask, reply)
    if rating:
        root.add_event("gen_ai.evaluation.result", {
            "gen_ai.evaluation.name": "user_feedback",
            "gen_ai.evaluation.score.label": rating,
            "gen_ai.evaluation.score.value": 1.0 if rating == "up" else 0.0,
            "winnow.feedback.origin": "simulated",
        })  # fmt: skip


def rate(ask: Ask, reply: Reply) -> str:
    """up, down, or "" for the many who say nothing."""
    if not ask.document or reply.failed or sum(ask.question.encode()) % 5:
        return ""
    return "up" if ask.document in reply.cited else "down"
