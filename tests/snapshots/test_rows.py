"""Rows in the shape TRL trains on, made from the normal form of a conversation."""

from typing import Any

import pytest

from snapshots.rows import (
    Lineage,
    NotARow,
    chat_messages,
    preference_row,
    sft_row,
    split_at_question,
    trl_view,
)

LINEAGE = Lineage("t1", "v1", ("j2", "j1"), simulated=True, licence="CC0-1.0")


def said(role: str, text: str, **more: Any) -> dict[str, Any]:
    return {"role": role, "parts": [{"type": "text", "text": text}], **more}


CALL = {"type": "tool_call", "id": "c1", "name": "calculator", "arguments": '{"expression": "2+2"}'}
RESULT = {"type": "tool_result", "id": "c1", "name": "calculator", "result": {"value": 4}}
CONVERSATION: dict[str, Any] = {
    "messages": [
        said("user", "What is 2+2?"),
        {"role": "assistant", "parts": [{"type": "reasoning", "text": "use the tool"}, CALL]},
        {"role": "tool", "parts": [RESULT]},
        said("assistant", "4"),
    ],
    "tools": [{"name": "calculator", "description": "computes", "parameters": {"type": "object"}}],
}


def answered(messages: list[Any] | None = None, answer: list[Any] | None = None) -> dict[str, Any]:
    prompt, said_before = split_at_question(
        {"messages": CONVERSATION["messages"] if messages is None else messages}
    )
    return sft_row(
        prompt=prompt,
        answer=said_before if answer is None else answer,
        tools=CONVERSATION["tools"],
        reason="accepted",
        split="train",
        lineage=LINEAGE,
    )


def test_tool_calls_keep_their_arguments_as_data_and_reasoning_is_left_out() -> None:
    row = answered()
    assert row["messages"] == [
        {"role": "user", "content": "What is 2+2?"},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {
                    "type": "function",
                    "id": "c1",
                    "function": {"name": "calculator", "arguments": {"expression": "2+2"}},
                }
            ],
        },
        {"role": "tool", "content": '{"value": 4}', "name": "calculator", "tool_call_id": "c1"},
        {"role": "assistant", "content": "4"},
    ]
    assert set(trl_view(row)) == {"messages", "tools"}


def test_lineage_and_the_mark_of_simulation_travel_with_the_row() -> None:
    lineage = answered()["lineage"]
    assert lineage["judgments"] == ["j1", "j2"]
    assert lineage["simulated"] is True
    assert lineage["licence"] == "CC0-1.0"


def test_a_fix_replaces_the_answer_with_its_tool_use_and_keeps_the_question() -> None:
    row = answered(answer=[said("assistant", "It is 4.")])
    assert [m["content"] for m in row["messages"]] == ["What is 2+2?", "It is 4."]


def test_the_prompt_ends_with_the_last_question() -> None:
    prompt, answer = split_at_question(CONVERSATION)
    assert ([m["role"] for m in prompt], len(answer)) == (["user"], 3)


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([said("user", "hello?")], "no_answer"),
        ([said("assistant", "hello")], "no_prompt"),
        ([*CONVERSATION["messages"], said("user", "and 3+3?")], "no_answer"),
        ([said("user", "hello?"), said("assistant", "  ")], "empty_answer"),
        (
            [{"role": "user", "parts": [{"type": "file", "uri": "x"}]}, said("assistant", "a")],
            "unsupported_part",
        ),
    ],
)
def test_a_conversation_without_a_trainable_answer_is_refused_by_name(messages: list[Any], code: str) -> None:
    with pytest.raises(NotARow) as refusal:
        answered(messages)
    assert refusal.value.code == code


def preference(chosen: str, rejected: str) -> dict[str, Any]:
    return preference_row(
        prompt=CONVERSATION["messages"][:1],
        chosen=[said("assistant", chosen)],
        rejected=[said("assistant", rejected)],
        tools=CONVERSATION["tools"],
        strength=2,
        votes={"a": 2, "b": 0},
        reason="judged",
        split="train",
        lineage=LINEAGE,
    )


def test_a_preference_row_has_trl_columns_with_strength_and_votes_beside_them() -> None:
    row = preference("4", "5")
    assert row["prompt"] == [{"role": "user", "content": "What is 2+2?"}]
    assert (row["strength"], row["votes"]) == (2, {"a": 2, "b": 0})
    assert set(trl_view(row)) == {"prompt", "chosen", "rejected", "tools"}


@pytest.mark.parametrize(
    ("chosen", "rejected", "code"), [("4", "4", "identical_answers"), ("4", "", "empty_answer")]
)
def test_a_pair_that_teaches_nothing_is_refused(chosen: str, rejected: str, code: str) -> None:
    with pytest.raises(NotARow) as refusal:
        preference(chosen, rejected)
    assert refusal.value.code == code


def test_a_call_and_its_result_in_one_message_become_two_messages() -> None:
    roles = [m["role"] for m in chat_messages([{"role": "assistant", "parts": [CALL, RESULT]}])]
    assert roles == ["assistant", "tool"]
