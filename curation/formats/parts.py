"""Parts of a message of every provider in use, as typed parts of the normal form; an unknown type is kept as data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from curation.conversation import Part
from curation.formats import code_parts
from curation.formats.blobs import stored_text
from curation.formats.files_in_messages import KINDS as FILE_KINDS
from curation.formats.files_in_messages import read_file
from curation.formats.json_text import as_text
from curation.formats.search_parts import read_search
from curation.formats.tool_parts import TEXTS, read_call, read_result

Raw = dict[str, Any]
REASONING = {"reasoning", "thinking", "thought"}
CALLS = {"tool_call", "tool_use", "function", "function_call", "tool-call", "custom_tool_call", "mcp_call"}
RESULTS = {"tool_call_response", "tool_result", "function_call_output", "tool-result", "custom_tool_call_output",
           "function_response"}  # fmt: skip
SERVER_CALLS = {"server_tool_call", "server_tool_use", "web_search_call", "computer_call"}
SERVER_RESULTS = {
    "server_tool_call_response",
    "web_search_tool_result",
    "web_fetch_tool_result",
    "mcp_tool_result",
}
SEARCHES = {"file_search_call", "retrieval"}
UNTYPED = {
    "functionCall": "tool_call", "function_call": "tool_call", "functionResponse": "function_response",
    "function_response": "function_response", "inlineData": "inline_data", "inline_data": "inline_data",
    "fileData": "file_data", "file_data": "file_data", "executableCode": "executable_code",
    "executable_code": "executable_code", "codeExecutionResult": "code_execution_result",
    "code_execution_result": "code_execution_result", "toolUse": "tool_use", "toolResult": "tool_result",
    "reasoningContent": "reasoning",
}  # fmt: skip


def read_parts(raw: Any) -> list[Part]:
    """The parts of one message's content, whatever its form."""
    if isinstance(raw, str):
        return [text_part(raw)] if raw else []
    if isinstance(raw, dict):
        raw = [raw]
    return [part for one in raw for part in read_part(one)] if isinstance(raw, list) else []


def read_part(raw: Any) -> list[Part]:
    """One part; several where a provider wraps a list of parts in one item."""
    if not isinstance(raw, dict):
        return [text_part(as_text(raw))]
    stored = stored_text(raw) if raw.get("type") not in FILE_KINDS else None
    if stored is not None:
        return [stored]
    kind, raw = _kind(raw)
    for kinds, read in READERS:
        if kind in kinds:
            return read(raw)
    return [
        cast(Part, {"type": "data", "name": kind, "result": {key: raw[key] for key in raw if key != "type"}})
    ]


def text_part(text: str) -> Part:
    """Plain text."""
    return {"type": "text", "text": text}


def _kind(raw: Raw) -> tuple[str, Raw]:
    """The type of a part; those of Gemini and Bedrock have none and are known by their only field."""
    if "type" in raw:
        return str(raw["type"]), raw
    for field, kind in UNTYPED.items():
        if isinstance(raw.get(field), dict):
            return kind, {**raw[field], "type": kind}
    return ("thought" if raw.get("thought") is True else "text"), raw


def _text(raw: Raw) -> list[Part]:
    shown = raw.get("content", raw.get("text", ""))
    return [text_part(as_text(shown if shown else raw.get("refusal", shown)))]


def _reasoning(raw: Raw) -> list[Part]:
    raw = raw["reasoningText"] if isinstance(raw.get("reasoningText"), dict) else raw
    names = ("content", "text", "thinking", "reasoning", "summary")
    shown = next((raw[name] for name in names if raw.get(name)), "")
    if isinstance(shown, list):
        shown = "\n".join(
            as_text(one.get("text", one)) if isinstance(one, dict) else as_text(one) for one in shown
        )
    return [{"type": "reasoning", "text": as_text(shown)}]


def _server_call(raw: Raw) -> list[Part]:
    details = raw.get("server_tool_call", raw)
    details = details if isinstance(details, dict) else {"input": details}
    name = str(raw.get("name") or details.get("type") or raw["type"])
    if {name, str(details.get("type", ""))} & code_parts.TOOLS:
        return [code_parts.call(raw, details, name)]
    given = details.get(
        "input", details.get("arguments", {one: details[one] for one in details if one != "type"})
    )
    return [read_call({"id": raw.get("id"), "name": name, "arguments": given})]


def _server_result(raw: Raw) -> list[Part]:
    details = raw.get("server_tool_call_response", raw.get("content"))
    kind = str(details.get("type", "")) if isinstance(details, dict) else ""
    name = str(raw.get("name") or kind)
    if {name, kind} & code_parts.TOOLS or kind in code_parts.RESULTS:
        return [code_parts.result(raw, details)]
    return [read_result({**raw, "result": details})]


def _code_result(raw: Raw) -> list[Part]:
    return [code_parts.result(raw, raw.get("content", raw.get("output") if "outcome" not in raw else raw))]


def _wrapped(raw: Raw) -> list[Part]:
    return read_parts(raw.get("content"))


def _own_data(raw: Raw) -> list[Part]:
    return [cast(Part, {"type": "data", "name": str(raw.get("name", "")), "result": raw.get("result")})]


def _text_document(raw: Raw) -> list[Part]:
    source = raw.get("source")
    if isinstance(source, dict) and source.get("type") == "text":
        return [text_part(as_text(source.get("data", "")))]
    return [read_file(raw)]


READERS: tuple[tuple[set[str], Callable[[Raw], list[Part]]], ...] = (
    (TEXTS, _text),
    (REASONING, _reasoning),
    (CALLS, lambda raw: [read_call(raw)]),
    (RESULTS, lambda raw: [read_result(raw)]),
    ({"document"}, _text_document),
    (FILE_KINDS, lambda raw: [read_file(raw)]),
    ({"code_execution"}, lambda raw: [code_parts.own(raw)]),
    (code_parts.CALLS, lambda raw: [code_parts.call(raw, raw, str(raw.get("type")))]),
    (code_parts.RESULTS, _code_result),
    (SERVER_CALLS, _server_call),
    (SERVER_RESULTS, _server_result),
    (SEARCHES, read_search),
    ({"message"}, _wrapped),
    ({"data"}, _own_data),
)
