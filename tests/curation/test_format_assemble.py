"""Spans of one trace become one conversation: the longest wins, nothing is counted twice."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from curation.conversation import Conversation, answer_text, split_answer, total_usage
from curation.formats.assemble import assemble
from curation.formats.genai import unfold
from curation.formats.otlp import read_protobuf
from curation.formats.problem import BrokenRow
from curation.formats.signals import read_signals
from curation.formats.spans import Span


def span(
    span_id: str, parent_id: str = "", *, start: int = 1, status: str = "unset", **attributes: Any
) -> Span:
    return {"trace_id": "ab" * 16, "span_id": span_id, "parent_id": parent_id, "name": span_id, "kind": "client",
            "start": start * 10**9, "end": (start + 1) * 10**9, "status": status, "status_message": "",
            "attributes": {name.replace("__", "."): value for name, value in attributes.items()}, "events": [],
            "resource": {}, "scope": ""}  # fmt: skip


@pytest.fixture(scope="module")
def captured(shared_data: Path) -> dict[str, list[Span]]:
    body = (shared_data / "traces" / "otlp" / "genai" / "genai.traces.00.pb").read_bytes()
    traces: dict[str, list[Span]] = defaultdict(list)
    for one in read_protobuf(body):
        assert not isinstance(one, BrokenRow)
        unfold(one)
        traces[one["trace_id"]].append(one)
    scenario = {spans[-1]["trace_id"]: spans for spans in traces.values()}
    named = {}
    for spans in scenario.values():
        root = next(one for one in spans if not one["parent_id"])
        named[root["attributes"]["app.scenario"]] = spans
    return named


def told(captured: dict[str, list[Span]], scenario: str) -> Conversation:
    return assemble(captured[scenario])


def test_three_calls_of_one_trace_are_one_conversation(captured: dict[str, list[Span]]) -> None:
    conversation = told(captured, "multiturn")
    assert [one["role"] for one in conversation["messages"]] == ["system", *["user", "assistant"] * 3]
    assert len(conversation["calls"]) == 3
    assert total_usage(conversation) == {"input_tokens": 46 + 89 + 131, "output_tokens": 13 + 16 + 11}


def test_the_order_in_which_spans_come_does_not_matter(captured: dict[str, list[Span]]) -> None:
    for spans in captured.values():
        assert assemble(spans) == assemble(spans[::-1])


def test_tool_calls_keep_their_arguments_and_results(captured: dict[str, list[Span]]) -> None:
    messages = told(captured, "tools")["messages"]
    calls = messages[2]["parts"]
    assert [part["name"] for part in calls] == ["lookup_order", "calculator"]
    assert calls[0]["arguments"] == {"order_id": "A-1001"}
    assert [(one["parts"][0]["id"], one["parts"][0]["name"]) for one in messages[3:5]] == [
        ("call_1", "lookup_order"),
        ("call_2", "calculator"),
    ]


def test_invalid_tool_arguments_are_kept_as_the_text_they_were(captured: dict[str, list[Span]]) -> None:
    [part] = told(captured, "badargs")["messages"][-1]["parts"]
    assert part["arguments"] == '{"order_id": "A-10'


def test_a_second_choice_is_an_alternative_not_a_message(captured: dict[str, list[Span]]) -> None:
    conversation = told(captured, "nbest")
    assert len(conversation["messages"]) == 2
    assert len(conversation["alternatives"]) == 1


def test_a_failed_call_leaves_a_prompt_and_an_error(captured: dict[str, list[Span]]) -> None:
    conversation = told(captured, "error")
    assert conversation["status"] == "error"
    assert conversation["error"] == {
        "type": "InternalServerError",
        "message": "Error code: 500 - upstream exploded",
    }
    assert split_answer(conversation)[1] == []


def test_retrieved_passages_and_escalation_are_read(captured: dict[str, list[Span]]) -> None:
    assert [one["document_id"] for one in told(captured, "rag")["retrieval"]] == [
        "kb-17#2",
        "kb-03#0",
        "kb-17#5",
    ]
    assert read_signals(captured["escalate"], told(captured, "escalate"))["escalated"]


def test_embeddings_are_calls_without_a_conversation(captured: dict[str, list[Span]]) -> None:
    conversation = told(captured, "embed")
    assert conversation["messages"] == []
    assert [call["operation"] for call in conversation["calls"]] == ["embeddings"]


def test_an_sdk_span_inside_a_wrapper_span_is_one_call() -> None:
    said = [{"role": "user", "content": "hi"}]
    outer = span(
        "a" * 16, gen_ai__operation__name="chat", gen_ai__usage__input_tokens=5, gen_ai__input__messages=said
    )
    inner = span("b" * 16, "a" * 16, gen_ai__operation__name="chat", gen_ai__usage__input_tokens=5)
    conversation = assemble([inner, outer])
    assert total_usage(conversation) == {"input_tokens": 5}


def test_spans_that_name_each_other_as_parent_do_not_hang() -> None:
    one, two = span("a" * 16, "b" * 16, gen_ai__operation__name="chat"), span("b" * 16, "a" * 16)
    assert len(assemble([one, two])["calls"]) == 1


def test_a_retry_that_worked_is_the_answer() -> None:
    said = [{"role": "user", "content": "hi"}]
    failed = span("a" * 16, "c" * 16, start=1, status="error", gen_ai__operation__name="chat",
                  gen_ai__input__messages=said, error__type="timeout")  # fmt: skip
    worked = span("b" * 16, "c" * 16, start=3, gen_ai__operation__name="chat", gen_ai__input__messages=said,
                  gen_ai__output__messages=[{"role": "assistant", "content": "hello"}])  # fmt: skip
    conversation = assemble([worked, failed, span("c" * 16)])
    assert conversation["status"] == "ok"
    assert answer_text(conversation) == "hello"
    assert [call["status"] for call in conversation["calls"]] == ["error", "ok"]


def test_a_tool_result_nobody_was_told_is_added_from_its_span() -> None:
    call = {"role": "assistant", "tool_calls": [{"id": "c1", "function": {"name": "add", "arguments": "{}"}}]}
    model = span("a" * 16, start=1, gen_ai__operation__name="chat", gen_ai__output__messages=[call],
                 gen_ai__input__messages=[{"role": "user", "content": "2+2"}])  # fmt: skip
    tool = span("b" * 16, start=3, status="error", gen_ai__operation__name="execute_tool", gen_ai__tool__name="add",
                gen_ai__tool__call__id="c1", gen_ai__tool__call__result='{"sum": 4}')  # fmt: skip
    [part] = assemble([model, tool])["messages"][-1]["parts"]
    assert part == {"type": "tool_result", "id": "c1", "name": "add", "result": {"sum": 4}, "is_error": True,
                    "duration_ms": 1000.0}  # fmt: skip


def test_results_inside_a_user_turn_become_tool_turns() -> None:
    said = [{"role": "user", "parts": [{"type": "tool_call_response", "id": "c1", "result": "4"},
                                       {"type": "text", "content": "and now?"}]}]  # fmt: skip
    messages = assemble([span("a" * 16, gen_ai__operation__name="chat", gen_ai__input__messages=said)])[
        "messages"
    ]
    assert [one["role"] for one in messages] == ["tool", "user"]


def test_no_spans_make_an_empty_conversation() -> None:
    assert assemble([])["messages"] == []
