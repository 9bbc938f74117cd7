"""What happened besides words: guards, failures that were recovered from, people taking over, permission to train."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from curation.conversation import Guard, new_conversation
from curation.formats.assemble import assemble
from curation.formats.signals import read_signals
from curation.formats.spans import Span, SpanEvent
from tests.curation.spans import answered, asked, chat, event, log, span

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def guards(*spans: Span) -> list[Guard]:
    return assemble(spans).get("guards", [])


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"gen_ai.guardrail.result.type": "action", "gen_ai.guardrail.result.value": "GUARDRAIL_INTERVENED"}, "block"),
        ({"gen_ai.guardrail.result.type": "action", "gen_ai.guardrail.result.value": "NONE"}, "allow"),
        ({"gen_ai.guardrail.result.type": "tripwire_triggered", "gen_ai.guardrail.result.value": "true"}, "block"),
        ({"gen_ai.guardrail.result.type": "tripwire_triggered", "gen_ai.guardrail.result.value": "false"}, "allow"),
        ({"gen_ai.guardrail.result.type": "filter_match_state", "gen_ai.guardrail.result.value": "MATCH_FOUND"}, "flag"),
        ({"gen_ai.guardrail.result.type": "severity", "gen_ai.guardrail.result.value": "6",
          "gen_ai.guardrail.risk.score": 6.0}, ""),
    ],
)  # fmt: skip
def test_a_guard_says_what_it_called_its_result_and_nothing_is_inferred(
    said: dict[str, Any], verdict: str
) -> None:
    said |= {"gen_ai.guardrail.component.name": "Watch", "gen_ai.guardrail.source": "OUTPUT",
             "gen_ai.guardrail.policy.version": "3"}  # fmt: skip
    events: list[SpanEvent] = [{"name": "gen_ai.guardrail.result", "time": 5, "attributes": said}]
    score = said.get("gen_ai.guardrail.risk.score")
    assert guards(chat("c", events=events)) == [
        {"layer": "output", "name": "Watch", "rule_version": "3", "score": score, "verdict": verdict}
    ]


def test_a_guard_is_read_the_same_from_span_event_and_record() -> None:
    said = {"gen_ai.guardrail.component.name": "Watch", "gen_ai.guardrail.source": "input",
            "gen_ai.guardrail.result.type": "action", "gen_ai.guardrail.result.value": "blocked"}  # fmt: skip
    remote = span("g", gen_ai__operation__name="apply_guardrail")
    record = log("c", "gen_ai.guardrail.result", 1, 1)
    told = [
        guards({**remote, "attributes": remote["attributes"] | said}),
        guards(chat("c", events=[{"name": "gen_ai.guardrail.result", "time": 1, "attributes": said}])),
        guards(chat("c"), {**record, "attributes": said}),
    ]
    assert (
        told
        == [[{"layer": "input", "name": "Watch", "rule_version": "", "score": None, "verdict": "block"}]] * 3
    )


def test_our_own_words_for_guards_are_read_from_spans_and_events() -> None:
    said = {"winnow__guard__layer": "tool", "winnow__guard__name": "limits", "winnow__guard__rule_version": "v2",
            "winnow__guard__score": 0.5, "winnow__guard__verdict": "escalate"}  # fmt: skip
    want = [{"layer": "tool", "name": "limits", "rule_version": "v2", "score": 0.5, "verdict": "escalate"}]
    assert guards(span("g", **said)) == want
    assert guards(chat("c", events=[event("winnow.guard", **said)])) == want


@pytest.mark.parametrize(
    "attributes",
    [
        {"openinference.span.kind": "GUARDRAIL", "output.value": '{"passed": false, "score": 0.9}'},
        {
            "langfuse.observation.type": "guardrail",
            "langfuse.observation.output": '{"passed": false, "score": 0.9}',
        },
    ],
)
def test_wrappers_write_guards_as_a_kind_of_span(attributes: dict[str, Any]) -> None:
    one = span("g", name="prompt-injection")
    assert guards({**one, "attributes": attributes}) == [
        {"layer": "input", "name": "prompt-injection", "rule_version": "", "score": 0.9, "verdict": "block"}
    ]


def test_a_failure_that_was_recovered_from_stays_in_the_course() -> None:
    failed = chat(
        "a", start=1, status="error", error__type="APITimeoutError", gen_ai__input__messages=asked()
    )
    worked = chat("b", start=3, gen_ai__input__messages=asked(), gen_ai__output__messages=answered())
    conversation = assemble([failed, worked])
    assert conversation["status"] == "ok"
    assert [(one["kind"], one["detail"], one["recovered"]) for one in conversation.get("interrupts", [])] == [
        ("timeout", "APITimeoutError", True)
    ]


@pytest.mark.parametrize(
    ("error", "message", "kind"),
    [
        ("asyncio.exceptions.CancelledError", "", "cancelled"),
        ("java.net.SocketTimeoutException", "", "timeout"),
        ("ValueError", "it timed out", "timeout"),
        ("RateLimitError", "429", "error"),
    ],
)
def test_a_failure_is_told_by_its_kind(error: str, message: str, kind: str) -> None:
    failed = chat("a", status="error", said=message, error__type=error, gen_ai__input__messages=asked())
    [interrupt] = assemble([failed]).get("interrupts", [])
    assert (interrupt["kind"], interrupt["detail"]) == (kind, error.rpartition(".")[2])
    assert interrupt["recovered"] is False


def test_a_tool_that_timed_out_marks_its_result_and_the_course() -> None:
    call = [
        {"role": "assistant", "tool_calls": [{"id": "c1", "function": {"name": "find", "arguments": "{}"}}]}
    ]
    result = [{"role": "tool", "tool_call_id": "c1", "content": "nothing"}]
    first = chat("a", start=1, gen_ai__input__messages=asked(), gen_ai__output__messages=call)
    tool = span("t", start=3, status="error", error__type="TimeoutError", gen_ai__operation__name="execute_tool",
                gen_ai__tool__name="find", gen_ai__tool__call__id="c1")  # fmt: skip
    last = chat(
        "b", start=5, gen_ai__input__messages=[*asked(), *call, *result], gen_ai__output__messages=answered()
    )
    conversation = assemble([first, tool, last])
    [part] = conversation["messages"][2]["parts"]
    assert (part["is_error"], part["timed_out"], part["duration_ms"]) == (True, True, 1000)
    assert [(one["kind"], one["recovered"]) for one in conversation.get("interrupts", [])] == [
        ("timeout", True)
    ]


def test_a_person_taking_over_and_what_an_application_reports_are_interrupts() -> None:
    own = event("winnow.interrupt", 2, winnow__interrupt__kind="cancelled", winnow__interrupt__detail="left")
    root = span("root", seconds=9, winnow__escalated=True, events=[own])
    found = assemble([root]).get("interrupts", [])
    assert [(one["kind"], one["detail"]) for one in found] == [("cancelled", "left"), ("handover", "")]


def permission(*spans: Span) -> tuple[str, str]:
    signals = read_signals(spans, new_conversation(), NOW)
    return signals["training_use"], signals["training_use_until"]


def test_a_permission_ends_with_its_date() -> None:
    def until(date: str) -> tuple[str, str]:
        return permission(span("a", winnow__training_use="allowed", **{"winnow__training_use.until": date}))

    assert until("2027-01-01") == ("allowed", "2027-01-02T00:00:00+00:00")
    assert until("2026-11-22")[0] == "allowed"
    assert until("2026-11-01T00:00:00Z")[0] == "denied"
    assert until("next year")[0] == "unknown"


def test_the_strictest_word_and_the_earliest_end_hold() -> None:
    early = span("a", winnow__training_use="allowed", **{"winnow__training_use.until": "2026-12-01"})
    late = span("b", winnow__training_use="allowed", **{"winnow__training_use.until": "2028-01-01"})
    assert permission(early, late) == ("allowed", "2026-12-02T00:00:00+00:00")
    assert permission(early, span("c", winnow__training_use="denied"))[0] == "denied"
    assert permission(early, span("c", winnow__training_use="perhaps"))[0] == "unknown"
    assert permission(span("c", winnow__training_use="perhaps"))[0] == "unknown"
    assert permission(span("c")) == ("", "")


@pytest.mark.parametrize(
    "attributes",
    [
        {"langfuse.trace.metadata.winnow.training_use": '"allowed"'},
        {"langfuse.observation.metadata.winnow.training_use": "allowed"},
        {"traceloop.association.properties.winnow.training_use": "allowed"},
        {"ai.telemetry.metadata.winnow.training_use": "allowed"},
        {"metadata": '{"winnow.training_use": "allowed"}'},
    ],
)
def test_permission_is_found_where_an_sdk_lets_one_write_metadata_only(attributes: dict[str, Any]) -> None:
    assert permission({**span("a"), "attributes": attributes})[0] == "allowed"


def test_feedback_comes_as_event_record_and_annotation() -> None:
    said = {"gen_ai.evaluation.name": "user_feedback", "gen_ai.evaluation.score.label": "down"}
    record = {**log("c", "gen_ai.evaluation.result", 2, 1), "attributes": said}
    noted = {"annotations.0.annotation.name": "user_feedback", "annotations.0.annotation.label": "thumbs_down",
             "annotations.0.annotation.annotator_kind": "HUMAN"}  # fmt: skip
    for spans in (
        [chat("c", events=[{"name": "gen_ai.evaluation.result", "time": 1, "attributes": said}])],
        [chat("c"), record],
        [{**chat("c"), "attributes": noted}],
    ):
        [found] = read_signals(spans, new_conversation())["feedback"]
        assert (found["name"], found["rating"], found["origin"]) == ("user_feedback", "down", "user")
