"""A conversation as question and answer: tool steps belong to the answer, system prompts to neither."""

from annotation.exchange import (
    alternatives,
    asked_text,
    evidence,
    final_text,
    question,
    response_of,
    with_text,
)
from curation.conversation import Message, message, new_conversation

CALL: Message = {
    "role": "assistant",
    "parts": [{"type": "tool_call", "id": "1", "name": "add", "arguments": {}}],
}
RESULT: Message = {"role": "tool", "parts": [{"type": "tool_result", "id": "1", "result": "4"}]}
WHOLE = new_conversation(
    [
        message("system", "You are the thorough one."),
        message("user", "Hello"),
        message("assistant", "Hi."),
        message("user", "2 + 2?"),
        CALL,
        RESULT,
        message("assistant", "It is 4."),
    ]
)


def test_tool_steps_belong_to_the_answer_and_system_prompts_are_not_shown() -> None:
    assert [one["role"] for one in question(WHOLE)] == ["user", "assistant", "user"]
    assert response_of(WHOLE) == [CALL, RESULT, message("assistant", "It is 4.")]
    assert final_text(response_of(WHOLE)) == "It is 4."
    assert evidence(WHOLE) == ["4"]
    assert asked_text(WHOLE) == "hello\n2 + 2?"


def test_an_alternative_shares_the_steps() -> None:
    other = {**WHOLE, "alternatives": [[message("assistant", "Four.")], [message("assistant", " ")]]}
    assert alternatives(other) == [[CALL, RESULT, message("assistant", "Four.")]]  # type: ignore[arg-type]


def test_a_rewritten_answer_keeps_its_steps() -> None:
    assert with_text(response_of(WHOLE), "4.") == [CALL, RESULT, message("assistant", "4.")]
    assert with_text([CALL, RESULT], "4.") == [CALL, RESULT, message("assistant", "4.")]


def test_an_answer_that_ends_in_a_tool_result_has_no_text() -> None:
    assert final_text([CALL, RESULT]) == ""
    assert final_text([]) == ""
