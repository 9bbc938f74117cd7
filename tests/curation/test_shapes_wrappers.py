"""OpenInference, Langfuse and OpenLLMetry beyond the scenarios: what their conventions allow and captures do not show."""

from __future__ import annotations

import json
from typing import Any

import pytest

from curation.conversation import Conversation, answer_text, message_text, total_cost
from curation.formats.assemble import assemble
from curation.formats.spans import Span
from tests.curation.spans import answered, asked, chat, event, span


def one(attributes: dict[str, Any], name: str = "call", **more: Any) -> Span:
    return {**span("a", name=name, **more), "attributes": attributes}


def told(attributes: dict[str, Any], **more: Any) -> Conversation:
    return assemble([one(attributes, **more)])


def llm(**attributes: Any) -> dict[str, Any]:
    said = {key.replace("__", "."): value for key, value in attributes.items()}
    return {"openinference.span.kind": "LLM", **said}


def test_openinference_without_flattened_messages_is_read_from_the_request_and_response() -> None:
    request = {"model": "m", "messages": asked(), "tools": [{"type": "function", "function": {"name": "f"}}]}
    response = {"model": "m-1", "usage": {"prompt_tokens": 4, "completion_tokens": 2},
                "choices": [{"message": answered()[0], "finish_reason": "length"}]}  # fmt: skip
    conversation = told({**llm(), "input.value": json.dumps(request), "output.value": json.dumps(response)})
    assert answer_text(conversation) == "hello"
    assert conversation["messages"][-1]["finish_reason"] == "length"
    [call] = conversation["calls"]
    assert (call["model_requested"], call["model_answered"]) == ("m", "m-1")
    assert call["usage"] == {"input_tokens": 4, "output_tokens": 2}
    assert [tool["name"] for tool in conversation["tools"]] == ["f"]


def test_what_openinference_says_twice_is_kept_once() -> None:
    conversation = told({
        **llm(), "input.value": "hi", "output.value": "hello", "input.mime_type": "text/plain",
        "llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": "hi",
        "llm.output_messages.0.message.role": "assistant", "llm.output_messages.0.message.content": "hello",
        "llm.token_count.total": 5, "app.shop": "garden",
    })  # fmt: skip
    assert conversation["attributes"] == {"app.shop": "garden"}


def test_openinference_contents_hold_pictures_reasoning_and_text_in_order() -> None:
    start = "llm.input_messages.0.message."
    conversation = told({
        **llm(), f"{start}role": "user",
        f"{start}contents.1.message_content.type": "image",
        f"{start}contents.1.message_content.image.image.url": "https://x.example/leaf.png",
        f"{start}contents.0.message_content.type": "text", f"{start}contents.0.message_content.text": "What is it?",
        f"{start}contents.2.message_content.type": "document",
        f"{start}contents.2.message_content.document.document.url": "gs://a.pdf",
        f"{start}contents.2.message_content.document.document.name": "a.pdf",
    })  # fmt: skip
    assert conversation["messages"][0]["parts"] == [
        {"type": "text", "text": "What is it?"},
        {"type": "file", "uri": "https://x.example/leaf.png"},
        {"type": "file", "uri": "gs://a.pdf", "name": "a.pdf"},
    ]


def test_more_than_ten_messages_stand_in_the_order_of_their_numbers() -> None:
    said = llm()
    for place in range(12):
        said |= {f"llm.input_messages.{place}.message.role": "user",
                 f"llm.input_messages.{place}.message.content": f"m{place}"}  # fmt: skip
    assert [message_text(message) for message in told(said)["messages"]] == [
        f"m{place}" for place in range(12)
    ]


def test_openinference_cost_and_token_details_have_the_common_names() -> None:
    conversation = told({
        **llm(), "llm.cost.total": 0.25, "llm.token_count.prompt": 10, "llm.token_count.completion": 4,
        "llm.token_count.prompt_details.cache_read": 6, "llm.token_count.prompt_details.cache_write": 2,
        "llm.token_count.completion_details.reasoning": 3,
    })  # fmt: skip
    assert total_cost(conversation) == 0.25
    assert conversation["calls"][0]["usage"] == {
        "input_tokens": 10, "output_tokens": 4, "cache_read_tokens": 6, "cache_creation_tokens": 2,
        "reasoning_tokens": 3,
    }  # fmt: skip


def test_completions_have_prompts_and_choices() -> None:
    said = {
        "llm.prompts.0.prompt.text": "Once",
        "llm.choices.0.completion.text": " upon",
        "llm.choices.1.completion.text": " a",
    }
    conversation = told({**llm(), **said})
    assert [message_text(message) for message in conversation["messages"]] == ["Once", " upon"]
    assert len(conversation["alternatives"]) == 1


def test_a_rerank_hands_over_passages_and_is_no_call() -> None:
    conversation = told({
        "openinference.span.kind": "RERANKER", "reranker.query": "moss", "reranker.model_name": "r",
        "reranker.input_documents.0.document.content": "x",
        "reranker.output_documents.0.document.id": "d1", "reranker.output_documents.0.document.content": "y",
        "reranker.output_documents.0.document.score": 0.5,
    })  # fmt: skip
    assert conversation["calls"] == []
    assert [(passage["document_id"], passage["text"]) for passage in conversation["retrieval"]] == [
        ("d1", "y")
    ]


def test_an_agents_own_words_are_used_only_where_no_call_has_any() -> None:
    root = one({"openinference.span.kind": "AGENT", "input.value": "hi", "output.value": "hello"}, seconds=9)
    assert answer_text(assemble([root])) == "hello"
    call = chat(
        "c",
        "a",
        start=2,
        gen_ai__input__messages=asked("hi, longer"),
        gen_ai__output__messages=answered("yes"),
    )
    conversation = assemble([root, call])
    assert answer_text(conversation) == "yes"
    assert "input.value" not in conversation["attributes"]


def test_an_exception_names_the_error_where_the_span_does_not() -> None:
    raised = event("exception", exception__type="openai.APITimeoutError", exception__message="m")
    conversation = told({**llm(), "llm.input_messages.0.message.content": "hi"}, status="error",
                        said="APITimeoutError: too slow", events=[raised])  # fmt: skip
    assert conversation["error"] == {"type": "APITimeoutError", "message": "too slow"}


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


def test_old_openllmetry_messages_may_hold_blocks_and_tools_without_an_id() -> None:
    blocks = json.dumps(
        [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": "https://x"}}]
    )
    conversation = told({
        "llm.request.type": "chat", "gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": blocks,
        "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.finish_reason": "tool_calls",
        "gen_ai.completion.0.tool_calls.0.name": "find", "gen_ai.completion.0.tool_calls.0.arguments": "{}",
        "gen_ai.usage.cache_read_input_tokens": 0, "llm.usage.total_tokens": 9, "gen_ai.usage.prompt_tokens": 9,
    })  # fmt: skip
    assert [part["type"] for part in conversation["messages"][0]["parts"]] == ["text", "file"]
    assert conversation["messages"][1]["parts"] == [
        {"type": "tool_call", "id": "", "name": "find", "arguments": {}}
    ]
    assert conversation["calls"][0]["usage"] == {"input_tokens": 9}


def test_openais_agents_write_reasoning_and_calls_as_messages_of_their_own() -> None:
    out, given = "llm.output_messages", "llm.input_messages"
    items = [
        {"type": "reasoning", "summary": []},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
    ]
    steps = {
        "1.message.role": "assistant", "1.message.contents.0.message_content.type": "reasoning",
        "1.message.contents.0.message_content.text": "look", "2.message.role": "assistant",
        "2.message.tool_calls.0.tool_call.id": "c", "2.message.tool_calls.0.tool_call.function.name": "f",
        "2.message.tool_calls.0.tool_call.function.arguments": "{}",
    }  # fmt: skip
    asked_again = {f"{given}.0.message.role": "user", f"{given}.0.message.content": "hi"}
    asked_again |= {f"{given}.{name}": value for name, value in steps.items()}
    answer = {f"{out}.{name}": value for name, value in steps.items()}
    for said in (asked_again, answer | {"output.value": json.dumps({"output": items})}):
        messages = told({**llm(), **said})["messages"]
        assert [part["type"] for part in messages[-1]["parts"]] == ["reasoning", "tool_call"]
        assert told({**llm(), **said})["alternatives"] == []


def test_openinference_text_that_stands_in_content_and_contents_is_told_once() -> None:
    start = "llm.output_messages.0.message."
    said = {f"{start}role": "assistant", f"{start}content": "Yes.", f"{start}contents.0.message_content.type": "text",
            f"{start}contents.0.message_content.text": "Yes."}  # fmt: skip
    assert told({**llm(), **said})["messages"][-1]["parts"] == [{"type": "text", "text": "Yes."}]


def test_pydantic_ai_says_its_words_once_and_its_agent_speaks_where_no_call_does() -> None:
    whole = json.dumps([*asked(), {"role": "assistant", "parts": [{"type": "text", "content": "hello"}]}])
    agent = {"gen_ai.operation.name": "invoke_agent", "pydantic_ai.all_messages": whole, "final_result": "hello",
             "logfire.json_schema": "{}", "agent_name": "desk"}  # fmt: skip
    conversation = told(agent)
    assert [message_text(message) for message in conversation["messages"]] == ["hi", "hello"]
    assert conversation["attributes"] == {"agent_name": "desk"}
    offered = json.dumps({"function_tools": [{"name": "f", "parameters_json_schema": {"type": "object"}}]})
    call = chat("c", "a", gen_ai__input__messages=asked(), model_request_parameters=offered)
    assert assemble([one(agent), call])["tools"] == [
        {"name": "f", "description": "", "parameters": {"type": "object"}}
    ]


def test_the_first_chunk_of_an_old_stream_is_the_first_token() -> None:
    chunk = event("llm.content.completion.chunk", 1.25)
    conversation = told({"llm.request.type": "chat", "gen_ai.request.model": "m"}, events=[chunk])
    assert conversation["calls"][0]["ttft_ms"] == 250


def test_what_a_model_thought_before_its_answer_is_no_choice_of_its_own() -> None:
    conversation = told({
        "llm.request.type": "completion", "gen_ai.completion.0.role": "thinking", "gen_ai.completion.0.content": "look",
        "gen_ai.completion.0.finish_reason": "end_turn", "gen_ai.completion.1.role": "assistant",
        "gen_ai.completion.1.content": "Yes.",
    })  # fmt: skip
    [message] = conversation["messages"]
    assert message["role"] == "assistant"
    assert [(part["type"], part["text"]) for part in message["parts"]] == [
        ("reasoning", "look"),
        ("text", "Yes."),
    ]
    assert conversation["alternatives"] == []


def test_the_name_of_a_prompt_template_is_no_message() -> None:
    conversation = told({"gen_ai.operation.name": "chat", "gen_ai.prompt.name": "greeting"})
    assert conversation["messages"] == []
    assert conversation["attributes"] == {"gen_ai.prompt.name": "greeting"}
    assert conversation.get("provenance", {}).get("shapes") == ["genai"]


def test_a_prompt_and_a_completion_in_one_attribute_each_are_read() -> None:
    said = {
        "gen_ai.system": "x",
        "gen_ai.prompt": json.dumps({"messages": asked()}),
        "gen_ai.completion": "hello",
    }
    assert [message_text(message) for message in told(said)["messages"]] == ["hi", "hello"]


def test_bedrocks_blocks_in_span_events_are_read() -> None:
    call = [{"toolUse": {"toolUseId": "t1", "name": "find", "input": {"name": "fern"}}}]
    result = [{"toolResult": {"toolUseId": "t1", "status": "error", "content": [{"text": "no such plant"}]}}]
    events = [
        event("gen_ai.user.message", 1, content=json.dumps([{"text": "A fern?"}])),
        event("gen_ai.assistant.message", 1.1, content=json.dumps([{"text": "Let me see."}, *call])),
        event("gen_ai.tool.message", 1.2, content=json.dumps(result), role="tool", id="t1"),
        event(
            "gen_ai.choice", 1.3, message=json.dumps([{"text": "There is none."}]), finish_reason="end_turn"
        ),
    ]
    messages = told({"gen_ai.operation.name": "chat"}, events=events)["messages"]
    assert [one["role"] for one in messages] == ["user", "assistant", "tool", "assistant"]
    assert [part["type"] for part in messages[1]["parts"]] == ["text", "tool_call"]
    assert messages[2]["parts"] == [
        {"type": "tool_result", "id": "t1", "result": "no such plant", "is_error": True, "name": "find"}
    ]
    assert messages[3]["finish_reason"] == "stop"


def test_geminis_content_in_records_is_read() -> None:
    events = [
        event("gen_ai.user.message", 1, **{"log.body": {"content": {"role": "user", "parts": [{"text": "hi"}]}}}),
        event("gen_ai.choice", 2, **{"log.body": {
            "index": 0, "finish_reason": "STOP", "content": {"role": "model", "parts": [{"text": "hello"}]}}}),
    ]  # fmt: skip
    messages = told({"gen_ai.operation.name": "generate_content"}, events=events)["messages"]
    assert [(one["role"], message_text(one)) for one in messages] == [("user", "hi"), ("assistant", "hello")]
    assert messages[-1]["finish_reason"] == "stop"


def test_tokens_of_a_kind_nobody_counts_stay_in_the_rest() -> None:
    said = {
        "gen_ai.operation.name": "chat",
        "gen_ai.usage.input_tokens": 3,
        "gen_ai.usage.audio.input_tokens": 2,
    }
    assert told(said)["attributes"] == {"gen_ai.usage.audio.input_tokens": 2}
