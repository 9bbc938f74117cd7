"""Langfuse beyond the scenarios: what its SDKs write and the captures do not show."""

from __future__ import annotations

import json
from typing import Any

import pytest

from curation.conversation import answer_text, message_text, total_cost
from tests.curation.one_span import told
from tests.curation.spans import asked


def generation(**attributes: Any) -> dict[str, Any]:
    said = {f"langfuse.observation.{name}": value for name, value in attributes.items()}
    return {"langfuse.observation.type": "generation", **said}


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        ({"input": 4, "output": 2, "total": 6}, {"input_tokens": 4, "output_tokens": 2}),
        ({"input": 4, "input_cached_tokens": 10, "output": 2, "output_reasoning_tokens": 5},
         {"input_tokens": 14, "output_tokens": 7, "cache_read_tokens": 10, "reasoning_tokens": 5}),
        ({"prompt_tokens": 14, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 10},
          "completion_tokens_details": {"reasoning_tokens": 5}},
         {"input_tokens": 14, "output_tokens": 7, "cache_read_tokens": 10, "reasoning_tokens": 5}),
        ({"input_tokens": 4, "output_tokens": 2, "cache_read_input_tokens": 10, "cache_creation_input_tokens": 1},
         {"input_tokens": 15, "output_tokens": 2, "cache_read_tokens": 10, "cache_creation_tokens": 1}),
        ({"input_tokens": 14, "output_tokens": 7, "input_tokens_details": {"cached_tokens": 10}},
         {"input_tokens": 14, "output_tokens": 7, "cache_read_tokens": 10}),
    ],
)  # fmt: skip
def test_langfuse_tokens_have_the_common_names_whoever_counted(usage: Any, counts: Any) -> None:
    [call] = told(generation(usage_details=json.dumps(usage)))["calls"]
    assert call["usage"] == counts


def test_langfuse_identity_release_cost_and_first_token_are_read() -> None:
    conversation = told(
        generation(
            cost_details='{"input": 0.1, "output": 0.2}', completion_start_time='"1970-01-01T00:00:01.500000Z"',
            input=json.dumps(asked()), output="hello",
        ) | {"langfuse.session.id": "s", "langfuse.user.id": "u", "langfuse.release": "r", "langfuse.environment": "e"},
    )  # fmt: skip
    context = conversation["context"]
    assert (context["session"], context["user"], context["release"], context["environment"]) == (
        "s",
        "u",
        "r",
        "e",
    )
    assert total_cost(conversation) == pytest.approx(0.3)
    assert conversation["calls"][0]["ttft_ms"] == 500
    assert answer_text(conversation) == "hello"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("hi", "hi"),
        (json.dumps({"messages": asked()}), "hi"),
        (json.dumps([{"type": "human", "content": "hi"}]), "hi"),
        (json.dumps({"question": "hi"}), '{"question":"hi"}'),
        (json.dumps({"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}), "hi"),
    ],
)
def test_langfuse_input_of_any_form_is_what_was_asked(given: str, said: str) -> None:
    conversation = told(generation(input=given, output=json.dumps({"role": "assistant", "content": "hello"})))
    assert [message_text(message) for message in conversation["messages"]] == [said, "hello"]


def test_a_langfuse_span_or_event_is_no_call_and_keeps_its_words() -> None:
    for kind in ("span", "event", "evaluator"):
        conversation = told({"langfuse.observation.type": kind, "langfuse.observation.input": '{"a": 1}'})
        assert conversation["calls"] == []
        assert conversation["messages"] == []
        assert conversation["attributes"] == {"winnow.input": {"a": 1}}
