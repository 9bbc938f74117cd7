"""The record form: one JSON line is one model call as a gateway logs it, read into one span.

Described in docs/ingest.md. Strict where a typo would change the meaning (the outer fields, feedback),
lenient where providers differ (request parameters, usage).
"""

from __future__ import annotations

import difflib
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from curation.formats.problem import BadRow, RowProblem
from curation.formats.spans import Span, SpanEvent
from curation.formats.texts import printable

TEXT, NUMBER, FLAG, OBJECT, LIST = (str,), (int, float), (bool,), (dict,), (list,)
FIELDS: dict[str, tuple[tuple[type, ...], bool]] = {
    "trace_id": (TEXT, True), "request_id": (TEXT, True), "session_id": (TEXT, False), "user_id": (TEXT, False),
    "ts": (TEXT, True), "service": (TEXT, True), "environment": (TEXT, False), "release": (TEXT, False),
    "variant": (TEXT, False), "language": (TEXT, False), "domain": (TEXT, False), "turn": (NUMBER, False),
    "request": (OBJECT, True), "response": (OBJECT, False), "retrieval": (LIST, False), "latency_ms": (NUMBER, False),
    "ttft_ms": (NUMBER, False), "status": (TEXT, False), "error": (OBJECT, False), "cost_usd": (NUMBER, False),
    "feedback": (OBJECT, False), "escalated": (FLAG, False), "training_use": (TEXT, False), "source": (OBJECT, False),
}  # fmt: skip
FEEDBACK: dict[str, tuple[tuple[type, ...], bool]] = {
    "rating": (TEXT, False), "origin": (TEXT, False), "needs_work": (FLAG, False), "comment": (TEXT, False),
}  # fmt: skip
NAMES = {
    str: "text",
    int: "a number",
    float: "a number",
    bool: "true or false",
    dict: "an object",
    list: "a list",
}
TRAINING_USES = ("allowed", "denied", "unknown")
RATINGS = ("up", "down")
CONTENT_FIELDS = {"model", "messages", "tools"}
MAX_ID = 200
NUMBERS = {"latency_ms": 10**9, "ttft_ms": 10**9, "turn": 10**9, "cost_usd": 10**9}
"""A latency of 11 days: beyond it the end of a call is no time that can be stored."""
EARLIEST, TOLERANCE = datetime(2000, 1, 1, tzinfo=UTC), timedelta(days=2)


def read_record(value: Any, place: str, line: int) -> Span:
    """The span of one parsed record; raises BadRow naming the first field that is wrong."""
    row = _Row(place, line)
    if not isinstance(value, dict):
        row.refuse("", "wrong_type", "the line is not a JSON object", "Write one JSON object per line.")
    row.check(value, FIELDS)
    _check_inside(row, value)
    start = _time(row, value["ts"])
    end = start + int(max(value.get("latency_ms") or 0, 0) * 1_000_000)
    trace_id, failed = (
        _trace_id(value["trace_id"]),
        value.get("status") == "error" or bool(value.get("error")),
    )
    return {
        "trace_id": trace_id,
        "span_id": _hex("span", value["request_id"], 16),
        "parent_id": "",
        "name": f"chat {value['request'].get('model', '')}".strip(),
        "kind": "client",
        "start": start,
        "end": end,
        "status": "error" if failed else "ok",
        "status_message": str((value.get("error") or {}).get("message", "")),
        "attributes": _attributes(value, failed),
        "events": _feedback_event(value.get("feedback"), end),
        "resource": _present({
            "service.name": value["service"],
            "deployment.environment.name": value.get("environment"),
            "service.version": value.get("release"),
        }),
        "scope": "record",
    }  # fmt: skip


class _Row:
    """Where the row stands, so that every refusal can say so."""

    def __init__(self, place: str, line: int) -> None:
        self.place, self.line = place, line

    def bad(self, field: str, code: str, message: str, hint: str = "") -> BadRow:
        return BadRow(RowProblem(self.place, self.line, printable(field), code, message, hint))

    def refuse(self, field: str, code: str, message: str, hint: str = "") -> None:
        raise self.bad(field, code, message, hint)

    def check(
        self, value: dict[str, Any], known: dict[str, tuple[tuple[type, ...], bool]], prefix: str = ""
    ) -> None:
        for name, inner in value.items():
            if name not in known:
                close = difflib.get_close_matches(name, known, 1)
                hint = f"Did you mean {close[0]}?" if close else f"Known fields: {', '.join(known)}."
                self.refuse(
                    prefix + name[:100], "unknown_field", "this field is not part of the record form", hint
                )
            self.expect(inner, known[name][0], prefix + name, required=known[name][1])
        for name, (_, required) in known.items():
            if required and name not in value:
                self.refuse(
                    prefix + name, "missing_field", "a required field is missing", f"Add {prefix + name}."
                )

    def expect(self, value: Any, types: tuple[type, ...], field: str, *, required: bool = True) -> None:
        if value is None and not required:
            return
        wrong = not isinstance(value, types) or (isinstance(value, bool) and bool not in types)
        if wrong:
            self.refuse(
                field, "wrong_type", f"this is not {NAMES[types[0]]}", f"Send {field} as {NAMES[types[0]]}."
            )


def _check_inside(row: _Row, value: dict[str, Any]) -> None:
    for name in ("trace_id", "request_id"):
        if not 0 < len(value[name]) <= MAX_ID:
            row.refuse(
                name, "broken_id", f"the id is empty or longer than {MAX_ID} characters", "Send a stable id."
            )
    for name, most in NUMBERS.items():
        if value.get(name) is not None and not -most <= value[name] <= most:
            row.refuse(name, "wrong_value", "this number is too large", f"Send {name} as at most {most}.")
    _check_messages(row, value["request"].get("messages"), "request.messages")
    response = value.get("response")
    if response is not None:
        row.expect(response.get("choices"), LIST, "response.choices")
        row.expect(response.get("usage"), OBJECT, "response.usage", required=False)
        for place, choice in enumerate(response["choices"]):
            row.expect(choice, OBJECT, f"response.choices[{place}]")
            _check_messages(row, [choice.get("message")], f"response.choices[{place}].message")
    for place, passage in enumerate(value.get("retrieval") or []):
        row.expect(passage, OBJECT, f"retrieval[{place}]")
        row.expect(passage.get("text"), TEXT, f"retrieval[{place}].text")
    if value.get("feedback") is not None:
        row.check(value["feedback"], FEEDBACK, "feedback.")
        _one_of(row, value["feedback"].get("rating"), RATINGS, "feedback.rating")
    _one_of(row, value.get("training_use"), TRAINING_USES, "training_use")
    _one_of(row, value.get("status"), ("ok", "error"), "status")


def _check_messages(row: _Row, messages: Any, field: str) -> None:
    row.expect(messages, LIST, field)
    for place, message in enumerate(messages):
        row.expect(message, OBJECT, f"{field}[{place}]")
        row.expect(message.get("role"), TEXT, f"{field}[{place}].role")
        content = message.get("content")
        if content is not None and not isinstance(content, str | list):
            row.refuse(f"{field}[{place}].content", "wrong_type", "content is neither text nor a list of parts",
                       "Send content as text, null, or a list of parts.")  # fmt: skip
        row.expect(message.get("tool_calls"), LIST, f"{field}[{place}].tool_calls", required=False)


def _one_of(row: _Row, value: Any, allowed: tuple[str, ...], field: str) -> None:
    if value is not None and value not in allowed:
        row.refuse(field, "wrong_value", "this value is not known", f"One of: {', '.join(allowed)}.")


def _time(row: _Row, text: str) -> int:
    """Nanoseconds since 1970; a time without an offset is UTC."""
    try:
        moment: datetime | None = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is not None:
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment is None or not EARLIEST <= moment <= datetime.now(UTC) + TOLERANCE:
        hint = "Send ISO 8601 with an offset, as 2026-09-01T00:01:02.707+00:00, not before 2000 and not in the future."
        raise row.bad("ts", "bad_time", "this is not a time that can be taken", hint)
    return int(moment.timestamp() * 1_000_000) * 1000


def _trace_id(raw: str) -> str:
    lower = raw.lower()
    proper = len(lower) == 32 and lower.strip("0") and not lower.strip("0123456789abcdef")
    return lower if proper else _hex("trace", raw, 32)


def _hex(kind: str, raw: str, digits: int) -> str:
    return hashlib.sha256(f"{kind}\0{raw}".encode()).hexdigest()[:digits]


def _attributes(value: dict[str, Any], failed: bool) -> dict[str, Any]:
    request, response = value["request"], value.get("response") or {}
    usage, error, choices = (
        response.get("usage") or {},
        value.get("error") or {},
        response.get("choices") or [],
    )
    return _present({
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": request.get("model"),
        "gen_ai.response.model": response.get("model"),
        "gen_ai.response.id": response.get("id"),
        "gen_ai.usage.input_tokens": usage.get("prompt_tokens"),
        "gen_ai.usage.output_tokens": usage.get("completion_tokens"),
        "gen_ai.response.time_to_first_chunk": value["ttft_ms"] / 1000 if value.get("ttft_ms") is not None else None,
        "gen_ai.input.messages": request["messages"],
        "gen_ai.output.messages": [_answer(choice) for choice in choices] or None,
        "gen_ai.tool.definitions": request.get("tools"),
        "gen_ai.retrieval.documents": value.get("retrieval"),
        "error.type": str(error.get("type") or "error") if failed else None,
        "session.id": value.get("session_id"),
        "user.id": value.get("user_id"),
        "winnow.request_id": value["request_id"],
        "winnow.cost_usd": value.get("cost_usd"),
        "winnow.variant": value.get("variant"),
        "winnow.language": value.get("language"),
        "winnow.domain": value.get("domain"),
        "winnow.escalated": value.get("escalated") or None,
        "winnow.training_use": value.get("training_use"),
        "winnow.source": value.get("source"),
        "winnow.request": {name: request[name] for name in request if name not in CONTENT_FIELDS} or None,
    })  # fmt: skip


def _answer(choice: dict[str, Any]) -> dict[str, Any]:
    message: dict[str, Any] = choice["message"]
    reason = choice.get("finish_reason")
    return message | ({"finish_reason": reason} if reason else {})


def _feedback_event(feedback: dict[str, Any] | None, time: int) -> list[SpanEvent]:
    if not feedback:
        return []
    rating = feedback.get("rating")
    return [{
        "name": "gen_ai.evaluation.result",
        "time": time,
        "attributes": _present({
            "gen_ai.evaluation.name": "user_feedback",
            "gen_ai.evaluation.score.label": rating,
            "gen_ai.evaluation.score.value": {"up": 1.0, "down": 0.0}.get(rating or ""),
            "gen_ai.evaluation.explanation": feedback.get("comment"),
            "winnow.feedback.origin": feedback.get("origin"),
            "winnow.feedback.needs_work": feedback.get("needs_work") or None,
        }),
    }]  # fmt: skip


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
