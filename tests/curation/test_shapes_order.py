"""However spans and log records come, what they tell is the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curation.conversation import total_usage
from curation.formats.assemble import assemble
from curation.formats.spans import Span
from tests.curation.old_shapes import BUILT
from tests.curation.scenarios import SCENARIOS
from tests.curation.shape_captures import recorded
from tests.curation.spans import answered, asked, chat, log

SMALL = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAMES = st.sampled_from([one.name for one in SCENARIOS])
SHAPES = st.sampled_from(sorted(BUILT))
TOLD = {shape: build() for shape, build in BUILT.items()}
EXTRA = st.dictionaries(
    st.from_regex(r"(app|x)\.[a-z]{1,6}", fullmatch=True), st.text() | st.integers(), max_size=4
)


def as_logs(spans: list[Span]) -> list[Span]:
    """The same trace with every event of a span as a log record beside it."""
    told: list[Span] = []
    for one in spans:
        told.append({**one, "events": []})
        told += [
            {**one, "span_id": f"{one['span_id']}:{place:016x}", "parent_id": one["span_id"], "kind": "log",
             "name": event["name"], "start": event["time"], "end": event["time"], "attributes": event["attributes"]}
            for place, event in enumerate(one["events"])
        ]  # fmt: skip
    return told


@SMALL
@given(shape=SHAPES, name=NAMES, data=st.data())
def test_order_and_repetition_change_nothing(shape: str, name: str, data: st.DataObject) -> None:
    spans = TOLD[shape][name]
    shuffled = data.draw(st.permutations(spans))
    again = data.draw(st.lists(st.sampled_from(spans), max_size=3))
    assert assemble([*shuffled, *again]) == assemble(spans)


@SMALL
@given(shape=st.sampled_from(["genai-span-events", "genai-prompt-events"]), name=NAMES, data=st.data())
def test_log_records_tell_what_span_events_tell_in_any_order(
    shape: str, name: str, data: st.DataObject
) -> None:
    spans = TOLD[shape][name]
    told, same = assemble(data.draw(st.permutations(as_logs(spans)))), assemble(spans)
    assert (told["messages"], told["calls"]) == (same["messages"], same["calls"])


@SMALL
@given(shape=SHAPES, name=NAMES, extra=EXTRA)
def test_attributes_nobody_knows_change_neither_words_nor_tokens(
    shape: str, name: str, extra: dict[str, Any]
) -> None:
    spans = TOLD[shape][name]
    told: list[Span] = [{**one, "attributes": {**extra, **one["attributes"]}} for one in spans]
    more, same = assemble(told), assemble(spans)
    for field in ("messages", "alternatives", "tools", "retrieval", "calls", "status", "error"):
        assert more[field] == same[field]


@pytest.mark.parametrize("shape", ["genai-events", "genai-legacy"])
def test_recorded_logs_may_come_before_their_spans_or_after(shape: str, shared_data: Path) -> None:
    for spans in recorded(shape, shared_data).values():
        logs = [one for one in spans if one["kind"] == "log"]
        rest = [one for one in spans if one["kind"] != "log"]
        assert assemble([*logs, *rest]) == assemble([*rest, *logs]) == assemble([*rest, *logs[::-1]])


def test_logs_whose_span_never_came_make_the_call() -> None:
    said = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m", "gen_ai.input.messages": asked(),
            "gen_ai.output.messages": answered(), "gen_ai.usage.input_tokens": 3}  # fmt: skip
    record = log("gone", "gen_ai.client.inference.operation.details", 2, 1)
    conversation = assemble([{**record, "attributes": said}])
    assert [one["role"] for one in conversation["messages"]] == ["user", "assistant"]
    assert total_usage(conversation) == {"input_tokens": 3}
    assert conversation["calls"][0]["span_id"] == record["parent_id"]


def test_words_on_span_and_record_are_told_once() -> None:
    call = chat("call", gen_ai__input__messages=asked(), gen_ai__output__messages=answered())
    record = log("call", "gen_ai.client.inference.operation.details", 1.5, 1)
    record["attributes"] |= {"gen_ai.input.messages": asked(), "gen_ai.output.messages": answered()}
    assert assemble([record, call])["messages"] == assemble([call])["messages"]


def test_records_of_one_time_stand_in_the_order_of_a_conversation() -> None:
    records = [
        log(
            "call", "gen_ai.choice", 2, 1, {"index": 1, "message": {"content": "b"}, "finish_reason": "stop"}
        ),
        log(
            "call", "gen_ai.choice", 2, 2, {"index": 0, "message": {"content": "a"}, "finish_reason": "stop"}
        ),
        log("call", "gen_ai.user.message", 1, 3, {"content": "hi"}),
        log("call", "gen_ai.system.message", 1, 4, {"content": "be brief"}),
    ]
    conversation = assemble([*records, chat("call")])
    assert [one["role"] for one in conversation["messages"]] == ["system", "user", "assistant"]
    assert conversation["messages"][-1]["parts"][0]["text"] == "a"
    assert conversation["alternatives"][0][0]["parts"][0]["text"] == "b"
