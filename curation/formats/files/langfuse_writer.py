"""A conversation as a Langfuse trace: one generation for each call, the words with the last of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from curation.conversation import Call, Message, split_answer
from curation.formats.files.base import Exported, Line
from curation.formats.files.carry import iso
from curation.formats.files.chat import chat_messages, chat_tools
from curation.formats.row import hex_of, present

USAGE = {"input_tokens": "input", "output_tokens": "output", "cache_read_tokens": "input_cached_tokens",
         "cache_creation_tokens": "cache_creation_input_tokens", "reasoning_tokens": "output_reasoning_tokens"}  # fmt: skip


def write(exported: Exported) -> Line:
    """The trace with its observations and scores."""
    context = exported.conversation["context"]
    trace_id = hex_of("export to langfuse", exported.name, 32)
    return present({
        "id": trace_id,
        "timestamp": iso(exported.started_at),
        "name": "conversation",
        "release": context["release"] or None,
        "environment": context["environment"] or None,
        "observations": _generations(exported, trace_id) + _retrievals(exported, trace_id),
    })  # fmt: skip


def _generations(exported: Exported, trace_id: str) -> list[Line]:
    conversation = exported.conversation
    calls: list[Call | None] = [
        call for call in conversation["calls"] if call["operation"] != "embeddings"
    ] or [None]
    written = [_generation(exported, trace_id, place, call) for place, call in enumerate(calls)]
    prompt, answer = split_answer(conversation)
    asked: Any = chat_messages(prompt)
    if conversation["tools"]:
        asked = {"messages": asked, "tools": chat_tools(conversation["tools"])}
    written[-1] |= present({"input": asked or None, "output": _answer(answer[0]) if answer else None})
    if conversation["status"] == "error":
        error = conversation["error"] or {"type": "error", "message": ""}
        written[-1] |= {"level": "ERROR", "statusMessage": error["message"]}
    return written


def _answer(answer: Message) -> Line:
    reason = {"finish_reason": answer["finish_reason"]} if "finish_reason" in answer else {}
    return chat_messages([answer])[0] | reason


def _generation(exported: Exported, trace_id: str, place: int, call: Call | None) -> Line:
    return present({
        "id": hex_of("generation", f"{exported.name}:{place}", 16),
        "traceId": trace_id,
        "type": "GENERATION",
        "name": "chat",
        "startTime": (call and call["started_at"]) or iso(exported.started_at),
        "endTime": (call and call["ended_at"]) or iso(exported.ended_at),
        "completionStartTime": _first_token(call),
        "model": (call["model_answered"] or call["model_requested"] or None) if call else None,
        "usageDetails": {USAGE.get(kind, kind): count for kind, count in call["usage"].items()} if call else None,
        "costDetails": {"total": call["cost_usd"]} if call and call["cost_usd"] is not None else None,
    })  # fmt: skip


def _first_token(call: Call | None) -> str | None:
    if call is None or call["ttft_ms"] is None or not call["started_at"]:
        return None
    return (datetime.fromisoformat(call["started_at"]) + timedelta(milliseconds=call["ttft_ms"])).isoformat()


def _retrievals(exported: Exported, trace_id: str) -> list[Line]:
    retrieval = exported.conversation["retrieval"]
    if not retrieval:
        return []
    return [{
        "id": hex_of("retriever", exported.name, 16), "traceId": trace_id, "type": "RETRIEVER", "name": "retrieval",
        "startTime": iso(exported.started_at), "endTime": iso(exported.started_at),
        "output": [{"id": one["document_id"], "content": one["text"], "score": one["score"]} for one in retrieval],
    }]  # fmt: skip
