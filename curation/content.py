"""Keyed hashes that say when two conversations, or two prompts, are the same content.

Keyed, so that a hash in the database tells nobody without the keyring what was said.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import orjson

from core.keyring import project_key
from curation.conversation import Conversation, Message, Part, asked

CONTENT, PROMPT = "content", "prompt"
VOLATILE = {"id", "duration_ms"}


def content_hash(
    conversation: Conversation, project_id: uuid.UUID, key_id: str | None = None
) -> tuple[str, str]:
    """(hex, key id) over all that can enter a training row; who asked, when and at what cost is no content."""
    content = {
        "messages": _said(conversation["messages"]),
        "alternatives": [_said(answer) for answer in conversation["alternatives"]],
        "tools": conversation["tools"],
        "retrieval": [[one["document_id"], one["text"]] for one in conversation["retrieval"]],
    }
    return _mac(content, CONTENT, project_id, key_id)


def prompt_hash(conversation: Conversation, project_id: uuid.UUID, key_id: str | None = None) -> str:
    """Hex over everything up to the last question; equal for two variants that were asked the same."""
    return _mac(_said(asked(conversation)), PROMPT, project_id, key_id)[0]


def _said(messages: Sequence[Message]) -> list[list[Any]]:
    """Roles, parts and what else of a message enters a row; no ids, durations or scores, which differ from run to run."""
    return [[one["role"], *_of_message(one), [content_of(part) for part in one["parts"]]] for one in messages]


def content_of(part: Part) -> dict[str, Any]:
    """What of a part is content: two runs that said the same have the same."""
    said: dict[str, Any] = {name: value for name, value in part.items() if name not in VOLATILE}
    if "documents" in said:
        said["documents"] = [[one["document_id"], one["passage_hash"]] for one in part["documents"]]
    return said


def _of_message(one: Message) -> list[dict[str, Any]]:
    named = {name: one[name] for name in ("name", "weight") if one.get(name) is not None}
    return [named] if named else []


def _mac(value: Any, purpose: str, project_id: uuid.UUID, key_id: str | None) -> tuple[str, str]:
    key = project_key(project_id, purpose, key_id)
    return key.mac(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hex(), key.id
