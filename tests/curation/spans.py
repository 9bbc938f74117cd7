"""Small spans for tests of what is read from them."""

from __future__ import annotations

from typing import Any

from curation.formats.spans import Span, SpanEvent

TRACE = "ab" * 16


def span(
    span_id: str, parent_id: str = "", *, start: float = 1, seconds: float = 1, status: str = "unset", said: str = "",
    scope: str = "", events: list[SpanEvent] | None = None, name: str = "", **attributes: Any,
) -> Span:  # fmt: skip
    """A span; `__` in an attribute's name is a dot, ids are short and filled up."""
    return {
        "trace_id": TRACE, "span_id": _id(span_id), "parent_id": _id(parent_id) if parent_id else "",
        "name": name or span_id, "kind": "client", "start": int(start * 10**9), "end": int((start + seconds) * 10**9),
        "status": status, "status_message": said,
        "attributes": {key.replace("__", "."): value for key, value in attributes.items()},
        "events": events or [], "resource": {}, "scope": scope,
    }  # fmt: skip


def log(parent_id: str, name: str, time: float, number: int, body: Any = None, **attributes: Any) -> Span:
    """A log record as the ingest keeps it."""
    record = span(f"{number}", parent_id, start=time, seconds=0, name=name, **attributes)
    said = {"log.body": body} if body is not None else {}
    return {
        **record,
        "span_id": f"{_id(parent_id)}:{number:016x}",
        "kind": "log",
        "attributes": record["attributes"] | said,
    }


def chat(span_id: str, parent_id: str = "", **more: Any) -> Span:
    """A model call."""
    return span(span_id, parent_id, gen_ai__operation__name="chat", **more)


def asked(text: str = "hi") -> list[dict[str, Any]]:
    """One question."""
    return [{"role": "user", "content": text}]


def answered(text: str = "hello") -> list[dict[str, Any]]:
    """One answer."""
    return [{"role": "assistant", "content": text}]


def event(name: str, time: float = 1, **attributes: Any) -> SpanEvent:
    """An event of a span."""
    said = {key.replace("__", "."): value for key, value in attributes.items()}
    return {"name": name, "time": int(time * 10**9), "attributes": said}


def _id(short: str) -> str:
    return short.encode().hex().ljust(16, "0")[:16]
