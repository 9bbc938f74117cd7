"""Whatever a sender puts where a value is expected, a reader answers with a row refused or a conversation, never a crash."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from curation.formats.assemble import assemble
from curation.formats.genai import STRUCTURED, USAGE, unfold
from curation.formats.otlp import Malformed, read_json, read_protobuf
from curation.formats.problem import BadRow, BrokenRow
from curation.formats.record import FIELDS, read_record
from curation.formats.signals import read_signals
from curation.formats.spans import Span
from curation.formats.texts import find_bad_text, parse_json
from tests.curation.otlp_bodies import chat
from tests.curation.records import record
from tests.curation.test_format_otlp import as_json

SMALL = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
WORDS = st.sampled_from(["role", "parts", "content", "type", "text", "tool_call", "tool_call_response", "id", "name",
                         "arguments", "function", "result", "user", "assistant", "tool", "system", "messages", "score",
                         "tool_calls", "image_url", "finish_reason", "reasoning", "uri"])  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8) | WORDS
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=4), inner, max_size=5),
    max_leaves=25,
)  # fmt: skip
NAMES = [*STRUCTURED, *(name for names in USAGE.values() for name in names), "gen_ai.operation.name", "error.type",
         "gen_ai.response.finish_reasons", "gen_ai.response.model", "gen_ai.tool.call.id", "gen_ai.tool.name",
         "session.id", "user.id", "winnow.training_use", "winnow.cost_usd", "gen_ai.evaluation.name",
         "gen_ai.evaluation.score.value", "gen_ai.evaluation.score.label"]  # fmt: skip


@SMALL
@given(
    st.lists(st.dictionaries(st.sampled_from(NAMES), VALUES | VALUES.map(json.dumps), max_size=8), max_size=4)
)
@example([{"gen_ai.system_instructions": [-(2**63) - 1]}])
def test_no_attribute_breaks_a_conversation(bags: list[dict[str, Any]]) -> None:
    spans: list[Span] = [
        {"trace_id": "ab" * 16, "span_id": f"{place + 1:016x}", "parent_id": f"{place:016x}" if place else "",
         "name": "s", "kind": "client", "start": 10**18 + place, "end": 0, "status": "error", "status_message": "",
         "attributes": bag, "resource": bag,
         "events": [{"name": "gen_ai.evaluation.result", "time": 1, "attributes": bag}], "scope": ""}
        for place, bag in enumerate(bags)
    ]  # fmt: skip
    for span in spans:
        unfold(span)
    read_signals(spans, assemble(spans))


@SMALL
@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), VALUES, max_size=4))
def test_a_record_is_read_or_refused(changes: dict[str, Any]) -> None:
    try:
        span = read_record(record(**changes), "f", 1)
    except BadRow:
        return
    assemble([span])


@SMALL
@given(VALUES, VALUES, VALUES)
def test_otlp_json_is_read_refused_or_malformed(one: Any, two: Any, three: Any) -> None:
    bodies = [as_json(attributes=one, events=two, status=three), as_json(traceId=one, kind=two, name=three)]
    bodies += [
        json.dumps({"resourceSpans": one}).encode(),
        json.dumps({"resourceSpans": [{"scopeSpans": two}]}).encode(),
    ]
    for body in bodies:
        try:
            list(read_json(body))
        except Malformed:
            continue


@SMALL
@given(st.binary(max_size=60))
def test_any_bytes_are_spans_refusals_or_malformed(noise: bytes) -> None:
    whole = chat().SerializeToString()
    for body in (noise, whole[: len(noise) * 3], whole[:40] + noise + whole[40 + len(noise) :]):
        try:
            list(read_protobuf(body))
        except Malformed:
            continue


@SMALL
@given(st.binary(max_size=80))
def test_any_line_is_a_value_or_a_value_error(line: bytes) -> None:
    try:
        value, _ = parse_json(line)
    except ValueError:
        return
    find_bad_text(value)


def test_a_span_of_a_broken_neighbour_is_still_read() -> None:
    found = list(read_json(as_json(attributes=[{"key": "a", "value": {"intValue": "x"}}])))
    assert [type(one) for one in found] == [BrokenRow]
    with pytest.raises(Malformed):
        list(read_json(b'"text"'))
