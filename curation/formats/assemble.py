"""Spans of one trace put together as one conversation.

The longest conversation wins: agents call the model once per step and repeat all earlier messages, so the
call that was given most tells all. Nothing is counted twice: a model span inside a model span (an SDK
instrumented under a wrapper) is one call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from curation.conversation import Context, Conversation, Message, Retrieved, new_conversation
from curation.formats import genai
from curation.formats.carried import CARRIED, put_back
from curation.formats.guards import read_guards
from curation.formats.identity import METADATA_SESSIONS, METADATA_USERS
from curation.formats.interrupts import read_interrupts
from curation.formats.nesting import COUNTED, Calls, gather
from curation.formats.shapes import CURRENT, in_one_shape
from curation.formats.spans import Span
from curation.formats.tool_results import add_results, offered

TOLD_ELSEWHERE = (
    "gen_ai.input.", "gen_ai.output.", "gen_ai.system", "gen_ai.tool.", "gen_ai.retrieval.",
    "gen_ai.guardrail.", "gen_ai.response.finish_reason", "gen_ai.response.model", "gen_ai.response.time_to_first_chunk",
    "gen_ai.request.model", "gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.conversation.id", "session.id",
    "user.id", "error.type", "winnow.variant", "winnow.release", "winnow.language", "winnow.cost_usd", "winnow.guard.",
    "winnow.environment", "winnow.error_message", CARRIED,
)  # fmt: skip
SPEAKERS = {"", "invoke_agent", "invoke_workflow", "task", "plan", *genai.MODEL_OPERATIONS}
"""Operations whose words may be the conversation; what an index, a tool or a guard was given is not."""


def assemble(spans: Sequence[Span]) -> Conversation:
    """The conversation these spans and log records tell, whatever their order; one without content has no messages."""
    given = sorted({span["span_id"]: span for span in spans}.values(), key=_when)
    read, shapes = in_one_shape(given)
    ordered = sorted(read, key=_when)
    calls = gather(ordered)
    conversation = new_conversation()
    winner = _winner(ordered, calls)
    if winner is not None:
        _tell(conversation, winner)
        add_results(conversation["messages"], ordered)
    model_calls = calls.counted
    conversation["tools"] = offered(model_calls, ordered)
    conversation["retrieval"] = _retrieval(ordered, conversation)
    conversation["calls"] = [genai.call(span) for span in model_calls]
    conversation["context"] = _context(ordered)
    conversation["guards"] = read_guards(ordered)
    conversation["interrupts"] = read_interrupts(ordered, calls)
    conversation["attributes"] = _rest(ordered, winner)
    scopes = sorted({span["scope"] for span in given if span["scope"]})
    conversation["provenance"] = {"shapes": shapes or [CURRENT] if given else [], "scopes": scopes}
    _judge_status(conversation, ordered, winner)
    return put_back(conversation, given)


def _when(span: Span) -> tuple[int, str]:
    return span["start"], span["span_id"]


def _winner(spans: Sequence[Span], calls: Calls) -> Span | None:
    """The call that was given most; of those given the same, one that was answered; else what an agent was given."""

    def weight(span: Span) -> tuple[bool, int, bool, int, str]:
        given = span["attributes"].get(genai.INPUT)
        answered = bool(span["attributes"].get(genai.OUTPUT))
        length = len(given) if isinstance(given, list) else len(genai.input_messages(span))
        return genai.is_model_call(span), length, answered, span["end"], span["span_id"]

    whole = {span["span_id"]: span for span in calls.counted}
    swallowed = calls.swallowed
    told = [
        whole.get(span["span_id"], span)
        for span in spans
        if span["span_id"] not in swallowed and genai.operation(span) in SPEAKERS
    ]
    told = [span for span in told if genai.INPUT in span["attributes"] or genai.OUTPUT in span["attributes"]]
    return max(told, key=weight, default=None)


def _tell(conversation: Conversation, span: Span) -> None:
    messages, answers = genai.input_messages(span), genai.choices(span)
    conversation["messages"] = messages + (answers[0] if answers else [])
    conversation["alternatives"] = answers[1:]


def _retrieval(spans: Sequence[Span], conversation: Conversation) -> list[Retrieved]:
    """Passages of retrieval spans, and those inside the answer, whose text moves here."""
    found: dict[tuple[str, str], Retrieved] = {}
    for span in spans:
        for passage in genai.retrieved(span):
            found.setdefault((passage["document_id"], passage["text"]), passage)
    for message in [
        *conversation["messages"],
        *(one for choice in conversation["alternatives"] for one in choice),
    ]:
        for passage in _moved(message):
            found.setdefault((passage["document_id"], passage["text"]), passage)
    return list(found.values())


def _moved(message: Message) -> list[Retrieved]:
    moved = []
    for part in message["parts"]:
        for document in part.get("documents", []) if part["type"] == "retrieval" else []:
            text = document.pop("text", "")  # type: ignore[typeddict-item]
            if text:
                moved.append(genai.read_passage({**document, "text": text}))
    return moved


def _context(spans: Sequence[Span]) -> Context:
    def first(*names: str, where: str = "attributes") -> str:
        for span in spans:
            for name in names:
                value = span[where].get(name)  # type: ignore[literal-required]
                if value not in (None, ""):
                    return str(value)
        return ""

    return {
        "service": first("service.name", where="resource") or first("service.name"),
        "environment": first("deployment.environment.name", "deployment.environment", "langfuse.environment",
                             where="resource") or first("winnow.environment"),
        "release": first("winnow.release") or first("service.version", "langfuse.release", where="resource"),
        "variant": first("winnow.variant", "feature_flag.result.variant"),
        "session": first("session.id", "gen_ai.conversation.id") or first(*METADATA_SESSIONS),
        "user": first("user.id", "enduser.pseudo.id", "enduser.id") or first(*METADATA_USERS),
        "language": first("winnow.language"),
    }  # fmt: skip


def _rest(spans: Sequence[Span], winner: Span | None) -> dict[str, Any]:
    rest: dict[str, Any] = {}
    roots = [span for span in spans if not span["parent_id"]]
    for span in [*([winner] if winner else []), *roots]:
        rest |= {
            key: value
            for key, value in span["attributes"].items()
            if not key.startswith(TOLD_ELSEWHERE) and key not in COUNTED
        }
    return rest


def _judge_status(conversation: Conversation, spans: Sequence[Span], winner: Span | None) -> None:
    """A conversation failed when its deciding call, or with no call its root, failed without an answer."""
    deciding = winner or next((span for span in spans if not span["parent_id"]), spans[0] if spans else None)
    if deciding is None or not genai.is_error(deciding) or genai.choices(deciding):
        return
    conversation["status"] = "error"
    conversation["error"] = {"type": genai.error_type(deciding), "message": genai.error_message(deciding)}
