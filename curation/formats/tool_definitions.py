"""Tool definitions of every provider as tools of the normal form, with what is known about the harm they can do."""

from __future__ import annotations

from typing import Any

from curation.conversation import Tool
from curation.formats.code_parts import TOOLS as CODE_TOOLS
from curation.formats.json_text import value_of

SCHEMAS = ("parameters", "input_schema", "inputSchema", "parametersJsonSchema", "parameters_json_schema")
WRAPPED = ("jsonSchema", "json")
"""The AI SDK and Bedrock put the schema one level deeper."""


def read_tools(raw: Any) -> list[Tool]:
    """Tool definitions, nested under `function` as OpenAI has them or flat as the others do."""
    raw = value_of(raw)
    given = (
        list(raw.values())
        if isinstance(raw, dict) and "name" not in raw
        else [raw]
        if isinstance(raw, dict)
        else raw
    )
    listed = given if isinstance(given, list) else []
    return [_tool(one) for value in listed for one in _definitions(value_of(value))]


def _definitions(value: Any) -> list[dict[str, Any]]:
    """Gemini puts many declarations into one tool, Bedrock one into a `toolSpec`."""
    if not isinstance(value, dict):
        return []
    value = value["toolSpec"] if isinstance(value.get("toolSpec"), dict) else value
    declared = value.get("functionDeclarations", value.get("function_declarations"))
    if isinstance(declared, list):
        return [one for one in declared if isinstance(one, dict)]
    return [value]


def _tool(outer: dict[str, Any]) -> Tool:
    inner = outer["function"] if isinstance(outer.get("function"), dict) else outer
    schema = next((found for name in SCHEMAS if isinstance(found := value_of(inner.get(name)), dict)), {})
    schema = next((schema[name] for name in WRAPPED if isinstance(schema.get(name), dict)), schema)
    tool: Tool = {
        "name": str(inner.get("name") or outer.get("type") or ""),
        "description": str(inner.get("description") or ""),
        "parameters": schema,
    }
    _add_flags(tool, outer | inner)
    return tool


def _add_flags(tool: Tool, raw: dict[str, Any]) -> None:
    """MCP's hints (readOnlyHint, destructiveHint, openWorldHint), our own words, and tools that a provider runs."""
    hints = raw.get("annotations")
    hints = hints if isinstance(hints, dict) else {}
    kind = str(raw.get("type", "")).split("_20")[0]
    built_in = kind in CODE_TOOLS
    irreversible = _flag(raw, "irreversible", "winnow.irreversible", "winnow.tool.irreversible")
    if irreversible is None and hints.get("readOnlyHint") is True:
        irreversible = False
    if irreversible is None:
        irreversible = _flag(hints, "destructiveHint")
    sandboxed = _flag(raw, "sandboxed", "winnow.sandboxed", "winnow.tool.sandboxed")
    if sandboxed is None and (world := _flag(hints, "openWorldHint")) is not None:
        sandboxed = not world
    if irreversible is not None or built_in:
        tool["irreversible"] = bool(irreversible)
    if sandboxed is not None or built_in:
        tool["sandboxed"] = True if sandboxed is None else sandboxed


def _flag(raw: dict[str, Any], *names: str) -> bool | None:
    return next((raw[name] for name in names if isinstance(raw.get(name), bool)), None)
