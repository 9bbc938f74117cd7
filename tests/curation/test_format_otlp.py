"""OTLP requests are read span by span, and what is broken names its place and its cure."""

import json
from pathlib import Path
from typing import Any

import pytest

from curation.formats.messages import finish_reason
from curation.formats.otlp import Malformed, read_json, read_protobuf
from curation.formats.problem import BrokenRow
from curation.ingest.items import read_otlp
from tests.curation.otlp_bodies import CHILD, TRACE, chat, joined


def as_json(**span: Any) -> bytes:
    whole = {"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": "chat",
             "startTimeUnixNano": "1788000000000000000", "endTimeUnixNano": "1788000001000000000"} | span  # fmt: skip
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [whole]}]}]}).encode()


def test_protobuf_and_json_of_the_same_capture_give_the_same_spans(shared_data: Path) -> None:
    folder = shared_data / "traces" / "otlp" / "genai"
    binary = list(read_protobuf((folder / "genai.traces.00.pb").read_bytes()))
    text = list(read_json((folder / "genai.traces.00.json").read_bytes()))
    assert len(binary) == 28
    assert binary == text


@pytest.mark.parametrize(
    ("span", "field", "code"),
    [
        ({"traceId": ""}, "trace_id", "missing_id"),
        ({"traceId": "0" * 32}, "trace_id", "missing_id"),
        ({"traceId": "CvdlGRbNQ92ESOshHIAxnA=="}, "trace_id", "broken_id"),
        ({"spanId": "b7ad"}, "span_id", "broken_id"),
        ({"parentSpanId": "xyz"}, "parent_span_id", "broken_id"),
        ({"startTimeUnixNano": "soon"}, "startTimeUnixNano", "wrong_type"),
        ({"startTimeUnixNano": "0"}, "start_time_unix_nano", "bad_time"),
        ({"startTimeUnixNano": "9999999999999999999"}, "startTimeUnixNano", "wrong_type"),
        ({"name": "a\x00b"}, "name", "nul_character"),
    ],
)
def test_a_broken_span_is_refused_with_its_field(span: dict[str, Any], field: str, code: str) -> None:
    [broken] = list(read_json(as_json(**span)))
    assert isinstance(broken, BrokenRow)
    assert (broken.problem.field, broken.problem.code, broken.problem.line) == (field, code, 1)
    assert broken.problem.hint


def test_half_a_surrogate_pair_refuses_its_own_span_only() -> None:
    good, bad = as_json(), as_json(name="cut here: XX").replace(b"XX", b"\\ud83d")
    spans = [
        json.loads(body, strict=False)["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
        for body in (good, bad)
    ]
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}).encode()
    first, second = read_json(body)
    assert not isinstance(first, BrokenRow)
    assert isinstance(second, BrokenRow)
    assert second.problem.code == "lone_surrogate"


def test_bytes_that_are_not_utf8_refuse_their_own_span_only_in_both_encodings() -> None:
    [text] = list(read_json(as_json(name="cut here: XX").replace(b"XX", b"\xff\xfe")))
    assert isinstance(text, BrokenRow)
    assert text.problem.code == "invalid_utf8"
    body = joined(chat(), chat("Was it XXXXXX?", span_id=CHILD)).SerializeToString()
    good, bad = read_protobuf(body.replace(b"XXXXXX", b"\xff\xfe\xff\xfe\xff\xfe"))
    assert not isinstance(good, BrokenRow)
    assert isinstance(bad, BrokenRow)
    assert (bad.problem.code, bad.problem.line) == ("invalid_utf8", 2)


def test_what_is_no_request_at_all_is_malformed() -> None:
    for body in (b"not protobuf", b"\x0a\xff"):
        with pytest.raises(Malformed):
            list(read_protobuf(body))
    for body in (b"{", b"[]", b'{"resourceSpans": [3]}'):
        with pytest.raises(Malformed):
            list(read_json(body))


def test_an_empty_request_holds_no_spans() -> None:
    assert list(read_protobuf(b"")) == []
    assert list(read_json(b"{}")) == []


def test_upper_case_ids_and_numbers_as_strings_are_read() -> None:
    [span] = list(read_json(as_json(traceId="0AF7651916CD43DD8448EB211C80319C",
                                    attributes=[{"key": "n", "value": {"intValue": "7"}}])))  # fmt: skip
    assert not isinstance(span, BrokenRow)
    assert span["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert span["attributes"] == {"n": 7}


def test_a_problem_never_carries_a_value() -> None:
    secret = "sk-proj-" + "a1" * 22
    [broken] = list(read_json(as_json(spanId="b7ad", name=secret)))
    assert isinstance(broken, BrokenRow)
    assert secret not in repr(broken)
    assert secret not in str(broken.problem)


def test_trace_ids_are_hex_in_protobuf_too() -> None:
    [span] = list(read_protobuf(chat().SerializeToString()))
    assert not isinstance(span, BrokenRow)
    assert span["trace_id"] == TRACE.hex()


def test_a_number_or_a_depth_that_cannot_be_written_down_costs_its_span_only() -> None:
    number = [{"key": "n", "value": {"stringValue": 10**30}}]
    deep = '{"arrayValue": {"values": [' * 330 + '{"stringValue": "x"}' + "]}}" * 330
    spans = [
        json.loads(as_json(**more))["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
        for more in ({"name": "\ud800"}, {"attributes": number}, {"name": "sound"})
    ]
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}).encode()
    codes = [
        one.problem.code if isinstance(one, BrokenRow) else ""
        for one in read_otlp(body, as_json=True, place="r")
    ]
    assert codes == ["lone_surrogate", "wrong_type", ""]
    nested = as_json(attributes=[{"key": "d", "value": "HERE"}]).replace(b'"HERE"', deep.encode())
    assert [one.problem.code for one in read_otlp(nested, as_json=True, place="r")] == ["too_deep"]  # type: ignore[union-attr]


@pytest.mark.parametrize("said", ["MAX_TOKENS", "max_tokens", "length", "model_length", "max_output_tokens"])
def test_a_cut_answer_is_known_however_its_provider_spells_it(said: str) -> None:
    assert finish_reason(said) == "length"
