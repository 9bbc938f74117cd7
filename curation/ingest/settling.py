"""What settling concludes about one trace, before anything is written: its conversation, head and feedback."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from curation import content
from curation.conversation import (
    Conversation,
    answer_text,
    last_user_text,
    tool_calls,
    tool_results,
    total_cost,
    total_usage,
    turns,
    user_text,
)
from curation.formats.assemble import assemble
from curation.formats.signals import Feedback, Signals, read_signals
from curation.formats.spans import Span
from curation.marks import Mark, find_marks
from curation.models import ConversationVersion, TrainingUse
from curation.pricing import Book, price_calls

PREVIEW = 240
DEAREST, LARGEST = 9_999, 2**31 - 1
COUNTED = ("input_tokens", "output_tokens", "tool_errors")
RATINGS = {"up": 1, "down": -1}


@dataclass(slots=True)
class Settled:
    """A trace put together: `content_hash` decides whether this is news."""

    conversation: Conversation
    marks: list[Mark]
    signals: Signals
    content_hash: str
    key_id: str
    prompt_hash: str

    @property
    def redactions(self) -> dict[str, int]:
        """How many marks of each kind."""
        return dict(Counter(mark["kind"] for mark in self.marks))


def conclude(spans: Sequence[Span], project_id: uuid.UUID, book: Book | None = None) -> Settled:
    """Assemble redacted spans, read what they say about themselves, and fix what their calls cost by this price book."""
    conversation = assemble(spans)
    price_calls(conversation["calls"], book)
    digest, key_id = content.content_hash(conversation, project_id)
    return Settled(
        conversation=conversation,
        marks=find_marks(conversation),
        signals=read_signals(spans, conversation),
        content_hash=digest,
        key_id=key_id,
        prompt_hash=content.prompt_hash(conversation, project_id) if conversation["messages"] else "",
    )


def is_news(settled: Settled, current: ConversationVersion | None) -> bool:
    """Whether a new version is due: other words, or tokens and failures that only spans after the words reported."""
    if current is None or current.content_hash != settled.content_hash:
        return True
    fields = version_fields(settled)
    return any(fields[name] != getattr(current, name) for name in COUNTED)


def version_fields(settled: Settled) -> dict[str, Any]:
    """The columns of a conversation version that follow from its content."""
    conversation, usage = settled.conversation, total_usage(settled.conversation)
    latencies = [call["latency_ms"] or 0 for call in conversation["calls"]]
    return {
        "content_hash": settled.content_hash,
        "key_id": settled.key_id,
        "redactions": settled.redactions,
        "turns": turns(conversation),
        "tool_calls": sum(1 for _ in tool_calls(conversation)),
        "tool_errors": sum(1 for part in tool_results(conversation) if part.get("is_error")),
        "prompt_preview": preview(last_user_text(conversation)),
        "answer_preview": preview(answer_text(conversation)),
        "topic": preview(user_text(conversation)) if turns(conversation) > 1 else "",
        "prompt_hash": settled.prompt_hash,
        "cost_usd": cost(conversation),
        "input_tokens": bounded(usage.get("input_tokens")),
        "output_tokens": bounded(usage.get("output_tokens")),
        "latency_ms": bounded(round(sum(latencies))) if latencies else None,
    }


def cost(conversation: Conversation) -> Decimal | None:
    """US dollars of all calls; None when no price is known or the sum cannot be a price."""
    total = total_cost(conversation)
    priced = any(call["cost_usd"] is not None for call in conversation["calls"])
    return Decimal(f"{total:.8f}") if priced and 0 <= total < DEAREST else None


def bounded(count: int | None) -> int | None:
    """A count that fits its column; what a sender made up beyond that is cut, not fatal."""
    return None if count is None else min(max(count, 0), LARGEST)


def head_fields(settled: Settled) -> dict[str, Any]:
    """The columns of a trace head that settling fills in."""
    conversation, context = settled.conversation, settled.conversation["context"]
    source = conversation["attributes"].get("winnow.source")
    source = source if isinstance(source, dict) else {}
    answered = [call["model_answered"] or call["model_requested"] for call in conversation["calls"]]
    return {
        "service": context["service"][:120],
        "environment": context["environment"][:64],
        "release": context["release"][:120],
        "variant": context["variant"][:120],
        "model": next((name for name in reversed(answered) if name), "")[:120],
        "session_key": context["session"][:64],
        "user_key": context["user"][:64],
        "source": str(source.get("dataset", ""))[:120],
        "licence": str(source.get("licence", ""))[:80],
        "status": conversation["status"],
        "escalated": settled.signals["escalated"],
        "truncated": settled.signals["truncated"],
        "training_use": said_use(settled.signals),
        "training_use_until": settled.signals["training_use_until"] or None,
    }


def said_use(signals: Signals) -> str:
    """The training use the trace itself states, "" when it states none; an unknown word counts as unknown."""
    said = signals["training_use"]
    return said if not said or said in TrainingUse.values else TrainingUse.UNKNOWN.value


def feedback_fields(feedback: Feedback) -> tuple[int | None, str, bool, bool, str]:
    """(rating, origin, simulated, needs work, comment) of one feedback row."""
    origin = feedback["origin"] if feedback["name"] in ("", "user_feedback") else feedback["name"]
    return (RATINGS.get(feedback["rating"]), origin[:24], feedback["origin"] == "simulated", feedback["needs_work"],
            feedback["comment"])  # fmt: skip


def preview(text: str) -> str:
    """The beginning of a text on one line."""
    short = " ".join(text[: PREVIEW * 3].split())
    return short if len(short) <= PREVIEW else short[: PREVIEW - 1] + "…"
