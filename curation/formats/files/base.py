"""What a file format is: a reader of one line into spans, a writer of one line, and a way to recognise it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from curation.conversation import Conversation
from curation.formats.row import Row
from curation.formats.signals import Feedback
from curation.formats.spans import Span, SpanEvent

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for lines that do not say it: `at` in nanoseconds since 1970, and the service."""

    at: int
    service: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A span read from a line. `external_id` is "" where the line has no id: it is then named by its content, under
    the project's key. `source` is what the span was read from, and tells a re-delivery from a conflict."""

    span: Span
    external_id: str
    source: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Exported:
    """A conversation on its way out, with what its trace knows beside it; times in nanoseconds since 1970."""

    name: str
    conversation: Conversation
    started_at: int
    ended_at: int
    training_use: str = ""
    training_use_until: str = ""
    simulated: bool = False
    feedback: tuple[Feedback, ...] = ()


class CannotWrite(ValueError):
    """A format has no form for this conversation; the text is a word for the count of what was left out."""


@dataclass(frozen=True, slots=True)
class Format:
    """See the module docstring. `read` raises BadRow, `write` raises CannotWrite."""

    name: str
    title: str
    fits: Callable[[Line], bool]
    read: Callable[[Line, Row, Defaults], list[Found]]
    write: Callable[[Exported], Line]


def one_span(
    form: str,
    attributes: Line,
    *,
    start: int,
    end: int | None = None,
    service: str = "",
    name: str = "chat",
    status: str = "unset",
    status_message: str = "",
    events: list[SpanEvent] | None = None,
) -> Span:
    """A span without ids, as a line without ids gives it."""
    return {
        "trace_id": "",
        "span_id": "",
        "parent_id": "",
        "name": name,
        "kind": "client",
        "start": start,
        "end": end if end is not None and end >= start else start,
        "status": status,
        "status_message": status_message,
        "attributes": attributes,
        "events": events or [],
        "resource": {"service.name": service} if service else {},
        "scope": f"file:{form}",
    }


def untold(line: Line, *told: str) -> Line | None:
    """The fields of a line that its reader does not know; they are kept."""
    return {name: value for name, value in line.items() if name not in told and value is not None} or None


def verdict(name: str, rating: str, time: int, comment: str = "", origin: str = "", *, needs_work: bool = False,
            score: float | None = None) -> SpanEvent:  # fmt: skip
    """A judgement of the answer as the event that carries one (GenAI `gen_ai.evaluation.result`)."""
    attributes: dict[str, Any] = {"gen_ai.evaluation.name": name}
    if rating:
        attributes["gen_ai.evaluation.score.label"] = rating
    if score is not None:
        attributes["gen_ai.evaluation.score.value"] = score
    if comment:
        attributes["gen_ai.evaluation.explanation"] = comment
    if origin:
        attributes["winnow.feedback.origin"] = origin
    if needs_work:
        attributes["winnow.feedback.needs_work"] = True
    return {"name": "gen_ai.evaluation.result", "time": time, "attributes": attributes}
