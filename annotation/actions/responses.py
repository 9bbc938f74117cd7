"""Store answers that can be judged, once per content; rows that items point to are never changed afterwards."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from core.keyring import project_key
from curation.content import content_of
from curation.conversation import Message

from ..exchange import final_text
from ..models import Response


@dataclass(frozen=True, slots=True)
class NewResponse:
    """An answer as found: `messages` is everything after the last user turn, or that follows `turn` messages."""

    version_id: UUID
    origin: str
    generator: str
    messages: Sequence[Message]
    parent_id: UUID | None = None
    turn: int | None = None


def content_hash(project_id: UUID, messages: Sequence[Message], turn: int | None = None) -> str:
    """Keyed hash of an answer's parts; who gave it, and call ids, are no content. Hex, 64 characters.

    The same words at two turns of a conversation are two answers.
    """
    plain = [
        {
            "role": one["role"],
            "parts": [content_of(part) for part in one["parts"]],
        }
        for one in messages
    ]
    canonical = json.dumps(plain, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    place = "" if turn is None else f"{turn}:"
    return project_key(project_id, "response-content").mac((place + canonical).encode()).hex()


def store_responses(*, project_id: UUID, found: Iterable[NewResponse]) -> list[Response]:
    """The stored rows in the order given; an answer stored before is found again, not doubled."""
    rows = [_row(project_id, one) for one in found]
    Response.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    stored = {
        (row.version_id, row.origin, row.content_hash): row
        for row in Response.objects.filter(
            project_id=project_id,
            version_id__in={row.version_id for row in rows},
            content_hash__in={row.content_hash for row in rows},
        )
    }
    return [stored[row.version_id, row.origin, row.content_hash] for row in rows]


def _row(project_id: UUID, one: NewResponse) -> Response:
    return Response(
        id=uuid4(),
        project_id=project_id,
        version_id=one.version_id,
        parent_id=one.parent_id,
        origin=one.origin,
        generator=one.generator[:120],
        turn=one.turn,
        messages=list(one.messages),
        text=final_text(one.messages),
        content_hash=content_hash(project_id, one.messages, one.turn),
    )
