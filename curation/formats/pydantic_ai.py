"""Pydantic AI and Logfire: GenAI attributes with some of their own beside them, which say the same words again."""

from __future__ import annotations

from typing import Any

from curation.formats.payloads import INPUT, OUTPUT
from curation.formats.rewriting import Rewriting, as_dict, as_list
from curation.formats.spans import Span

NAME = "pydantic-ai"
OWN = ("pydantic_ai.", "final_result", "model_request_parameters", "tool_arguments", "tool_response")


def speaks(span: Span) -> bool:
    """Whether the span carries anything that only these two write."""
    return any(name.startswith(OWN) for name in span["attributes"])


def translate(span: Span) -> dict[str, Any]:
    """The span's attributes as GenAI has them; an agent's whole conversation ends with its answer."""
    said = Rewriting(span["attributes"])
    told = [one for one in as_list(said.take("pydantic_ai.all_messages")) if isinstance(one, dict)]
    answered = bool(told) and told[-1].get("role") == "assistant"
    said.put(INPUT, told[:-1] if answered else told)
    said.put(OUTPUT, told[-1:] if answered else [])
    offered = as_dict(said.take("model_request_parameters"))
    said.put("gen_ai.tool.definitions", as_list(offered.get("function_tools")))
    said.move("gen_ai.tool.call.arguments", "tool_arguments")
    said.move("gen_ai.tool.call.result", "tool_response")
    said.drop("final_result", "logfire.json_schema")
    return said.done()
