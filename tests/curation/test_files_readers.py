"""Every file format is read for what it says: forms of the providers, ids, times, and what is wrong with a row."""

from __future__ import annotations

from typing import Any

import pytest

from curation.conversation import Conversation, answer_text
from curation.formats.assemble import assemble
from curation.formats.files import FORMATS, Defaults
from curation.formats.files.reading import Undecided, detect, read_value
from curation.formats.problem import BadRow
from curation.formats.row import Row
from curation.formats.signals import read_signals
from curation.formats.spans import Span

AT = 1_788_220_800_000_000_000
TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}]
CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Kiel"}'}}
CHAT: list[dict[str, Any]] = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "How warm is it in Kiel?"},
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "c1", "content": '{"celsius": 4}'},
]
ANSWER = {"role": "assistant", "content": "4 °C."}
USAGE = {"prompt_tokens": 12, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 4},
         "completion_tokens_details": {"reasoning_tokens": 2}}  # fmt: skip
COMPLETION = {"id": "x", "object": "chat.completion", "created": 1_788_220_805, "model": "m-1", "usage": USAGE,
              "choices": [{"index": 0, "message": ANSWER, "finish_reason": "stop"}]}  # fmt: skip


def spans(form: str, line: dict[str, Any]) -> list[Span]:
    assert detect([line]).name == form
    return [found.span for found in read_value(FORMATS[form], line, Row("f", 7), Defaults(AT, "fallback"))]


def read(form: str, line: dict[str, Any]) -> Conversation:
    return assemble(spans(form, line))


def said(conversation: Conversation) -> list[tuple[str, list[str]]]:
    return [(one["role"], [part["type"] for part in one["parts"]]) for one in conversation["messages"]]


def request(**more: Any) -> dict[str, Any]:
    return {"model": "m", "messages": CHAT, "tools": TOOLS, "temperature": 0.1, **more}


SCENARIO = [
    ("system", ["text"]),
    ("user", ["text"]),
    ("assistant", ["tool_call"]),
    ("tool", ["tool_result"]),
    ("assistant", ["text"]),
]


@pytest.mark.parametrize("line", [
    {"request": request(), "response": COMPLETION},
    {"custom_id": "7", "method": "POST", "url": "/v1/chat/completions", "body": request(),
     "response": {"status_code": 200, "body": COMPLETION}},
    {**COMPLETION, "messages": CHAT, "tools": TOOLS},
])  # fmt: skip
def test_a_chat_completion_is_read_from_a_log_a_batch_and_a_stored_completion(line: dict[str, Any]) -> None:
    conversation = read("openai", line)
    assert said(conversation) == SCENARIO
    call = conversation["calls"][0]
    assert call["usage"] == {
        "input_tokens": 12,
        "output_tokens": 3,
        "cache_read_tokens": 4,
        "reasoning_tokens": 2,
    }
    assert (call["model_requested"], call["model_answered"], call["started_at"][:19]) == (
        line.get("model", "m"), "m-1", "2026-09-01T00:00:05")  # fmt: skip
    assert conversation["messages"][2]["parts"][0]["arguments"] == {"city": "Kiel"}
    assert [tool["name"] for tool in conversation["tools"]] == ["weather"]


def test_the_same_scenario_reads_the_same_in_every_form_that_can_say_it() -> None:
    blocks = [
        {"role": "user", "content": "How warm is it in Kiel?"},
        {
            "role": "assistant",
            "content": [{"type": "tool_use", "id": "c1", "name": "weather", "input": {"city": "Kiel"}}],
        },
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "c1", "content": '{"celsius": 4}'}],
        },
    ]
    items = [
        {"role": "user", "content": "How warm is it in Kiel?"},
        {"type": "function_call", "call_id": "c1", "name": "weather", "arguments": '{"city": "Kiel"}'},
        {"type": "function_call_output", "call_id": "c1", "output": '{"celsius": 4}'},
    ]
    told = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "4 °C."}]}
    lines: dict[str, dict[str, Any]] = {
        "openai": {"request": request(), "response": COMPLETION},
        "openai_chat": {"messages": [*CHAT, ANSWER], "tools": TOOLS},
        "openai_preference": {"input": {"messages": CHAT, "tools": TOOLS}, "preferred_output": [ANSWER],
                              "non_preferred_output": [{"role": "assistant", "content": "Cold."}]},
        "anthropic": {"request": {"model": "m", "system": "Be brief.", "messages": blocks, "tools": TOOLS},
                      "response": {"type": "message", "role": "assistant", "model": "m-1", "stop_reason": "end_turn",
                                   "content": [{"type": "text", "text": "4 °C."}]}},
        "langfuse": {"id": "t1", "timestamp": "2026-09-01T00:00:00Z", "observations": [
            {"id": "o1", "type": "GENERATION", "startTime": "2026-09-01T00:00:00Z",
             "input": {"messages": CHAT, "tools": TOOLS}, "output": ANSWER}]},
    }  # fmt: skip
    responses = {"request": {"model": "m", "instructions": "Be brief.", "input": items, "tools": TOOLS},
                 "response": {"object": "response", "model": "m-1", "output": [told]}}  # fmt: skip
    read_all = {name: read(name, line) for name, line in lines.items()} | {
        "responses": read("openai", responses)
    }
    bare = {
        name: [{key: one[key] for key in ("role", "parts")} for one in conversation["messages"]]
        for name, conversation in read_all.items()
    }
    assert all(messages == bare["openai"] for messages in bare.values()), bare
    assert all(one["tools"] == read_all["openai"]["tools"] for one in read_all.values())


def test_a_refused_or_failed_call_is_an_error_with_its_type() -> None:
    line = {
        "body": request(),
        "response": {"status_code": 429, "body": {"error": {"type": "rate_limit", "message": "slow"}}},
    }
    assert [
        found.span["status"] for found in read_value(FORMATS["openai"], line, Row("f", 1), Defaults(AT))
    ] == ["error"]
    failed = read("anthropic", {"request": {"model": "claude-x", "messages": CHAT[1:2]},
                                "response": {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}})  # fmt: skip
    assert failed["error"] == {"type": "overloaded_error", "message": "busy"}


def test_anthropic_keeps_the_order_of_calls_results_and_words_and_counts_the_cache_in() -> None:
    conversation = read("anthropic", {
        "params": {"model": "claude-x", "messages": [{"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": "one"}]},
            {"type": "tool_result", "tool_use_id": "b", "content": "two", "is_error": True},
            {"type": "text", "text": "And now?"},
        ]}]},
        "result": {"type": "succeeded", "message": {
            "type": "message", "role": "assistant", "model": "claude-x", "stop_reason": "end_turn",
            "content": [
                {"type": "thinking", "thinking": "Look.", "signature": "c2ln"},
                {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "q"}},
                {"type": "web_search_tool_result", "tool_use_id": "s", "content": [{"type": "web_search_result", "url": "u"}]},
                {"type": "text", "text": "Done."},
            ],
            "usage": {"input_tokens": 5, "cache_read_input_tokens": 7, "cache_creation_input_tokens": 1, "output_tokens": 2},
        }},
    })  # fmt: skip
    assert said(conversation) == [
        ("tool", ["tool_result", "tool_result"]), ("user", ["text"]),
        ("assistant", ["reasoning", "tool_call"]), ("tool", ["tool_result"]), ("assistant", ["text"]),
    ]  # fmt: skip
    assert [part.get("is_error", False) for part in conversation["messages"][0]["parts"]] == [False, True]
    assert conversation["calls"][0]["usage"]["input_tokens"] == 13
    assert answer_text(conversation) == "Done."
    assert conversation["messages"][-1]["finish_reason"] == "stop"


def test_token_texts_of_logprobs_are_accepted_and_not_kept() -> None:
    tokens = {"content": [{"token": "sk-", "logprob": -0.1}, {"token": "secret", "logprob": -0.2}]}
    choice = {
        "index": 0,
        "message": {**ANSWER, "logprobs": tokens},
        "finish_reason": "stop",
        "logprobs": tokens,
    }
    told = {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": "4", "logprobs": [{"token": "secret"}]}],
    }
    lines: list[tuple[str, dict[str, Any]]] = [
        ("openai", {"request": request(logprobs=True), "response": {**COMPLETION, "choices": [choice]}}),
        ("openai", {"request": {"model": "m", "input": "hi"}, "response": {"object": "response", "output": [told]}}),
        ("openai_chat", {"messages": [CHAT[1], {**ANSWER, "logprobs": tokens}]}),
        ("langfuse", {"id": "o", "traceId": "t", "type": "GENERATION", "startTime": "2026-09-01", "input": "hi",
                      "output": {"choices": [choice]}}),
        ("record", {"trace_id": "t", "request_id": "r", "ts": "2026-09-01T00:00:00Z", "service": "s", "request": request(),
                    "response": {**COMPLETION, "choices": [choice]}}),
    ]  # fmt: skip
    for form, line in lines:
        assert '"secret"' not in repr(spans(form, line)).replace("'", '"'), form


def test_a_preference_says_which_answer_was_chosen_and_is_no_call() -> None:
    line = {
        "input": {"messages": CHAT[1:2]},
        "preferred_output": [ANSWER],
        "non_preferred_output": [{"role": "assistant", "content": "Cold."}],
    }
    found = spans("openai_preference", line)
    conversation = assemble(found)
    assert answer_text(conversation) == "4 °C."
    assert conversation["alternatives"] == [
        [{"role": "assistant", "parts": [{"type": "text", "text": "Cold."}]}]
    ]
    assert conversation["calls"] == []
    verdict = read_signals(found, conversation)["feedback"][0]
    assert (verdict["name"], verdict["rating"]) == ("preference", "up")


def test_weights_of_a_fine_tuning_file_stay_with_their_messages() -> None:
    conversation = read(
        "openai_chat",
        {
            "messages": [CHAT[1], {**ANSWER, "weight": 0}, CHAT[1], {**ANSWER, "weight": 1}],
            "parallel_tool_calls": False,
        },
    )
    assert [one.get("weight") for one in conversation["messages"]] == [None, 0, None, 1]
    assert conversation["attributes"]["winnow.fields"] == {"parallel_tool_calls": False}


def test_sharegpt_pairs_calls_with_their_results_in_order() -> None:
    conversation = read("sharegpt", {"system": "Be brief.", "tools": '[{"name": "weather"}]', "conversations": [
        {"from": "human", "value": "How warm?"},
        {"from": "function_call", "value": '[{"name": "weather", "arguments": {"city": "Kiel"}}, {"name": "weather", "arguments": {}}]'},
        {"from": "observation", "value": "4"}, {"from": "tool", "value": "5"},
        {"from": "gpt", "value": "4 and 5."},
    ]})  # fmt: skip
    calls = conversation["messages"][2]["parts"]
    results = [one["parts"][0] for one in conversation["messages"] if one["role"] == "tool"]
    assert [part["id"] for part in calls] == [part["id"] for part in results] == ["call_1_0", "call_1_1"]
    assert said(conversation)[-1] == ("assistant", ["text"])
    assert [tool["name"] for tool in conversation["tools"]] == ["weather"]


def test_alpaca_joins_instruction_and_input_after_the_history() -> None:
    conversation = read(
        "alpaca",
        {"instruction": "Translate.", "input": "Hund", "output": "dog", "history": [["hi", "hello"]]},
    )
    assert [one["parts"][0]["text"] for one in conversation["messages"]] == [
        "hi",
        "hello",
        "Translate.\n\nHund",
        "dog",
    ]


def test_langfuse_observations_line_by_line_make_the_conversation_that_nested_ones_make() -> None:
    trace: dict[str, Any] = {"id": "7f3c9f0e-5b1e-4c58-9a52-0f7a3a9f1d11", "timestamp": "2026-09-01 00:00:00.000000",
             "session_id": "s", "user_id": "u",
             "environment": "production", "release": "v1", "name": "agent"}  # fmt: skip
    generation: dict[str, Any] = {"id": "g1", "type": "GENERATION", "start_time": "2026-09-01 00:00:01.000000",
                  "end_time": "2026-09-01 00:00:03.000000",
                  "completion_start_time": "2026-09-01 00:00:01.500000", "provided_model_name": "m", "input": [CHAT[1]], "output": ANSWER,
                  "usage_details": {"input": 12, "output": 3, "total": 15}, "cost_details": {"total": 0.02}}  # fmt: skip
    tool = {
        "id": "x1",
        "type": "TOOL",
        "name": "weather",
        "start_time": "2026-09-01 00:00:00.500000",
        "input": "{}",
        "output": "4",
    }
    score: dict[str, Any] = {
        "id": "sc",
        "name": "user-feedback",
        "value": 1,
        "data_type": "NUMERIC",
        "comment": "thanks",
    }
    nested = spans("langfuse", {**trace, "observations": [generation, tool], "scores": [score]})
    apart = [
        span
        for line in (trace, *({**one, "trace_id": trace["id"]} for one in (generation, tool, score)))
        for span in spans("langfuse", line)
    ]
    one, other = assemble(nested), assemble(apart)
    assert {span["trace_id"] for span in nested + apart} == {"7f3c9f0e5b1e4c589a520f7a3a9f1d11"}
    assert one["messages"] == other["messages"]
    assert (one["calls"], one["context"]) == (other["calls"], other["context"])
    call = one["calls"][0]
    assert (call["ttft_ms"], call["latency_ms"], call["cost_usd"]) == (500.0, 2000.0, 0.02)
    assert (one["context"]["session"], one["context"]["release"]) == ("s", "v1")
    for found, conversation in ((nested, one), (apart, other)):
        assert [
            (verdict["rating"], verdict["comment"])
            for verdict in read_signals(found, conversation)["feedback"]
        ] == [("up", "thanks")]


def test_rows_without_time_or_service_take_what_was_given() -> None:
    (span,) = spans(
        "sharegpt", {"conversations": [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "ho"}]}
    )
    assert (span["start"], span["resource"]["service.name"]) == (AT, "fallback")


@pytest.mark.parametrize(("form", "line", "field", "code"), [
    ("openai", {"custom_id": "7", "response": {"body": COMPLETION}}, "request", "missing_field"),
    ("openai", {"request": {"messages": [{"content": "x"}]}, "response": COMPLETION}, "request.messages[0].role", "wrong_type"),
    ("openai", {"ts": "soon", "request": request(), "response": COMPLETION}, "ts", "bad_time"),
    ("openai", {"request": {"input": 3}, "response": {"output": []}}, "request.input", "wrong_type"),
    ("openai_chat", {"messages": [{"role": "user", "content": 3}]}, "messages[0].content", "wrong_type"),
    ("openai_preference", {"input": {"messages": CHAT}, "preferred_output": [], "non_preferred_output": []},
     "preferred_output", "wrong_value"),
    ("anthropic", {"request": {"messages": "hi"}, "response": {"type": "message", "content": []}}, "request.messages", "wrong_type"),
    ("sharegpt", {"conversations": [{"from": "martian", "value": "x"}]}, "conversations[0].from", "wrong_value"),
    ("sharegpt", {"conversations": [{"from": "gpt", "value": 3}]}, "conversations[0].value", "wrong_type"),
    ("alpaca", {"instruction": "a", "output": 3}, "output", "wrong_type"),
    ("alpaca", {"instruction": "a", "output": "b", "history": [["one"]]}, "history[0]", "wrong_type"),
    ("langfuse", {"traceId": "t", "type": "SPAN", "id": ""}, "id", "broken_id"),
    ("langfuse", {"traceId": "t", "type": "SPAN", "id": "a"}, "startTime", "missing_field"),
    ("langfuse", {"id": "t", "observations": [7]}, "observations[0]", "wrong_type"),
])  # fmt: skip
def test_a_wrong_row_is_refused_by_field_code_and_hint(
    form: str, line: dict[str, Any], field: str, code: str
) -> None:
    assert detect([line]).name == form
    with pytest.raises(BadRow) as caught:
        read_value(FORMATS[form], line, Row("f", 7), Defaults(AT))
    problem = caught.value.problem
    assert (problem.line, problem.field, problem.code) == (7, field, code)
    assert problem.hint


@pytest.mark.parametrize(("lines", "names"), [
    ([{"a": 1}], ()),
    ([], ()),
    ([{"instruction": "a", "output": "b"}, {"messages": CHAT}], ("openai_chat", "alpaca")),
    ([{"instruction": "a", "output": "b", "conversations": []}], ("sharegpt", "alpaca")),
    ([{"a": 1}, {"a": 2}, {"a": 3}, {"messages": CHAT}], ()),
])  # fmt: skip
def test_rows_that_do_not_tell_their_format_are_not_guessed(
    lines: list[dict[str, Any]], names: tuple[str, ...]
) -> None:
    with pytest.raises(Undecided) as caught:
        detect(lines)
    assert caught.value.names == names
