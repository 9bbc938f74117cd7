"""What cut a conversation short, and whether it went on: failures and timeouts, cancellations, a person taking over."""

from __future__ import annotations

from collections.abc import Sequence

from curation.conversation import Interrupt
from curation.formats import genai
from curation.formats.nesting import Calls
from curation.formats.spans import Span

TIMEOUTS = ("timeout", "timed out", "timed_out", "deadline")
CANCELLED = ("cancel", "abort", "generatorexit", "interrupted", "disconnect")
ESCALATED = ("winnow.escalated", "app.escalated", "escalated")
OWN_EVENT = "winnow.interrupt"
KINDS = {"timeout", "cancelled", "handover", "error"}


def read_interrupts(spans: Sequence[Span], calls: Calls) -> list[Interrupt]:
    """In order of time; a failure is recovered from when a call of a model succeeded after it."""
    found = [_failure(span, calls) for span in _failed(spans, calls)]
    found += [interrupt for span in spans for interrupt in _said(span, calls)]
    return sorted(found, key=lambda one: (one["at"], one["span_id"], one["kind"]))


def kind_of_error(span: Span) -> str:
    """timeout, cancelled or error, by the type and the message of the failure."""
    said = f"{genai.error_type(span)} {genai.error_message(span)}".lower()
    if any(word in said for word in TIMEOUTS):
        return "timeout"
    return "cancelled" if any(word in genai.error_type(span).lower() for word in CANCELLED) else "error"


def is_escalated(span: Span) -> bool:
    """Whether the span says that a person took over."""
    return any(span["attributes"].get(name) in (True, "true") for name in ESCALATED)


def _failed(spans: Sequence[Span], calls: Calls) -> list[Span]:
    """Failed calls and tools; a failure inside a call that failed itself is the same failure."""
    failed = [span for span in calls.counted if genai.is_error(span)]
    outer = {span["span_id"] for span in failed}
    failed += [
        span
        for owner, inner in calls.inner.items()
        for span in inner
        if owner not in outer and genai.is_error(span)
    ]
    return failed + [
        span for span in spans if genai.operation(span) == "execute_tool" and genai.is_error(span)
    ]


def _failure(span: Span, calls: Calls) -> Interrupt:
    return {
        "kind": kind_of_error(span),
        "at": genai.iso(span["end"] or span["start"]),
        "span_id": span["span_id"],
        "detail": genai.error_type(span),
        "recovered": _went_on(span, calls),
    }


def _went_on(failed: Span, calls: Calls) -> bool:
    return any(
        not genai.is_error(span) and genai.is_model_call(span) and span["end"] >= failed["end"]
        and span["span_id"] != failed["span_id"]
        for span in calls.counted
    )  # fmt: skip


def _said(span: Span, calls: Calls) -> list[Interrupt]:
    """Interrupts that an application reports itself, and a person taking over."""
    found: list[Interrupt] = []
    for event in span["events"]:
        if event["name"] == OWN_EVENT:
            kind = str(event["attributes"].get("winnow.interrupt.kind", ""))
            found.append({
                "kind": kind if kind in KINDS else "error",
                "at": genai.iso(event["time"]),
                "span_id": span["span_id"],
                "detail": str(event["attributes"].get("winnow.interrupt.detail", "")),
                "recovered": event["attributes"].get("winnow.interrupt.recovered") is True,
            })  # fmt: skip
    if is_escalated(span):
        at = genai.iso(span["end"] or span["start"])
        found.append(
            {"kind": "handover", "at": at, "span_id": span["span_id"], "detail": "", "recovered": False}
        )
    return found
