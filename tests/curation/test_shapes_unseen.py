"""What instrumentations beyond the scenarios write, one small span for each thing learned from them."""

from __future__ import annotations

import json
from typing import Any

from curation.conversation import message_text
from curation.formats.assemble import assemble
from curation.formats.payloads import answered
from tests.curation.one_span import llm, one, told
from tests.curation.spans import asked, chat, event

GIVEN = "llm.input_messages"
TOLD = "llm.output_messages"


def test_a_call_that_failed_and_left_an_empty_answer_behind_has_failed() -> None:
    raised = event("exception", 1.5, exception__type="shop.OutOfStock", exception__message="none left")
    conversation = told(
        {**llm(), f"{GIVEN}.0.message.role": "user", f"{GIVEN}.0.message.content": "A fern?",
         f"{TOLD}.0.message.role": "assistant",
         "output.value": json.dumps({"generations": [[{"text": "", "message": {"type": "ai", "content": ""}}]]})},
        status="error", said="none left", events=[raised],
    )  # fmt: skip
    assert (conversation["status"], conversation["error"]) == (
        "error",
        {"type": "OutOfStock", "message": "none left"},
    )
    assert [message["role"] for message in conversation["messages"]] == ["user"]


def test_a_reason_nobody_gave_is_none_of_its_own() -> None:
    conversation = told({**llm(), "input.value": "A fern?", "output.value": "In the shade."})
    assert "finish_reason" not in conversation["messages"][-1]


def test_two_texts_where_two_choices_were_asked_for_are_alternatives() -> None:
    said: dict[str, Any] = {
        f"{TOLD}.{place}.message.{field}": value
        for place, words in enumerate(["In the shade.", "Anywhere."])
        for field, value in (("role", "assistant"), ("content", words))
    }
    parameters = {"llm.invocation_parameters": json.dumps({"n": 2}), "output.value": "Anywhere."}
    conversation = told({**llm(), **said, **parameters})
    assert message_text(conversation["messages"][-1]) == "In the shade."
    assert [message_text(turns[0]) for turns in conversation["alternatives"]] == ["Anywhere."]


def test_ids_that_stand_in_the_request_and_response_alone_join_calls_and_results() -> None:
    calls = [
        {"id": f"c{place}", "type": "function", "function": {"name": "find", "arguments": "{}"}}
        for place in (1, 2)
    ]
    request = {"messages": [{"role": "assistant", "content": "", "tool_calls": calls},
                            {"role": "tool", "tool_call_id": "c1", "content": "moss"},
                            {"role": "tool", "tool_call_id": "c2", "content": "fern"}]}  # fmt: skip
    name = "message.tool_calls.{}.tool_call.function.name"
    response = {
        "choices": [{"message": {"role": "assistant", "tool_calls": calls}, "finish_reason": "tool_calls"}]
    }
    conversation = told({
        **llm(), "input.value": json.dumps(request), "output.value": json.dumps(response),
        f"{GIVEN}.0.message.role": "assistant", f"{TOLD}.0.message.role": "assistant",
        **{f"{where}.0.{name.format(place)}": "find" for where in (GIVEN, TOLD) for place in (0, 1)},
        **{f"{GIVEN}.{place}.message.role": "tool" for place in (1, 2)},
        **{f"{GIVEN}.{place}.message.content": word for place, word in ((1, "moss"), (2, "fern"))},
    })  # fmt: skip
    ids = [part["id"] for message in conversation["messages"] for part in message["parts"]]
    assert ids == ["c1", "c2", "c1", "c2", "c1", "c2"]
    assert [message["parts"][0]["name"] for message in conversation["messages"][1:3]] == ["find", "find"]


def test_bedrocks_tools_have_a_name_and_a_schema() -> None:
    schema = {"type": "object", "properties": {"plant": {"type": "string"}}}
    spec = {"toolSpec": {"name": "find", "description": "Finds.", "inputSchema": {"json": schema}}}
    wanted = [{"name": "find", "description": "Finds.", "parameters": schema}]
    assert told({**llm(), "llm.tools.0.tool.json_schema": json.dumps(spec)})["tools"] == wanted
    assert assemble([chat("c", gen_ai__tool__definitions=[spec])])["tools"] == wanted


def test_an_object_that_was_never_read_is_no_answer() -> None:
    assert answered("<shop.Stream object at 0x7f3eb24b0510>") == []
    assert answered("<b>In the shade.</b>") != []


def test_langchain_says_why_each_of_its_generations_ended() -> None:
    one_of = {
        "text": "In the shade.",
        "generation_info": {"finish_reason": "length"},
        "message": {"kwargs": {"content": "In the shade.", "type": "ai"}},
    }
    told_of = {
        "text": "",
        "message": {
            "kwargs": {"type": "ai", "content": "Dry.", "response_metadata": {"finish_reason": "stop"}}
        },
    }
    assert [each["finish_reason"] for each in answered({"generations": [[one_of, told_of]]})] == [
        "length",
        "stop",
    ]


def test_a_step_that_prepares_a_request_is_no_call() -> None:
    prepared = {
        **llm(),
        "input.value": json.dumps({"chat_history": ["A fern?"]}),
        "output.value": json.dumps({"messages": ["A fern?"], "tools": []}),
        "llm.model_name": "m",
    }
    call = chat("c", gen_ai__input__messages=asked(), gen_ai__usage__input_tokens=3)
    conversation = assemble([one(prepared), call])
    assert [each["usage"] for each in conversation["calls"]] == [{"input_tokens": 3}]


def test_agents_that_write_their_tools_as_turns_have_turns_of_tools() -> None:
    roles = ["tool-call", "tool-response"]
    given = [{"role": role, "content": [{"type": "text", "text": "moss"}]} for role in roles]
    messages = assemble([chat("c", gen_ai__input__messages=given)])["messages"]
    assert [message["role"] for message in messages] == ["assistant", "tool"]
    assert messages[1]["parts"][0]["result"] == "moss"


def test_a_first_token_after_the_end_was_counted_in_milliseconds() -> None:
    spans = [chat(str(said), seconds=2) for said in (0.25, 250, 9000)]
    for each, said in zip(spans, (0.25, 250, 9000), strict=True):
        each["attributes"]["gen_ai.server.time_to_first_token"] = said
    assert [assemble([each])["calls"][0]["ttft_ms"] for each in spans] == [250, 250, 9_000_000]


def run(kind: str, given: Any, returned: Any, **more: Any) -> dict[str, Any]:
    said = {"langsmith.span.kind": kind, "gen_ai.system": "langchain", "gen_ai.prompt": json.dumps(given)}
    return {**said, "gen_ai.completion": json.dumps(returned), **more}


def test_langsmiths_search_is_a_search_and_its_tokens_have_their_details() -> None:
    found = run(
        "retriever", {"q": "A fern?"}, {"output": [{"page_content": "Ferns.", "metadata": {"source": "d1"}}]}
    )
    found["gen_ai.operation.name"] = "embeddings"
    usage = {"input_tokens": 9, "output_tokens": 4, "input_token_details": {"cache_read": 3},
             "output_token_details": {"reasoning": 2}}  # fmt: skip
    call = run(
        "llm", {"messages": asked(), "model": "m"}, {"choices": [{"message": {"content": "In the shade."}}]}
    )
    call |= {
        "langsmith.metadata.usage_metadata": json.dumps(usage),
        "langsmith.metadata.ls_provider": "openai",
    }
    conversation = assemble([one(found), {**one(call), "span_id": "b" * 16}])
    assert [passage["document_id"] for passage in conversation["retrieval"]] == ["d1"]
    [told_call] = conversation["calls"]
    assert told_call["provider"] == "openai"
    assert told_call["usage"] == {
        "input_tokens": 9, "output_tokens": 4, "cache_read_tokens": 3, "reasoning_tokens": 2,
    }  # fmt: skip
    assert message_text(conversation["messages"][-1]) == "In the shade."


def test_langsmiths_tool_gives_its_result_and_its_failed_call_no_answer() -> None:
    tool = run("tool", {"city": "Oslo"}, {"output": "sunny"}, **{"gen_ai.tool.name": "weather"})
    asked_for = {"id": "c1", "function": {"name": "weather", "arguments": "{}"}}
    call = chat("c", gen_ai__output__messages=[{"role": "assistant", "tool_calls": [asked_for]}])
    assert assemble([one(tool), call])["messages"][-1]["parts"][0]["result"] == "sunny"
    raised = event("exception", exception__type="Exception", exception__message="Boom()\n\nTraceback of it")
    failed = told(run("llm", {"messages": asked()}, {"output": None}), status="error", events=[raised])
    assert failed["error"] == {"type": "Exception", "message": "Boom()"}
    assert len(failed["messages"]) == 1


def test_people_and_sessions_stand_in_metadata_too() -> None:
    whole = told({**llm(), "metadata": json.dumps({"user_id": "ada", "thread_id": "t1"})})
    assert (whole["context"]["user"], whole["context"]["session"]) == ("ada", "t1")
    flat = told(run("llm", asked(), "x", **{"langsmith.metadata.user_id": "ada", "session.id": "own",
                                             "langsmith.metadata.session_id": "t1"}))  # fmt: skip
    assert (flat["context"]["user"], flat["context"]["session"]) == ("ada", "own")
    assert (
        told({**llm(), "llm.invocation_parameters": json.dumps({"user": "ada"})})["context"]["user"] == "ada"
    )
