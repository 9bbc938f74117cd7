"""What a trace says about itself beyond its words: permission to train, feedback, escalation, a cut answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypedDict

from curation.conversation import Conversation
from curation.formats.events import folded
from curation.formats.interrupts import is_escalated
from curation.formats.json_text import value_of
from curation.formats.own_words import lifted
from curation.formats.rewriting import Rewriting, as_dict, as_list
from curation.formats.spans import Span

TRAINING_USE = ("winnow.training_use", "training_use")
UNTIL = "winnow.training_use.until"
DAY_ALONE = len("2027-12-31")
STRICTEST_FIRST = ("denied", "unknown", "allowed")
EVALUATION_EVENT = "gen_ai.evaluation.result"
ANNOTATIONS = ("annotations", "evaluations", "trace.annotations", "trace.evaluations")
UP = {"up", "positive", "thumbs_up", "pass", "good", "helpful"}
DOWN = {"down", "negative", "thumbs_down", "fail", "bad", "unhelpful"}


class Feedback(TypedDict):
    """One verdict on the answer: `rating` up, down or "" when it is neither; `origin` user, simulated, …"""

    name: str
    rating: str
    score: float | None
    origin: str
    needs_work: bool
    comment: str


class Signals(TypedDict):
    """See the module docstring; `training_use_until` is the ISO time at which a permission ends, "" if it does not."""

    training_use: str
    training_use_until: str
    feedback: list[Feedback]
    escalated: bool
    truncated: bool


def read_signals(spans: Sequence[Span], conversation: Conversation, now: datetime | None = None) -> Signals:
    """The signals of a trace; where spans disagree on training use, the stricter one holds, and the earlier end."""
    told: list[Span] = [{**span, "attributes": lifted(span["attributes"])} for span in folded(spans)]
    until = _until(told)
    return {
        "training_use": _training_use(told, until, now or datetime.now(UTC)),
        "training_use_until": until.isoformat() if isinstance(until, datetime) else "",
        "feedback": [found for span in told for found in _feedback(span)],
        "escalated": any(is_escalated(span) for span in told),
        "truncated": any(
            message.get("finish_reason") == "length" for message in conversation["messages"][-1:]
        ),
    }


def _training_use(spans: Sequence[Span], until: datetime | str, now: datetime) -> str:
    """What the spans say; a permission that has ended is a denial; an unheard-of word or end is none."""
    said = {str(one) for span in spans for one in _said(span, *TRAINING_USE)}
    uses = {one if one in STRICTEST_FIRST else "unknown" for one in said}
    use = next((one for one in STRICTEST_FIRST if one in uses), "")
    if isinstance(until, str):
        return "unknown" if until and use == "allowed" else use
    return "denied" if use == "allowed" and until <= now else use


def _until(spans: Sequence[Span]) -> datetime | str:
    """The earliest end of a permission; "" where none is named, the text itself where it is no date."""
    ends: list[datetime] = []
    for said in {str(said) for span in spans for said in _said(span, UNTIL)}:
        end = end_of_permission(said)
        if end is None:
            return said
        ends.append(end)
    return min(ends, default="")


def end_of_permission(said: str) -> datetime | None:
    """When a permission to train ends that names this day or moment; None where it is no date. A day ends at its end."""
    try:
        end = datetime.fromisoformat(said) + timedelta(days=len(said) == DAY_ALONE)
    except ValueError:
        return None
    return end if end.tzinfo else end.replace(tzinfo=UTC)


def _said(span: Span, *names: str) -> list[Any]:
    """The first of these on the span, else on its resource."""
    for where in (span["attributes"], span["resource"]):
        found = [where[name] for name in names if where.get(name) not in (None, "")]
        if found:
            return found[:1]
    return []


def _feedback(span: Span) -> list[Feedback]:
    found = [
        _read(_words(event["attributes"])) for event in span["events"] if event["name"] == EVALUATION_EVENT
    ]
    if "gen_ai.evaluation.name" in span["attributes"]:
        found.append(_read(span["attributes"]))
    return found + _annotations(span["attributes"])


def _words(attributes: dict[str, Any]) -> dict[str, Any]:
    return {**as_dict(attributes.get("log.body")), **attributes}


def _annotations(attributes: dict[str, Any]) -> list[Feedback]:
    """OpenInference's feedback about a span: `annotations.N.annotation.{name,score,label,explanation,annotator_kind}`."""
    if not any(name.startswith(ANNOTATIONS) for name in attributes):
        return []
    tree = Rewriting(attributes)
    found = []
    for prefix in ANNOTATIONS:
        for raw in as_list(tree.take_tree(prefix)):
            one = as_dict(as_dict(raw).get("annotation") or as_dict(raw).get("evaluation") or raw)
            kind = str(one.get("annotator_kind", "")).lower()
            found.append(_read({
                "gen_ai.evaluation.name": one.get("name", ""), "gen_ai.evaluation.score.label": one.get("label", ""),
                "gen_ai.evaluation.score.value": value_of(one.get("score")),
                "gen_ai.evaluation.explanation": one.get("explanation", ""),
                "winnow.feedback.origin": "user" if kind in ("", "human") else kind,
            }))  # fmt: skip
    return found


def _read(attributes: dict[str, Any]) -> Feedback:
    label = str(attributes.get("gen_ai.evaluation.score.label", "")).lower()
    score = attributes.get("gen_ai.evaluation.score.value")
    return {
        "name": str(attributes.get("gen_ai.evaluation.name", "")),
        "rating": "up" if label in UP else "down" if label in DOWN else "",
        "score": float(score) if isinstance(score, int | float) else None,
        "origin": str(attributes.get("winnow.feedback.origin", "user")),
        "needs_work": attributes.get("winnow.feedback.needs_work") is True,
        "comment": str(attributes.get("gen_ai.evaluation.explanation", "")),
    }
