"""An answer is proved wrong by arithmetic, by a tool that failed, or by a result that says otherwise; and by nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from curation.conversation import Conversation, message, new_conversation
from curation.falsehoods import Rule, falsehoods
from tests.curation.conversations import any_conversation, full_conversation


def told(
    answer: str, *results: Any, errors: tuple[int, ...] = (), late: tuple[int, ...] = ()
) -> Conversation:
    """A question, a call of one tool for each result, and an answer."""
    made = new_conversation([message("user", "Tell me.")])
    for place, result in enumerate(results):
        call = {"type": "tool_call", "id": f"c{place}", "name": "look", "arguments": {}}
        back = {"type": "tool_result", "id": f"c{place}", "result": result, "is_error": place in errors,
                "timed_out": place in late}  # fmt: skip
        made["messages"] += [
            {"role": "assistant", "parts": [call]},  # type: ignore[list-item]
            {"role": "tool", "parts": [back]},  # type: ignore[list-item]
        ]
    made["messages"].append(message("assistant", answer))
    return made


@pytest.mark.parametrize(
    ("conversation", "rules"),
    [
        (told("It is 6*7 = 43."), [Rule.WRONG_ARITHMETIC]),
        (told("It is 6*7 = 42."), []),
        (told("Booked.", {"error": "down"}, errors=(0,)), [Rule.FAILED_TOOL]),
        (told("Booked.", None, late=(0,)), [Rule.FAILED_TOOL]),
        (told("Booked.", "down", {"ok": 1}, errors=(0,)), []),
        (told("The price is $244.", {"price": "231"}), [Rule.CONTRADICTS_TOOL]),
        (told("The price is $231.00.", {"price": 231}), []),
        (told("The total price is 12.", [{"totalPrice": 13}]), [Rule.CONTRADICTS_TOOL]),
        (told("The price is 12.", [{"price": 13}, {"price": 14}]), []),
        (told("The price is 14.", {"price": 13}, {"price": 14}), []),
        (told("The price is 5% lower.", {"price": 13}), []),
        (told("The time is 6:30.", {"time": 7}), []),
        (told("12 is a nice price.", {"price": 13}), []),
        (told("The price is good.", {"price": 13}), []),
    ],
)
def test_what_an_answer_is_convicted_of(conversation: Conversation, rules: list[Rule]) -> None:
    assert [one.rule for one in falsehoods(conversation)] == rules


def test_evidence_is_places_numbers_and_names() -> None:
    (found,) = falsehoods(told("The price is $244.", {"price": "231"}))
    assert found.evidence == {"message": 3, "result_message": 2, "result_part": 0, "field": "price", "stated": "$244",
                              "returned": ["231"]}  # fmt: skip


def test_without_an_answer_nobody_is_wrong() -> None:
    assert falsehoods(new_conversation([message("user", "6*7 = 43?")])) == []
    assert falsehoods(full_conversation()) == []


@given(any_conversation())
def test_every_verdict_carries_evidence(conversation: Conversation) -> None:
    assert all(one.evidence for one in falsehoods(conversation))
