"""Our own record form (docs/ingest.md), as one of the file formats."""

from __future__ import annotations

import hashlib

from curation.conversation import split_answer
from curation.formats.files.base import Defaults, Exported, Format, Found, Line
from curation.formats.files.carry import iso
from curation.formats.files.chat import chat_messages, chat_tools, finish
from curation.formats.openai import usage_object
from curation.formats.record import read_record
from curation.formats.row import Row, hex_of, present

SIGNS = {"trace_id", "request_id", "ts", "service"}


def fits(line: Line) -> bool:
    """Whether this is a record."""
    return len(SIGNS & line.keys()) >= 2 and "traceId" not in line


def read(line: Line, row: Row, defaults: Defaults) -> list[Found]:
    """The span of a record, known by its request id."""
    span = read_record(line, row.place, row.line)
    return [Found(span, receipt_id(line["request_id"]), line)]


def receipt_id(request_id: str) -> str:
    """What a record is known by: a digest, as senders put all kinds of things into their request ids."""
    return hashlib.sha256(b"request\0" + request_id.encode()).hexdigest()


def write(exported: Exported) -> Line:
    """The record of a conversation: its last call in full, its other calls in what is carried."""
    conversation = exported.conversation
    prompt, answer = split_answer(conversation)
    call = conversation["calls"][-1] if conversation["calls"] else None
    context = conversation["context"]
    error = conversation["error"]
    choices = [answer, *conversation["alternatives"]] if answer else []
    response = {
        "model": call["model_answered"] or None if call else None,
        "choices": [
            {"index": place, "message": chat_messages(one[-1:])[-1], "finish_reason": finish(one[-1])}
            for place, one in enumerate(choices)
        ],
        "usage": usage_object(call["usage"]) if call else None,
    }
    return present({
        "trace_id": hex_of("export as record", exported.name, 32),
        "request_id": f"export-{hex_of('request', exported.name, 32)}",
        "ts": iso(exported.started_at),
        "service": context["service"],
        "environment": context["environment"] or None,
        "release": context["release"] or None,
        "variant": context["variant"] or None,
        "language": context["language"] or None,
        "request": present({
            "model": (call["model_requested"] or None) if call else None, "messages": chat_messages(prompt),
            "tools": chat_tools(conversation["tools"]) or None,
        }),
        "response": present(response) if choices else None,
        "retrieval": [
            {"doc_id": one["document_id"], "text": one["text"], "score": one["score"]} for one in conversation["retrieval"]
        ] or None,
        "latency_ms": call["latency_ms"] if call else None,
        "ttft_ms": call["ttft_ms"] if call else None,
        "cost_usd": call["cost_usd"] if call else None,
        "status": conversation["status"] if conversation["status"] in ("ok", "error") else None,
        "error": {"type": error["type"], "message": error["message"]} if error else None,
        "guards": conversation.get("guards"),
        "interrupts": conversation.get("interrupts"),
    })  # fmt: skip


RECORD = Format("record", "Winnow record", fits, read, write)
