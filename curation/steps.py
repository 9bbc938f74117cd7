"""Curation steps read aloud: each takes readings and yields Keep or Drop(reason). Nothing disappears uncounted."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.text import tokens
from curation.conversation import Conversation, answer_text, tool_calls
from curation.excerpts import segments, whole
from curation.screening import Look, Verdict
from curation.training_use import drop_reason
from curation.validators.policy import Effect, Found, Policy

EMPTY, NO_ANSWER, QUARANTINED, BODY_RETIRED = "empty", "no_answer", "quarantined", "body_retired"
UNREADABLE = "unreadable"
HEAD = 4000


@dataclass(slots=True)
class Reading:
    """One conversation version as the steps see it; `verdict` and `findings` are filled in by the steps that screen and validate."""

    version_id: uuid.UUID
    content_hash: str
    training_use: str
    conversation: Conversation
    text: str = field(init=False)
    verdict: Verdict | None = None
    findings: list[Found] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.text = whole(self.conversation)


@dataclass(frozen=True, slots=True)
class Keep:
    """It goes on."""

    reading: Reading


@dataclass(frozen=True, slots=True)
class Drop:
    """It stays here: which step left it out, why, and what a person should know about it."""

    reading: Reading
    step: str
    reason: str
    detail: dict[str, Any] = field(default_factory=dict)


Step = Callable[[Iterable[Reading]], Iterator[Keep | Drop]]


def with_text(readings: Iterable[Reading]) -> Iterator[Keep | Drop]:
    """A conversation without a word teaches nothing."""
    for reading in readings:
        yield Keep(reading) if tokens(reading.text[:HEAD]) else Drop(reading, "with_text", EMPTY)


def answered(readings: Iterable[Reading]) -> Iterator[Keep | Drop]:
    """A failed call, or one that ended before any answer, is never an example."""
    for reading in readings:
        conversation = reading.conversation
        said = bool(answer_text(conversation)) or any(True for _ in tool_calls(conversation))
        if conversation["status"] == "error" or not said:
            detail = {
                "status": conversation["status"],
                "error": conversation["error"]["type"] if conversation["error"] else "",
            }
            yield Drop(reading, "answered", NO_ANSWER, detail)
        else:
            yield Keep(reading)


def permitted(readings: Iterable[Reading]) -> Iterator[Keep | Drop]:
    """Only what is explicitly allowed may be trained on."""
    for reading in readings:
        reason = drop_reason(reading.training_use)
        yield Drop(reading, "permitted", reason) if reason else Keep(reading)


STEPS: tuple[Step, ...] = (with_text, answered, permitted)
"""What needs no quarantine and no choice of the project, in order."""


def screened(look: Look) -> Step:
    """The step that screens with this look at a content and leaves the verdict on the reading."""

    def step(readings: Iterable[Reading]) -> Iterator[Keep | Drop]:
        for reading in readings:
            reading.verdict = verdict = look(reading.content_hash, segments(reading.conversation))
            if verdict.clean:
                yield Keep(reading)
            else:
                evidence = verdict.evidence
                detail = {
                    "item": verdict.item_id,
                    "method": evidence.get("method"),
                    "score": evidence.get("score"),
                }
                yield Drop(reading, "screened", QUARANTINED, detail)

    return step


def validated(policy: Policy) -> Step:
    """The step that runs the project's validators: the first that drops names the reason, what all found stays on the reading."""

    def step(readings: Iterable[Reading]) -> Iterator[Keep | Drop]:
        for reading in readings:
            reading.findings = policy.examine(reading.conversation)
            dropping = next((one for one in reading.findings if one.effect is Effect.DROP), None)
            if dropping is None:
                yield Keep(reading)
            else:
                yield Drop(reading, "validated", dropping.validator, dropping.as_data())

    return step


def through(readings: Sequence[Reading], steps: Sequence[Step]) -> Iterator[Keep | Drop]:
    """Every reading once: dropped by the first step that drops it, or kept by all."""
    left: Sequence[Reading] = readings
    for step in steps:
        kept: list[Reading] = []
        for outcome in step(left):
            if isinstance(outcome, Keep):
                kept.append(outcome.reading)
            else:
                yield outcome
        left = kept
    yield from map(Keep, left)
