"""The record form: every field is read, and a wrong one is named."""

import gzip
import io
from typing import Any

import pytest

from curation.conversation import answer_text
from curation.formats.assemble import assemble
from curation.formats.lines import Line, read_lines
from curation.formats.problem import BadRow, RowProblem
from curation.formats.record import read_record
from curation.formats.signals import read_signals
from tests.curation.records import record


def refused(**changes: Any) -> RowProblem:
    with pytest.raises(BadRow) as caught:
        read_record(record(**changes), "traces.jsonl", 7)
    return caught.value.problem


def test_a_record_becomes_a_conversation_with_its_facts() -> None:
    span = read_record(record(feedback={"rating": "down", "origin": "user", "needs_work": True, "comment": "wrong"},
                              training_use="denied", escalated=True), "f", 1)  # fmt: skip
    conversation = assemble([span])
    assert answer_text(conversation) == "Paris."
    assert conversation["context"]["service"] == "chat"
    assert conversation["calls"][0]["usage"] == {"input_tokens": 12, "output_tokens": 3}
    assert conversation["calls"][0]["ttft_ms"] == 120
    signals = read_signals([span], conversation)
    assert (signals["training_use"], signals["escalated"]) == ("denied", True)
    assert signals["feedback"][0]["rating"] == "down"
    assert signals["feedback"][0]["needs_work"]


def test_a_record_carries_guards_interrupts_and_the_end_of_a_permission() -> None:
    guard = {"layer": "output", "name": "pii", "rule_version": "3", "score": None, "verdict": "block"}
    cut = {
        "kind": "timeout",
        "at": "2026-09-01T00:01:03Z",
        "span_id": "",
        "detail": "upstream",
        "recovered": True,
    }
    span = read_record(record(guards=[guard], interrupts=[cut], simulated=True, training_use="allowed",
                              training_use_until="2099-12-31"), "f", 1)  # fmt: skip
    conversation = assemble([span])
    assert (conversation.get("guards"), conversation.get("interrupts")) == ([guard], [cut])
    assert "winnow.conversation" not in conversation["attributes"]
    signals = read_signals([span], conversation)
    assert (signals["training_use"], signals["training_use_until"][:10]) == ("allowed", "2100-01-01")
    assert span["attributes"]["winnow.simulated"] is True


def test_a_record_carries_code_flags_of_tools_and_details_of_usage() -> None:
    ran = {
        "type": "code_execution",
        "id": "c",
        "language": "python",
        "input": "1+1",
        "stdout": "2",
        "exit_code": 0,
    }
    tool = {
        "type": "function",
        "function": {"name": "pay", "parameters": {}, "irreversible": True, "sandboxed": False},
    }
    usage = {"prompt_tokens": 12, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 4},
             "completion_tokens_details": {"reasoning_tokens": 2}}  # fmt: skip
    value = record(request={"model": "m", "tools": [tool], "messages": [{"role": "user", "content": "1+1?"}]})
    value["response"] |= {"usage": usage, "system_fingerprint": "fp"}
    value["response"]["choices"][0]["message"] = {
        "role": "assistant",
        "content": [ran, {"type": "text", "text": "2"}],
    }
    conversation = assemble([read_record(value, "f", 1)])
    assert conversation["messages"][-1]["parts"][0] == ran
    assert (conversation["tools"][0].get("irreversible"), conversation["tools"][0].get("sandboxed")) == (
        True,
        False,
    )
    assert conversation["calls"][0]["usage"] == {
        "input_tokens": 12, "output_tokens": 3, "cache_read_tokens": 4, "reasoning_tokens": 2}  # fmt: skip
    assert conversation["attributes"]["winnow.response"] == {"system_fingerprint": "fp"}


def test_logprobs_are_accepted_and_their_tokens_stay_out() -> None:
    value = record()
    value["response"]["choices"][0]["logprobs"] = {"content": [{"token": "Par", "logprob": -0.1}]}
    value["response"]["choices"][0]["message"]["logprobs"] = [{"token": "Par"}]
    assert "'Par'" not in repr(read_record(value, "f", 1))


def test_two_calls_of_one_trace_share_it_and_have_spans_of_their_own() -> None:
    one, two = (read_record(record(request_id=f"r{place}"), "f", 1) for place in (1, 2))
    assert one["trace_id"] == two["trace_id"]
    assert one["span_id"] != two["span_id"]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"feedbak": {}}, "feedbak", "unknown_field"),
        ({"ts": "yesterday"}, "ts", "bad_time"),
        ({"ts": "2999-01-01T00:00:00Z"}, "ts", "bad_time"),
        ({"request_id": ""}, "request_id", "broken_id"),
        ({"request_id": 7}, "request_id", "wrong_type"),
        ({"escalated": "yes"}, "escalated", "wrong_type"),
        ({"latency_ms": True}, "latency_ms", "wrong_type"),
        ({"request": {"messages": "hi"}}, "request.messages", "wrong_type"),
        ({"request": {"messages": [{"content": "hi"}]}}, "request.messages[0].role", "wrong_type"),
        (
            {"request": {"messages": [{"role": "user", "content": 3}]}},
            "request.messages[0].content",
            "wrong_type",
        ),
        ({"response": {"choices": [{"message": None}]}}, "response.choices[0].message[0]", "wrong_type"),
        ({"retrieval": [{"doc_id": "d"}]}, "retrieval[0].text", "wrong_type"),
        ({"feedback": {"ratng": "up"}}, "feedback.ratng", "unknown_field"),
        ({"feedback": {"rating": "meh"}}, "feedback.rating", "wrong_value"),
        ({"training_use": "maybe"}, "training_use", "wrong_value"),
        ({"training_use": "allowed", "training_use_until": "soon"}, "training_use_until", "bad_time"),
        ({"training_use_until": "2099-01-01"}, "training_use_until", "wrong_value"),
        ({"guards": [{"layer": "input"}]}, "guards[0].name", "wrong_type"),
        ({"interrupts": {}}, "interrupts", "wrong_type"),
        ({"simulated": "yes"}, "simulated", "wrong_type"),
        ({"latency_ms": 1e308}, "latency_ms", "wrong_value"),
        ({"latency_ms": 10**15}, "latency_ms", "wrong_value"),
        ({"ttft_ms": 10**400}, "ttft_ms", "wrong_value"),
        ({"response": {"choices": [], "usage": "many"}}, "response.usage", "wrong_type"),
    ],
)
def test_a_wrong_field_is_named_with_a_hint(changes: dict[str, Any], field: str, code: str) -> None:
    problem = refused(**changes)
    assert (problem.place, problem.line, problem.field, problem.code) == ("traces.jsonl", 7, field, code)
    assert problem.hint


def test_an_unknown_field_suggests_the_one_that_was_meant() -> None:
    assert refused(feedbak={}).hint == "Did you mean feedback?"


def test_a_missing_field_is_named() -> None:
    value = record()
    del value["service"]
    with pytest.raises(BadRow) as caught:
        read_record(value, "f", 1)
    assert (caught.value.problem.field, caught.value.problem.code) == ("service", "missing_field")


@pytest.mark.parametrize("whole", [b"one\ntwo\n\nthree", b"one\r\ntwo\r\n\r\nthree\r\n"])
def test_lines_are_numbered_as_an_editor_numbers_them(whole: bytes) -> None:
    for data in (whole, gzip.compress(whole), gzip.compress(whole[:5]) + gzip.compress(whole[5:])):
        lines = list(read_lines(io.BytesIO(data), "f"))
        assert lines == [Line(1, b"one"), Line(2, b"two"), Line(4, b"three")]


@pytest.mark.parametrize("keep", [5, 30, 200, -9, -1])
def test_a_cut_gzip_stream_keeps_the_lines_before_the_cut(keep: int) -> None:
    whole = b"\n".join(b"line %d %d" % (number, number**7) for number in range(500))
    *lines, last = read_lines(io.BytesIO(gzip.compress(whole)[:keep]), "f.gz")
    assert isinstance(last, RowProblem)
    assert last.code == "truncated_gzip"
    assert last.line == len(lines) + 1
    assert all(isinstance(one, Line) and one.raw in whole for one in lines)


def test_a_damaged_gzip_stream_is_named_too() -> None:
    *_, last = read_lines(io.BytesIO(gzip.compress(b"a\nb")[:12] + b"\xff" * 30), "f.gz")
    assert isinstance(last, RowProblem)
    assert last.code == "truncated_gzip"


def test_a_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(b"\n".join([b"x" * 1000] * 5000))
    *_, last = read_lines(io.BytesIO(bomb), "f.gz", limit=1 << 20)
    assert isinstance(last, RowProblem)
    assert last.code == "too_large"


def test_an_endless_line_is_given_up() -> None:
    found = list(read_lines(io.BytesIO(gzip.compress(b"x" * (9 << 20))), "f.gz"))
    assert [one.code for one in found if isinstance(one, RowProblem)] == ["line_too_long"]
