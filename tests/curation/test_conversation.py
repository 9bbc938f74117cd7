"""The few questions every station asks of a conversation."""

import time

from curation.conversation import (
    Call,
    Message,
    answer_text,
    asked,
    last_user_text,
    message,
    new_conversation,
    split_answer,
    tool_calls,
    total_cost,
    total_usage,
    turns,
)
from curation.kinds import kind_of

CALL: Message = {
    "role": "assistant",
    "parts": [{"type": "tool_call", "id": "1", "name": "add", "arguments": {}}],
}
RESULT: Message = {"role": "tool", "parts": [{"type": "tool_result", "id": "1", "result": 4}]}
QUESTION, ANSWER = message("user", "2+2?"), message("assistant", "4")


def test_the_answer_is_the_assistants_last_word() -> None:
    conversation = new_conversation([QUESTION, CALL, RESULT, ANSWER])
    assert split_answer(conversation) == ([QUESTION, CALL, RESULT], [ANSWER])
    assert answer_text(conversation) == "4"
    assert asked(conversation) == [QUESTION]
    assert [part["name"] for part in tool_calls(conversation)] == ["add"]


def test_a_conversation_that_ends_in_a_tool_result_has_no_answer() -> None:
    conversation = new_conversation([QUESTION, CALL, RESULT])
    assert split_answer(conversation)[1] == []
    assert answer_text(conversation) == ""


def test_an_empty_conversation_asks_and_answers_nothing() -> None:
    conversation = new_conversation()
    assert (last_user_text(conversation), answer_text(conversation), turns(conversation)) == ("", "", 0)
    assert asked(conversation) == []


def test_turns_are_what_the_user_said() -> None:
    conversation = new_conversation([QUESTION, ANSWER, message("user", "sure?"), ANSWER])
    assert turns(conversation) == 2
    assert last_user_text(conversation) == "sure?"


def test_tokens_and_cost_add_up_over_calls_whose_numbers_are_known() -> None:
    def call(cost: float | None, **usage: int) -> Call:
        return {"span_id": "s", "operation": "chat", "provider": "", "model_requested": "", "model_answered": "",
                "usage": usage, "started_at": "", "ended_at": "", "ttft_ms": None, "latency_ms": None, "status": "ok",
                "error_type": "", "cost_usd": cost}  # fmt: skip

    conversation = new_conversation([QUESTION])
    conversation["calls"] = [call(0.5, input_tokens=3), call(None, input_tokens=2, output_tokens=1)]
    assert total_usage(conversation) == {"input_tokens": 5, "output_tokens": 1}
    assert total_cost(conversation) == 0.5


def test_an_answer_that_never_stops_breaking_lines_is_read_in_no_time() -> None:
    endless = new_conversation([message("user", "Go on."), message("assistant", "." + "\n" * 60_000 + "x")])
    started = time.monotonic()
    assert kind_of(endless) == "single"
    assert time.monotonic() - started < 2
