"""How hard a conversation was, from what happened in it. A documented score, not a model; calibrated on outcomes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from core.text import tokens
from curation.calibration import DOCUMENTED, Cutoffs
from curation.conversation import Conversation, message_text, tool_calls, tool_results, turns

LONG_PROMPT, VERY_LONG_PROMPT = 150, 600


class Difficulty(StrEnum):
    """The three levels of the stratum."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class Features:
    """What is counted. `retries` are repeated user texts and repeated identical tool calls, `failures` are tool errors,
    failed calls and a failed end; prompt length in tokens of `core.text`."""

    turns: int
    tool_calls: int
    distinct_tools: int
    retries: int
    failures: int
    prompt_tokens: int

    def as_data(self) -> dict[str, int]:
        """JSON form, kept as the evidence of a label."""
        return asdict(self)


def features(conversation: Conversation) -> Features:
    """Count them."""
    asked = [
        message_text(one).strip().casefold() for one in conversation["messages"] if one["role"] == "user"
    ]
    calls = list(tool_calls(conversation))
    called = [(call.get("name", ""), json.dumps(call.get("arguments"), sort_keys=True)) for call in calls]
    failures = sum(bool(result.get("is_error")) for result in tool_results(conversation))
    failures += sum(call["status"] == "error" for call in conversation["calls"])
    failures += conversation["status"] == "error"
    return Features(
        turns=turns(conversation),
        tool_calls=len(calls),
        distinct_tools=len({name for name, _ in called}),
        retries=len(asked) - len(set(asked)) + len(called) - len(set(called)),
        failures=failures,
        prompt_tokens=sum(len(tokens(text)) for text in asked),
    )


def score(counted: Features) -> float:
    """turns beyond the first 1 (≤ 4) · tool calls ½ (≤ 6 calls) · several tools 1 · retries 1½ · failures 2 · length 1 or 2."""
    length = (counted.prompt_tokens > LONG_PROMPT) + (counted.prompt_tokens > VERY_LONG_PROMPT)
    return (
        min(max(counted.turns - 1, 0), 4)
        + 0.5 * min(counted.tool_calls, 6)
        + (counted.distinct_tools > 1)
        + 1.5 * counted.retries
        + 2.0 * counted.failures
        + length
    )


def difficulty_of(counted: Features, cutoffs: Cutoffs = DOCUMENTED) -> Difficulty:
    """easy below the first cutoff, hard from the second; 1.5 and 4 unless the project is calibrated."""
    value = score(counted)
    if value < cutoffs.medium:
        return Difficulty.EASY
    return Difficulty.MEDIUM if value < cutoffs.hard else Difficulty.HARD
