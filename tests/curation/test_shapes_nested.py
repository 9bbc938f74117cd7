"""A call inside a call is one call: nothing is counted twice, and nothing that only the inner one says is lost."""

from __future__ import annotations

from typing import Any

from curation.conversation import answer_text, total_cost, total_usage
from curation.formats.assemble import assemble
from curation.formats.spans import Span
from tests.curation.shape_captures import captured_live
from tests.curation.spans import answered, asked, chat, span


def tokens(given: int, returned: int) -> dict[str, Any]:
    return {"gen_ai__usage__input_tokens": given, "gen_ai__usage__output_tokens": returned}


def test_an_sdk_that_traces_itself_inside_openinference_is_counted_once() -> None:
    spans = captured_live("nested")["nested"]
    conversation = assemble(spans)
    assert len([one for one in spans if one["scope"] == "com.anthropic.sdk.python"]) == 2
    assert [call["usage"] for call in conversation["calls"]] == [
        {"input_tokens": 150, "output_tokens": 9, "cache_read_tokens": 100, "cache_creation_tokens": 30}
    ] * 2
    assert [call["provider"] for call in conversation["calls"]] == ["anthropic"] * 2
    assert [(one["role"], [part["type"] for part in one["parts"]]) for one in conversation["messages"]] == [
        ("system", ["text"]), ("user", ["text"]), ("assistant", ["reasoning", "tool_call"]), ("tool", ["tool_result"]),
        ("assistant", ["text"]),
    ]  # fmt: skip
    assert conversation["messages"][3]["parts"][0]["result"] == "7 in stock"
    assert conversation["messages"][-1]["finish_reason"] == "stop"
    assert [tool["name"] for tool in conversation["tools"]] == ["find_plant"]


def test_the_inner_call_gives_what_the_outer_one_leaves_out() -> None:
    outer = chat("outer", gen_ai__request__model="m", seconds=3, gen_ai__input__messages=asked())
    inner = chat("inner", "outer", start=1.5, gen_ai__response__model="m-1", gen_ai__output__messages=answered(),
                 gen_ai__response__time_to_first_chunk=0.25, winnow__cost_usd=0.5, **tokens(7, 3))  # fmt: skip
    conversation = assemble([inner, outer])
    [call] = conversation["calls"]
    assert (call["model_answered"], call["usage"]) == ("m-1", {"input_tokens": 7, "output_tokens": 3})
    assert call["ttft_ms"] == 750
    assert total_cost(conversation) == 0.5
    assert answer_text(conversation) == "hello"
    assert [one["role"] for one in conversation["messages"]] == ["user", "assistant"]


def test_what_both_report_is_not_added_up() -> None:
    outer = chat("outer", winnow__cost_usd=0.5, **tokens(7, 3))
    middle = chat("middle", "outer", winnow__cost_usd=0.5, **tokens(7, 3))
    inner = chat("inner", "middle", winnow__cost_usd=0.5, **tokens(7, 3))
    conversation = assemble([inner, middle, outer])
    assert total_usage(conversation) == {"input_tokens": 7, "output_tokens": 3}
    assert total_cost(conversation) == 0.5


def test_a_wrapper_without_tokens_counts_its_deepest_calls_once() -> None:
    outer = chat("outer")
    middle = chat("middle", "outer", **tokens(7, 3))
    inner = chat("inner", "middle", **tokens(7, 3))
    assert total_usage(assemble([outer, middle, inner])) == {"input_tokens": 7, "output_tokens": 3}


def test_tries_inside_a_wrapper_are_all_paid_for() -> None:
    outer = chat("outer", seconds=5, gen_ai__input__messages=asked())
    first = chat("a", "outer", start=1, status="error", error__type="TimeoutError", **tokens(7, 0))
    second = chat("b", "outer", start=3, gen_ai__output__messages=answered(), **tokens(7, 3))
    conversation = assemble([outer, first, second])
    assert total_usage(conversation) == {"input_tokens": 14, "output_tokens": 3}
    assert [(one["kind"], one["recovered"]) for one in conversation["interrupts"]] == [("timeout", True)]
    assert conversation["status"] == "ok"


def test_a_call_a_tool_makes_inside_a_call_is_a_call_of_its_own() -> None:
    outer = chat("outer", seconds=5, **tokens(7, 3))
    tool = span("tool", "outer", gen_ai__operation__name="execute_tool", gen_ai__tool__name="t")
    inner = chat("inner", "tool", start=2, **tokens(5, 2))
    assert len(assemble([outer, tool, inner])["calls"]) == 2


def test_two_instrumentations_side_by_side_tell_one_call() -> None:
    wrapper = chat("wrapper", "root", start=1, seconds=3, scope="langchain", **tokens(7, 3))
    sdk = chat(
        "sdk", "root", start=2, seconds=1, scope="openai", gen_ai__output__messages=answered(), **tokens(7, 3)
    )
    other = chat("other", "root", start=2, seconds=1, scope="langchain", **tokens(7, 3))
    conversation = assemble([span("root", seconds=9), wrapper, sdk])
    assert total_usage(conversation) == {"input_tokens": 7, "output_tokens": 3}
    assert answer_text(conversation) == "hello"
    assert len(assemble([span("root", seconds=9), wrapper, other])["calls"]) == 2


def test_a_call_back_and_the_sdk_beneath_it_tell_one_call_although_neither_is_the_others_parent() -> None:
    root, step = span("root", seconds=9), span("model", "root", seconds=8)
    call_backs = [chat(f"cb{place}", "model", start=place + 1, seconds=0.9, scope="langchain", **tokens(7, 3))
                  for place in range(2)]  # fmt: skip
    sdk = [
        chat(f"sdk{place}", "root", start=place + 1.1, seconds=0.5, scope="openai", **tokens(7, 3))
        for place in range(2)
    ]
    assert len(assemble([root, step, *call_backs, *sdk])["calls"]) == 2
    assert len(assemble([root, step, *call_backs, *(one | {"parent_id": ""} for one in sdk)])["calls"]) == 2  # type: ignore[list-item]
    elsewhere = span("other", "root", seconds=8)
    moved = [chat("x", "other", start=1.1, seconds=0.5, scope="openai", **tokens(7, 3))]
    assert len(assemble([root, step, elsewhere, *call_backs, *moved])["calls"]) == 3


def test_embeddings_inside_embeddings_are_one_and_inside_a_chat_their_own() -> None:
    def embed(span_id: str, parent: str) -> Span:
        return span(span_id, parent, gen_ai__operation__name="embeddings", gen_ai__usage__input_tokens=8)

    assert total_usage(assemble([embed("a", ""), embed("b", "a")])) == {"input_tokens": 8}
    assert total_usage(assemble([chat("c", **tokens(7, 3)), embed("b", "c")]))["input_tokens"] == 15


def test_an_agent_that_runs_elsewhere_counts_and_one_whose_calls_are_seen_does_not() -> None:
    agent = span("agent", gen_ai__operation__name="invoke_agent", seconds=9, **tokens(20, 6))
    assert total_usage(assemble([agent])) == {"input_tokens": 20, "output_tokens": 6}
    call = chat("call", "agent", start=2, **tokens(20, 6))
    assert total_usage(assemble([agent, call])) == {"input_tokens": 20, "output_tokens": 6}


def test_calls_that_name_each_other_as_parent_are_still_counted() -> None:
    assert len(assemble([chat("a", "b"), chat("b", "a")])["calls"]) == 1


def test_counting_tokens_is_no_call() -> None:
    count = span("count", gen_ai__provider__name="anthropic", gen_ai__request__model="m",
                 anthropic__message__count_tokens__input_tokens=9)  # fmt: skip
    assert assemble([count])["calls"] == []
