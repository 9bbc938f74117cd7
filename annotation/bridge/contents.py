"""What is sent of an item: the question, two answers on their sides, and metadata. Nothing in it names a model."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.bodies import load_many
from curation.conversation import Conversation, Message, Part

from ..exchange import as_of, question
from ..models import ArgillaRecord, Pair, Response
from ..shown import anonymous
from ..sides import place
from .blueprint import LANGUAGE, LEFT, PASSAGES, PRIORITY, PROMPT, RIGHT, SIDES, STEPS, STRATUM

UNKNOWN = "unknown"
LONGEST_MESSAGE = 20_000
"""Characters Argilla takes in one message of a chat field; a longer one goes out in pieces."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """An answer shown beforehand, and how sure its agent was (0..1)."""

    question: str
    value: str
    score: float
    agent: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record as it goes out; `external_id` is the mapping row's id and says nothing about the item."""

    external_id: str
    fields: dict[str, Any]
    metadata: dict[str, Any]
    suggestions: Sequence[Suggested] = ()

    @property
    def fields_hash(self) -> str:
        """SHA-256 of the fields, to notice when somebody edits them there."""
        return fields_hash(self.fields)


def fields_hash(fields: Mapping[str, Any]) -> str:
    """Canonical over what Argilla may add or leave out: fields without content."""
    kept = {name: value for name, value in fields.items() if value}
    return hashlib.sha256(json.dumps(kept, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def texts_of(record: ArgillaRecord, pair: Pair) -> dict[str, str]:
    """Each side's text as it is judged; spans are offsets into it."""
    sides = place(pair.response_a, pair.response_b, swapped=record.swapped)
    return {side: one.text for side, one in zip(SIDES, sides, strict=True)}


def outgoing(records: Sequence[ArgillaRecord]) -> list[Outgoing]:
    """The records in the order given, their conversations read in one go."""
    pairs = Pair.objects.select_related(
        "item__version", "response_a__version", "response_b__version"
    ).in_bulk([record.item_id for record in records])
    versions = [
        version
        for pair in pairs.values()
        for version in (pair.item.version, pair.response_a.version, pair.response_b.version)
    ]
    bodies = {key: stored.conversation for key, stored in load_many(versions).items()}
    return [_outgoing(one, pairs[one.item_id], bodies) for one in records]


def _outgoing(record: ArgillaRecord, pair: Pair, bodies: Mapping[Any, Conversation]) -> Outgoing:
    fields: dict[str, Any] = {
        PROMPT: _chat(question(as_of(bodies[pair.item.version_id], pair.response_a.turn)))
    }
    sides = place(pair.response_a, pair.response_b, swapped=record.swapped)
    for side, response in zip((LEFT, RIGHT), sides, strict=True):
        fields |= _answer(side, response, as_of(bodies[response.version_id], response.turn))
    metadata = {
        STRATUM: pair.item.stratum or UNKNOWN,
        LANGUAGE: pair.item.language or UNKNOWN,
        PRIORITY: pair.item.priority,
    }
    return Outgoing(str(record.pk), fields, metadata)


def _answer(side: str, response: Response, conversation: Conversation) -> dict[str, Any]:
    made: dict[str, Any] = {side: response.text or "\N{EMPTY SET}"}
    steps = _chat(response.messages[:-1] if response.text else response.messages)
    passages = "\n\n".join(f"[{one['document_id']}]\n{one['text']}" for one in conversation["retrieval"])
    if steps:
        made[STEPS.format(side)] = steps
    if passages:
        made[PASSAGES.format(side)] = passages
    return made


def _chat(messages: Sequence[Message]) -> list[dict[str, str]]:
    """Messages as Argilla's chat field takes them: a role and text; tool calls and results as their JSON."""
    told = []
    for one in anonymous(list(messages)):
        text = "\n\n".join(_told(part) for part in one["parts"])
        pieces = [text[at : at + LONGEST_MESSAGE] for at in range(0, len(text), LONGEST_MESSAGE)]
        told += [{"role": one["role"], "content": piece} for piece in pieces if piece.strip()]
    return told


def _told(part: Mapping[str, Any] | Part) -> str:
    if part.get("type") in ("text", "reasoning"):
        return str(part.get("text", ""))
    plain = {
        name: value for name, value in part.items() if name not in ("type", "id") and value not in (None, "")
    }
    return f"{part.get('type')}: {json.dumps(plain, ensure_ascii=False, default=str)}"
