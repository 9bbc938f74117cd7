"""Ids of people and sessions in copies of a request: the pseudonym of the attribute, and what is no id stays."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.privacy import SurrogateKey, default_rules
from core.privacy.surrogates import surrogate
from curation.formats.spans import Span
from curation.ingest.redaction import Redactor, redact_span
from tests.curation.spans import span

KEY = SurrogateKey("test", b"k" * 32)
REDACTOR = Redactor(1, default_rules().structured, KEY)
USER, SESSION = surrogate("user", "u1842", KEY), surrogate("session", "s77", KEY)
MESSAGES = [{"role": "user", "content": "hello"}]


def stored(attributes: dict[str, Any], **more: Any) -> dict[str, Any]:
    one: Span = {**span("s", **more), "attributes": attributes}  # type: ignore[typeddict-item]
    return redact_span(one, REDACTOR)[0]["attributes"]


@pytest.mark.parametrize("named", [{"user.id": "u1842", "session.id": "s77"}, {}])
@pytest.mark.parametrize("name", ["input.value", "request.body", "langfuse.observation.input", "traceloop.entity.input"])  # fmt: skip
def test_a_request_kept_whole_names_people_as_the_attribute_does(name: str, named: dict[str, str]) -> None:
    request = {
        "model": "m", "messages": MESSAGES, "user": "u1842", "user_id": "u1842", "session_id": "s77",
        "metadata": {"userId": "u1842", "thread_id": "s77"}, "extra_body": {"metadata": {"user_id": "u1842"}},
    }  # fmt: skip
    clean = {
        "model": "m", "messages": MESSAGES, "user": USER, "user_id": USER, "session_id": SESSION,
        "metadata": {"userId": USER, "thread_id": SESSION}, "extra_body": {"metadata": {"user_id": USER}},
    }  # fmt: skip
    done = stored({name: json.dumps(request), "copy": request, **named})
    assert json.loads(done[name]) == clean
    assert done["copy"] == clean
    assert done.get("user.id") == (USER if named else None)


def test_a_request_in_json_in_a_string_and_one_that_was_cut_are_read_too() -> None:
    request = json.dumps({"model": "m", "user_id": "u1842", "messages": MESSAGES})
    done = stored({"user.id": "u1842", "input.value": json.dumps({"body": request}), "request": request[:-9]})
    assert "u1842" not in json.dumps(done)
    assert json.loads(json.loads(done["input.value"])["body"])["user_id"] == USER
    assert f'"user_id": "{USER}"' in done["request"]


def test_events_name_people_as_the_span_does() -> None:
    event = {
        "name": "request",
        "time": 1,
        "attributes": {"body": json.dumps({"user": "u1842"}), "user.id": "u1842"},
    }
    one: Span = {**span("s"), "attributes": {"user.id": "u1842"}, "events": [event]}  # type: ignore[typeddict-item]
    attributes = redact_span(one, REDACTOR)[0]["events"][0]["attributes"]
    assert json.loads(attributes["body"]) == {"user": USER}
    assert attributes["user.id"] == USER


@pytest.mark.parametrize(
    "attributes",
    [
        {"input.value": json.dumps({"user": "hello"})},
        {"input.value": json.dumps({"model": "m", "user": "What is moss?"})},
        {"input.value": json.dumps({"messages": [{"role": "user", "content": "hi", "user_id": "u1"}]})},
        {"openinference.span.kind": "TOOL", "input.value": json.dumps({"user_id": "u1842"})},
        {"gen_ai.tool.name": "look_up", "gen_ai.tool.call.arguments": json.dumps({"user_id": "u1842"})},
        {"input.value": '{"a": 1, "a": 2, "said": "user_id is a name"}'},
        {"input.value": json.dumps({"user_id": None, "session_id": ""})},
    ],
)
def test_words_and_arguments_of_tools_stay_as_they_are(attributes: dict[str, Any]) -> None:
    assert stored(attributes) == attributes


def test_an_id_that_the_span_names_is_known_in_the_arguments_of_a_tool_too() -> None:
    done = stored({"user.id": "u1842", "gen_ai.tool.name": "look_up",
                   "gen_ai.tool.call.arguments": json.dumps({"user_id": "u1842", "other": "u1842x"})})  # fmt: skip
    assert json.loads(done["gen_ai.tool.call.arguments"]) == {"user_id": USER, "other": "u1842x"}


def test_stored_copies_are_not_named_again() -> None:
    once = stored({"user.id": "u1842", "input.value": json.dumps({"model": "m", "user": "u1842"})})
    assert stored(once) == once
