"""OpenLLMetry, Pydantic AI and events beyond the scenarios: what is written and the captures do not show."""

from __future__ import annotations

import json

from curation.conversation import message_text
from curation.formats.assemble import assemble
from tests.curation.one_span import one, told
from tests.curation.spans import asked, chat, event


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
