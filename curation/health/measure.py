"""What is counted in one conversation: depth and fan-out of its plan, failures and recovery, length and hedging."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from core.text import tokens
from curation.conversation import Conversation, Message, answer_text, message_text

HEDGES = (
    "apparently", "arguably", "as far as i know", "as far as i can tell", "could be", "generally", "i believe", "i guess",
    "i suppose", "i think", "i would say", "in general", "it depends", "it is possible", "it may be", "it might be",
    "it seems", "kind of", "likely", "maybe", "may be", "may have", "might", "more or less", "not certain", "not sure",
    "perhaps", "possibly", "potentially", "presumably", "probably", "roughly", "seemingly", "somewhat", "sort of", "suggests",
    "tends to", "to some extent", "typically", "unclear", "uncertain", "usually",
)  # fmt: skip
"""English words that soften a claim (after Hyland 1998); in other languages hedging is not counted."""
_HEDGE = re.compile(
    r"\b(?:" + "|".join(sorted(HEDGES, key=len, reverse=True)).replace(" ", r"\s+") + r")\b", re.IGNORECASE
)
HEDGED_LANGUAGE = "en"
LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class Measure:
    """`depth` is the longest row of model turns without the user, `fan_out` the most tools called in one turn.

    `failures` are failed tools, code and calls; `recovered` says that a tool or call succeeded after one of them and an
    answer followed. `hedges` is None where the language is not English.
    """

    depth: int
    fan_out: int
    tools: int
    failures: int
    timeouts: int
    interrupts: int
    recovered: bool
    answered: bool
    prompt_words: int
    answer_words: int
    hedges: int | None

    def as_data(self) -> dict[str, int | bool | None]:
        """By the names of the columns."""
        return asdict(self)


def measure(conversation: Conversation, language: str) -> Measure:
    """Count."""
    messages = conversation["messages"]
    interrupts = conversation.get("interrupts", [])
    outcomes = [outcome for one in messages for outcome in _outcomes(one)]
    failed_calls = [call for call in conversation["calls"] if call["status"] == "error"]
    answered = conversation["status"] != "error" and bool(answer_text(conversation))
    said = [message_text(one)[:LONGEST] for one in messages if one["role"] == "assistant"]
    called = [sum(part.get("type") == "tool_call" for part in one["parts"]) for one in messages]
    tool_timeouts = sum(bool(part.get("timed_out")) for one in messages for part in one["parts"])
    return Measure(
        depth=_depth(messages),
        fan_out=max(called, default=0),
        tools=sum(called),
        failures=outcomes.count(False) + len(failed_calls),
        timeouts=max(tool_timeouts, sum(one["kind"] == "timeout" for one in interrupts)),
        interrupts=len(interrupts),
        recovered=answered and (_went_on(outcomes) or any(one["recovered"] for one in interrupts)),
        answered=answered,
        prompt_words=sum(
            len(tokens(message_text(one)[:LONGEST])) for one in messages if one["role"] == "user"
        ),
        answer_words=sum(len(tokens(text)) for text in said),
        hedges=sum(len(_HEDGE.findall(text)) for text in said) if language == HEDGED_LANGUAGE else None,
    )


def _depth(messages: Iterable[Message]) -> int:
    deepest = row = 0
    for one in messages:
        row = 0 if one["role"] == "user" else row + (one["role"] == "assistant")
        deepest = max(deepest, row)
    return deepest


def _outcomes(one: Message) -> Iterable[bool]:
    """Whether each tool result and each run of code in a message went well."""
    for part in one["parts"]:
        if part.get("type") == "tool_result":
            yield not (part.get("is_error") or part.get("timed_out"))
        elif part.get("type") == "code_execution":
            yield not (part.get("exit_code") or part.get("timed_out"))


def _went_on(outcomes: list[bool]) -> bool:
    """A success after the first failure."""
    return False in outcomes and True in outcomes[outcomes.index(False) :]
