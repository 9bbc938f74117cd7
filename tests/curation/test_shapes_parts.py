"""Parts of every provider become typed parts; nothing unknown is dropped."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

from curation.conversation import Message, Part
from curation.formats.assemble import assemble
from curation.formats.messages import read_messages
from curation.formats.tool_definitions import read_tools
from tests.curation.spans import asked, chat, span

BYTES = b"not really a picture"
BASE64 = base64.b64encode(BYTES).decode()
PICTURE = {
    "type": "file",
    "sha256": hashlib.sha256(BYTES).hexdigest(),
    "size": len(BYTES),
    "mime_type": "image/png",
}
RAN = {"type": "code_execution", "id": "c1", "input": "print(1)", "stdout": "1", "language": "python"}


def parts(*raw: Any, role: str = "assistant") -> list[Part]:
    [message] = read_messages([{"role": role, "content": list(raw)}])
    return message["parts"]


def shown(messages: list[Message]) -> list[tuple[str, list[str]]]:
    return [(one["role"], [part["type"] for part in one["parts"]]) for one in messages]


@pytest.mark.parametrize(
    "raw",
    [
        {"type": "blob", "mime_type": "image/png", "modality": "image", "content": BASE64},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{BASE64}"}},
        {"type": "input_image", "image_url": f"data:image/png;base64,{BASE64}"},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": BASE64}},
        {"inlineData": {"mimeType": "image/png", "data": BASE64}},
        PICTURE,
    ],
)
def test_bytes_that_came_inline_are_told_by_their_hash(raw: dict[str, Any]) -> None:
    assert parts(raw, role="user") == [PICTURE]


@pytest.mark.parametrize(
    ("raw", "uri"),
    [
        ({"type": "uri", "uri": "gs://shop/leaf.png", "modality": "image"}, "gs://shop/leaf.png"),
        ({"type": "file", "file_id": "file-1", "modality": "document"}, "file-1"),
        ({"type": "file", "file": {"file_id": "file-1"}}, "file-1"),
        (
            {"type": "image_url", "image_url": {"url": "https://x.example/leaf.png"}},
            "https://x.example/leaf.png",
        ),
        (
            {"type": "document", "source": {"type": "url", "url": "https://x.example/a.pdf"}},
            "https://x.example/a.pdf",
        ),
        ({"fileData": {"fileUri": "gs://shop/leaf.png", "mimeType": ""}}, "gs://shop/leaf.png"),
    ],
)
def test_a_file_elsewhere_is_told_by_its_place(raw: dict[str, Any], uri: str) -> None:
    assert parts(raw, role="user") == [{"type": "file", "uri": uri}]


@pytest.mark.parametrize(
    "raw",
    [
        [{"type": "code_interpreter_call", "id": "c1", "code": "print(1)", "outputs": [{"type": "logs", "logs": "1"}]}],
        [{"type": "server_tool_use", "id": "c1", "name": "code_execution", "input": {"code": "print(1)"}},
         {"type": "code_execution_tool_result", "tool_use_id": "c1",
          "content": {"type": "code_execution_result", "stdout": "1", "stderr": "", "content": []}}],
        [{"type": "server_tool_call", "id": "c1", "name": "code_interpreter",
          "server_tool_call": {"type": "code_interpreter", "code": "print(1)"}},
         {"type": "server_tool_call_response", "id": "c1",
          "server_tool_call_response": {"type": "code_interpreter", "outputs": [{"type": "logs", "logs": "1"}]}}],
        [RAN],
    ],
)  # fmt: skip
def test_code_that_ran_and_what_came_of_it_are_one_part(raw: list[dict[str, Any]]) -> None:
    assert parts(*raw) == [RAN]


def test_a_shell_that_failed_keeps_its_exit_code_and_its_complaint() -> None:
    [part] = parts(
        {"type": "server_tool_use", "id": "s", "name": "bash_code_execution", "input": {"command": "ls /x"}},
        {"type": "bash_code_execution_tool_result", "tool_use_id": "s",
         "content": {"type": "bash_code_execution_result", "stdout": "", "stderr": "no such file", "return_code": 2}},
    )  # fmt: skip
    assert (part["language"], part["exit_code"], part["stderr"]) == ("bash", 2, "no such file")


def test_code_that_ran_too_long_says_so() -> None:
    [part] = parts(
        {"type": "server_tool_use", "id": "s", "name": "code_execution", "input": {"code": "while True: pass"}},
        {"type": "code_execution_tool_result", "tool_use_id": "s",
         "content": {"type": "code_execution_tool_result_error", "error_code": "execution_time_exceeded"}},
    )  # fmt: skip
    assert part["timed_out"] is True


def test_gemini_names_no_ids_and_is_joined_by_order() -> None:
    said = [{"role": "model", "parts": [
        {"executableCode": {"language": "PYTHON", "code": "print(1)"}},
        {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1"}}, {"text": "One."},
    ]}]  # fmt: skip
    [message] = read_messages(said)
    assert message["parts"][0] == {**RAN, "id": "", "exit_code": 0}
    assert message["parts"][1] == {"type": "text", "text": "One."}


def test_gemini_tools_are_calls_and_results() -> None:
    said = [
        {"role": "model", "parts": [{"functionCall": {"name": "sum", "args": {"x": 1}}}]},
        {"role": "user", "parts": [{"functionResponse": {"name": "sum", "response": {"y": 2}}}]},
    ]
    messages = read_messages(said)
    assert messages[0]["parts"] == [{"type": "tool_call", "id": "", "name": "sum", "arguments": {"x": 1}}]
    assert messages[1] == {
        "role": "tool", "parts": [{"type": "tool_result", "id": "", "name": "sum", "result": {"y": 2}}],
    }  # fmt: skip


def test_items_of_the_responses_form_become_turns() -> None:
    messages = read_messages([
        {"role": "user", "content": [{"type": "input_text", "text": "2+2?"}]},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "use the tool"}]},
        {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "sum", "arguments": '{"x": "2+2"}'},
        {"type": "function_call_output", "call_id": "call_1", "output": "4"},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "4."}]},
    ])  # fmt: skip
    assert shown(messages) == [
        ("user", ["text"]),
        ("assistant", ["reasoning", "tool_call"]),
        ("tool", ["tool_result"]),
        ("assistant", ["text"]),
    ]
    assert messages[1]["parts"][1]["id"] == messages[2]["parts"][0]["id"] == "call_1"


def test_tools_a_provider_runs_itself_stand_in_the_course_of_its_answer() -> None:
    messages = read_messages([{"role": "assistant", "finish_reason": "stop", "content": [
        {"type": "text", "text": "Let me look."},
        {"type": "server_tool_use", "id": "w", "name": "web_search", "input": {"query": "moss"}},
        {"type": "web_search_tool_result", "tool_use_id": "w", "content": [{"type": "web_search_result", "url": "u"}]},
        {"type": "text", "text": "Moss is green."},
    ]}])  # fmt: skip
    assert shown(messages) == [
        ("assistant", ["text", "tool_call"]),
        ("tool", ["tool_result"]),
        ("assistant", ["text"]),
    ]
    assert ["finish_reason" in one for one in messages] == [False, False, True]


def test_an_answer_of_several_turns_is_one_choice() -> None:
    answer = {"role": "assistant", "parts": [
        {"type": "server_tool_call", "id": "w", "name": "search", "server_tool_call": {"type": "search", "q": "moss"}},
        {"type": "server_tool_call_response", "id": "w", "server_tool_call_response": {"type": "search", "hits": 1}},
        {"type": "text", "content": "Green."},
    ]}  # fmt: skip
    call = chat("c", gen_ai__input__messages=asked(), gen_ai__output__messages=[answer, answer])
    conversation = assemble([call])
    assert [one["role"] for one in conversation["messages"]] == ["user", "assistant", "tool", "assistant"]
    assert [[one["role"] for one in other] for other in conversation["alternatives"]] == [
        ["assistant", "tool", "assistant"]
    ]


def test_a_search_inside_the_answer_moves_its_passages_to_the_conversation() -> None:
    found = {"type": "file_search_call", "id": "fs", "queries": ["moss"],
             "results": [{"file_id": "f1", "filename": "moss.md", "score": 0.8, "text": "Moss wants shade."}]}  # fmt: skip
    answer = [{"role": "assistant", "parts": [found, {"type": "text", "content": "Shade."}]}]
    conversation = assemble([chat("c", gen_ai__input__messages=asked(), gen_ai__output__messages=answer)])
    name = hashlib.sha256(b"Moss wants shade.").hexdigest()
    assert conversation["messages"][1]["parts"][0] == {
        "type": "retrieval", "query": "moss", "documents": [{"document_id": "f1", "passage_hash": name, "score": 0.8}],
    }  # fmt: skip
    [passage] = conversation["retrieval"]
    assert (passage["document_id"], passage["text"], passage["passage_hash"]) == (
        "f1",
        "Moss wants shade.",
        name,
    )


def test_what_nobody_knows_is_kept() -> None:
    compaction = {"type": "compaction", "id": "k", "content": "what was said"}
    assert parts(compaction) == [
        {"type": "data", "name": "compaction", "result": {"id": "k", "content": "what was said"}}
    ]
    [again] = parts(*parts(compaction))
    assert again["name"] == "compaction"


def test_both_spellings_of_a_result_are_read() -> None:
    for field in ("result", "response"):
        [message] = read_messages(
            [{"role": "tool", "parts": [{"type": "tool_call_response", "id": "c", field: "rain"}]}]
        )
        assert message["parts"] == [{"type": "tool_result", "id": "c", "result": "rain"}]


def test_the_normal_form_reads_itself() -> None:
    told: list[Message] = [
        {"role": "user", "parts": [{"type": "text", "text": "hi"}, {"type": "file", "uri": "x", "name": "n", "size": 3}]},
        {"role": "assistant", "model": "m", "weight": 0.0, "parts": [
            {"type": "reasoning", "text": "hm"},
            {"type": "tool_call", "id": "c", "name": "f", "arguments": "{broken"},
            {"type": "code_execution", "id": "x", "input": "1", "stdout": "1", "exit_code": 0, "truncated": True},
            {"type": "retrieval", "query": "q", "documents": [{"document_id": "d", "passage_hash": "h", "score": 1.0}]},
            {"type": "data", "name": "odd", "result": {"a": 1}},
        ]},
        {"role": "tool", "parts": [{"type": "tool_result", "id": "c", "name": "f", "result": {"a": 1}, "is_error": True,
                                    "timed_out": True, "duration_ms": 2.5}]},
    ]  # fmt: skip
    assert read_messages(told) == told


@pytest.mark.parametrize(
    ("definition", "irreversible", "sandboxed"),
    [
        ({"name": "f"}, None, None),
        ({"name": "f", "annotations": {"destructiveHint": True, "openWorldHint": True}}, True, False),
        ({"name": "f", "annotations": {"readOnlyHint": True, "openWorldHint": False}}, False, True),
        ({"type": "function", "function": {"name": "f", "winnow.tool.irreversible": True}}, True, None),
        ({"type": "code_interpreter", "container": {"type": "auto"}}, False, True),
        ({"type": "code_execution_20260521", "name": "code_execution"}, False, True),
    ],
)
def test_what_a_tool_can_do_is_known_from_its_definition(
    definition: dict[str, Any], irreversible: bool | None, sandboxed: bool | None
) -> None:
    [tool] = read_tools(json.dumps([definition]))
    assert (tool.get("irreversible"), tool.get("sandboxed")) == (irreversible, sandboxed)


def test_what_a_tool_can_do_is_known_from_where_it_ran() -> None:
    call = chat(
        "c", gen_ai__tool__definitions=[{"name": "pay", "type": "function"}], gen_ai__input__messages=asked()
    )
    ran = span(
        "t",
        "c",
        gen_ai__operation__name="execute_tool",
        gen_ai__tool__name="pay",
        winnow__tool__irreversible=True,
    )
    [tool] = assemble([call, ran])["tools"]
    assert tool["irreversible"] is True
