"""The record form: one JSON line is one model call as a gateway logs it, read into one span.

Described in docs/ingest.md. Strict where a typo would change the meaning (the outer fields, feedback),
lenient where providers differ (request parameters, usage).
"""

from __future__ import annotations

from typing import Any

from curation.formats.carried import CARRIED
from curation.formats.openai import call_attributes, check_call
from curation.formats.row import FLAG, LIST, NUMBER, OBJECT, TEXT, Known, Row, hex_of, present, trace_hex
from curation.formats.shape import misshapen
from curation.formats.spans import Span, SpanEvent

FIELDS: Known = {
    "trace_id": (TEXT, True), "request_id": (TEXT, True), "session_id": (TEXT, False), "user_id": (TEXT, False),
    "ts": (TEXT, True), "service": (TEXT, True), "environment": (TEXT, False), "release": (TEXT, False),
    "variant": (TEXT, False), "language": (TEXT, False), "domain": (TEXT, False), "turn": (NUMBER, False),
    "request": (OBJECT, True), "response": (OBJECT, False), "retrieval": (LIST, False), "latency_ms": (NUMBER, False),
    "ttft_ms": (NUMBER, False), "status": (TEXT, False), "error": (OBJECT, False), "cost_usd": (NUMBER, False),
    "feedback": (OBJECT, False), "escalated": (FLAG, False), "training_use": (TEXT, False),
    "training_use_until": (TEXT, False), "simulated": (FLAG, False), "guards": (LIST, False),
    "interrupts": (LIST, False), "source": (OBJECT, False),
}  # fmt: skip
FEEDBACK: Known = {
    "rating": (TEXT, False), "origin": (TEXT, False), "needs_work": (FLAG, False), "comment": (TEXT, False),
}  # fmt: skip
CARRIED_FIELDS = ("guards", "interrupts")
TRAINING_USES = ("allowed", "denied", "unknown")
RATINGS = ("up", "down")
MAX_ID = 200
NUMBERS = {"latency_ms": 10**9, "ttft_ms": 10**9, "turn": 10**9, "cost_usd": 10**9}
"""A latency of 11 days: beyond it the end of a call is no time that can be stored."""


def read_record(value: Any, place: str, line: int) -> Span:
    """The span of one parsed record; raises BadRow naming the first field that is wrong."""
    row = Row(place, line)
    row.check(row.object(value), FIELDS)
    _check_inside(row, value)
    start = row.time(value["ts"], "ts")
    end = start + int(max(value.get("latency_ms") or 0, 0) * 1_000_000)
    failed = value.get("status") == "error" or bool(value.get("error"))
    return {
        "trace_id": trace_hex(value["trace_id"]),
        "span_id": hex_of("span", value["request_id"], 16),
        "parent_id": "",
        "name": f"chat {value['request'].get('model', '')}".strip(),
        "kind": "client",
        "start": start,
        "end": end,
        "status": "error" if failed else "ok",
        "status_message": str((value.get("error") or {}).get("message", "")),
        "attributes": _attributes(value, failed),
        "events": _feedback_event(value.get("feedback"), end),
        "resource": present({
            "service.name": value["service"],
            "deployment.environment.name": value.get("environment"),
            "service.version": value.get("release"),
        }),
        "scope": "record",
    }  # fmt: skip


def _check_inside(row: Row, value: dict[str, Any]) -> None:
    for name in ("trace_id", "request_id"):
        if not 0 < len(value[name]) <= MAX_ID:
            row.refuse(
                name, "broken_id", f"the id is empty or longer than {MAX_ID} characters", "Send a stable id."
            )
    for name, most in NUMBERS.items():
        if value.get(name) is not None and not -most <= value[name] <= most:
            row.refuse(name, "wrong_value", "this number is too large", f"Send {name} as at most {most}.")
    check_call(row, value["request"], value.get("response"))
    for place, passage in enumerate(value.get("retrieval") or []):
        row.expect(passage, OBJECT, f"retrieval[{place}]")
        row.expect(passage.get("text"), TEXT, f"retrieval[{place}].text")
    for name in CARRIED_FIELDS:
        if value.get(name) is not None and (wrong := misshapen({name: value[name]})):
            row.refuse(wrong, "wrong_type", "this is missing or of another type",
                       f"Send each of {name} with all its fields, as docs/ingest.md has them.")  # fmt: skip
    if value.get("feedback") is not None:
        row.check(value["feedback"], FEEDBACK, "feedback.")
        row.one_of(value["feedback"].get("rating"), RATINGS, "feedback.rating")
    row.one_of(value.get("training_use"), TRAINING_USES, "training_use")
    row.one_of(value.get("status"), ("ok", "error"), "status")
    if value.get("training_use_until") is not None:
        row.date(value["training_use_until"], "training_use_until")
        if value.get("training_use") != "allowed":
            row.refuse("training_use_until", "wrong_value", "an end without a permission that ends",
                       "Send training_use: allowed with it.")  # fmt: skip


def _attributes(value: dict[str, Any], failed: bool) -> dict[str, Any]:
    error = value.get("error") or {}
    return call_attributes(value["request"], value.get("response")) | present({
        "gen_ai.response.time_to_first_chunk": value["ttft_ms"] / 1000 if value.get("ttft_ms") is not None else None,
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
        "winnow.training_use.until": value.get("training_use_until"),
        "winnow.simulated": value.get("simulated") or None,
        CARRIED: {name: value[name] for name in CARRIED_FIELDS if value.get(name)} or None,
        "winnow.source": value.get("source"),
    })  # fmt: skip


def _feedback_event(feedback: dict[str, Any] | None, time: int) -> list[SpanEvent]:
    if not feedback:
        return []
    rating = feedback.get("rating")
    return [{
        "name": "gen_ai.evaluation.result",
        "time": time,
        "attributes": present({
            "gen_ai.evaluation.name": "user_feedback",
            "gen_ai.evaluation.score.label": rating,
            "gen_ai.evaluation.score.value": {"up": 1.0, "down": 0.0}.get(rating or ""),
            "gen_ai.evaluation.explanation": feedback.get("comment"),
            "winnow.feedback.origin": feedback.get("origin"),
            "winnow.feedback.needs_work": feedback.get("needs_work") or None,
        }),
    }]  # fmt: skip
