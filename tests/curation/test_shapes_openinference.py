"""OpenInference beyond the scenarios: what its convention allows and the captures do not show."""

from __future__ import annotations

import json

from curation.conversation import answer_text, message_text, total_cost
from curation.formats.assemble import assemble
from tests.curation.one_span import llm, one, told
from tests.curation.spans import answered, asked, chat, event


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
