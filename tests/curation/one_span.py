"""One span of a shape, and what it is read as."""

from __future__ import annotations

from typing import Any

from curation.conversation import Conversation
from curation.formats.assemble import assemble
from curation.formats.spans import Span
from tests.curation.spans import span


def one(attributes: dict[str, Any], name: str = "call", **more: Any) -> Span:
    return {**span("a", name=name, **more), "attributes": attributes}


def told(attributes: dict[str, Any], **more: Any) -> Conversation:
    return assemble([one(attributes, **more)])


def llm(**attributes: Any) -> dict[str, Any]:
    said = {key.replace("__", "."): value for key, value in attributes.items()}
    return {"openinference.span.kind": "LLM", **said}
