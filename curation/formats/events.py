"""What GenAI instrumentations say beside their spans: log records and span events, folded into the span they belong to.

From v1.37 on one record tells a whole call (`gen_ai.client.inference.operation.details`); before, every message was a
record of its own (`gen_ai.user.message`, `gen_ai.choice`), and before that an event of the span. Order of arrival does
not matter: messages stand in the order of their times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from curation.formats.json_text import value_of
from curation.formats.payloads import INPUT, OUTPUT
from curation.formats.rewriting import EMPTY, as_dict, as_list
from curation.formats.spans import LOG, Span, SpanEvent

NAME = "genai-events"
BODY = "log.body"
DETAILS = "gen_ai.client.inference.operation.details"
MESSAGES = {
    f"gen_ai.{role}.message": (role, rank)
    for rank, role in enumerate(("system", "user", "assistant", "tool"))
}
CHOICE = "gen_ai.choice"
WHOLE = {
    "gen_ai.content.prompt": ("gen_ai.prompt", INPUT),
    "gen_ai.content.completion": ("gen_ai.completion", OUTPUT),
}
LISTED = ("events", "all_messages_events")
"""Attributes in which Logfire and Pydantic AI keep all events of a call as one JSON list."""


def folded(spans: Iterable[Span]) -> list[Span]:
    """Spans alone: log records have become events of their span, or a span made from them where it never came."""
    given = list(spans)
    records: dict[str, list[Span]] = defaultdict(list)
    for span in given:
        if span["kind"] == LOG:
            records[span["parent_id"] or span["span_id"]].append(span)
    if not records:
        return given
    told = [_with(span, records.pop(span["span_id"], [])) for span in given if span["kind"] != LOG]
    return told + [_with(_made(span_id, found), found) for span_id, found in records.items()]


def speaks(span: Span) -> bool:
    """Whether events of the span carry the words of a call."""
    return any(_carries(_name(event)) for event in span["events"]) or any(
        name in span["attributes"] and "gen_ai.request.model" in span["attributes"] for name in LISTED
    )


def translate(span: Span) -> dict[str, Any]:
    """The span's attributes with what its events say put in where it says nothing itself."""
    attributes = dict(span["attributes"])
    events = [*span["events"], *_listed(attributes)]
    found: dict[str, Any] = {}
    for event in events:
        name = _name(event)
        if name == DETAILS:
            body = as_dict(event["attributes"].get(BODY))
            for key, value in {**body, **event["attributes"]}.items():
                if key.startswith(("gen_ai.", "error.", "server.", "openai.")) and value not in EMPTY:
                    found.setdefault(key, value)
        elif name in WHOLE:
            field, target = WHOLE[name]
            found.setdefault(target, _whole(event["attributes"].get(field), target))
        elif name in MESSAGES or name == CHOICE:
            found.setdefault("gen_ai.system", event["attributes"].get("gen_ai.system"))
    found = {INPUT: _messages(events), OUTPUT: _choices(events)} | found
    return attributes | {
        key: value for key, value in found.items() if value not in EMPTY and attributes.get(key) in EMPTY
    }


def _with(span: Span, records: Sequence[Span]) -> Span:
    """The span with its records as events; those of one time stand in the order a conversation has them."""
    if not records:
        return span
    events: list[SpanEvent] = [
        {"name": record["name"], "time": record["start"], "attributes": record["attributes"]}
        for record in records
    ]
    return {**span, "events": sorted([*span["events"], *events], key=_order)}


def _made(span_id: str, records: Sequence[Span]) -> Span:
    """A span that never came, as far as its records tell of it."""
    first = min(records, key=lambda one: (one["start"], one["span_id"]))
    return {
        **first, "span_id": span_id, "parent_id": "", "kind": "unspecified", "events": [], "attributes": {},
        "start": first["start"], "end": max(one["end"] for one in records),
    }  # fmt: skip


def _order(event: SpanEvent) -> tuple[int, int, int]:
    name = _name(event)
    rank = MESSAGES[name][1] if name in MESSAGES else len(MESSAGES)
    index = _body(event).get("index")
    return event["time"], rank, index if isinstance(index, int) else 0


def _name(event: SpanEvent) -> str:
    said = event["attributes"].get("event.name")
    return said if isinstance(said, str) and _carries(said) else event["name"]


def _carries(name: str) -> bool:
    return name in MESSAGES or name in WHOLE or name in (CHOICE, DETAILS)


def _listed(attributes: dict[str, Any]) -> list[SpanEvent]:
    """The events of a call that are kept in one attribute."""
    for name in LISTED:
        listed = [
            one for one in as_list(attributes.get(name)) if isinstance(one, dict) and "event.name" in one
        ]
        if listed:
            attributes.pop(name)
            return [{"name": str(one["event.name"]), "time": 0, "attributes": {BODY: one}} for one in listed]
    return []


def _body(event: SpanEvent) -> dict[str, Any]:
    """What the event says: a log's body, a JSON text in one attribute, or the attributes themselves."""
    attributes = event["attributes"]
    for name in (BODY, "gen_ai.event.content"):
        if isinstance(body := value_of(attributes.get(name)), dict):
            return {**attributes, **body}
        if isinstance(body, str) and body:
            return {**attributes, "content": body}
    return attributes


def _messages(events: Iterable[SpanEvent]) -> list[dict[str, Any]]:
    said = []
    for event in events:
        if _name(event) not in MESSAGES:
            continue
        role, body = MESSAGES[_name(event)][0], _body(event)
        role = str(body.get("role") or role) if role in ("user", "assistant", "system") else role
        said.append(_message(body, role))
    return said


def _choices(events: Iterable[SpanEvent]) -> list[dict[str, Any]]:
    bodies = [_body(event) for event in events if _name(event) == CHOICE]
    indexes = [body.get("index") for body in bodies]
    if all(isinstance(index, int) for index in indexes):
        bodies = [body for _, body in sorted(zip(indexes, bodies, strict=True), key=lambda pair: pair[0])]  # type: ignore[arg-type,return-value]
    return [_choice(body) for body in bodies]


def _choice(body: dict[str, Any]) -> dict[str, Any]:
    inner = value_of(body.get("message"))
    words = inner if isinstance(inner, dict) else {} if inner is None else {"content": inner}
    message = _message({**body, **words}, "assistant")
    reason = body.get("finish_reason")
    return message | ({"finish_reason": reason} if reason else {})


def _message(body: dict[str, Any], role: str) -> dict[str, Any]:
    content = body.get("content")
    blocks = value_of(content)
    if isinstance(blocks, dict) and isinstance(blocks.get("parts"), list):
        blocks = blocks["parts"]
    structured = isinstance(blocks, list) and (role != "tool" or _holds_blocks(blocks))
    message: dict[str, Any] = {"role": role, "content": blocks if structured else content}
    if isinstance(calls := value_of(body.get("tool_calls")), list):
        message["tool_calls"] = calls
    if role == "tool":
        message["tool_call_id"] = body.get("id", body.get("tool_call_id", ""))
    if isinstance(body.get("name"), str):
        message["name"] = body["name"]
    return message


def _holds_blocks(blocks: list[Any]) -> bool:
    """Whether a tool's message is made of result blocks (Bedrock, Gemini) and is not itself the result."""
    return any(isinstance(one, dict) and {"toolResult", "functionResponse"} & one.keys() for one in blocks)


def _whole(raw: Any, target: str) -> list[dict[str, Any]]:
    value = value_of(raw)
    role = "user" if target == INPUT else "assistant"
    listed = value if isinstance(value, list) else [value] if value not in EMPTY else []
    return [one if isinstance(one, dict) else {"role": role, "content": str(one)} for one in listed]
