"""What a trace says about itself beyond its words: permission to train, feedback, escalation, a cut answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

from curation.conversation import Conversation
from curation.formats.genai import text
from curation.formats.spans import Span

TRAINING_USE = ("winnow.training_use", "training_use")
ESCALATED = ("winnow.escalated", "app.escalated", "escalated")
EVALUATION_EVENT = "gen_ai.evaluation.result"
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
    """See the module docstring."""

    training_use: str
    feedback: list[Feedback]
    escalated: bool
    truncated: bool


def read_signals(spans: Sequence[Span], conversation: Conversation) -> Signals:
    """The signals of a trace; where spans disagree on training use, the stricter one holds."""
    uses = {text(span, *TRAINING_USE) or str(span["resource"].get(TRAINING_USE[0], "")) for span in spans}
    return {
        "training_use": next((use for use in ("denied", "unknown", "allowed") if use in uses), ""),
        "feedback": [found for span in spans for found in _feedback(span)],
        "escalated": any(span["attributes"].get(name) is True for span in spans for name in ESCALATED),
        "truncated": any(
            message.get("finish_reason") == "length" for message in conversation["messages"][-1:]
        ),
    }


def _feedback(span: Span) -> list[Feedback]:
    found = [_read(event["attributes"]) for event in span["events"] if event["name"] == EVALUATION_EVENT]
    if "gen_ai.evaluation.name" in span["attributes"]:
        found.append(_read(span["attributes"]))
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
