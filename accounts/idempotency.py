"""Idempotency-Key on writes: the same key again gives the first answer and does nothing twice.

The key, the write and its answer commit together. A second request with the key waits on the unique index for the
first one, then finds its answer; a write that was refused or failed leaves no key, so it may be tried again.
"""

import hashlib
import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import Refused
from core.keyring import naming_key
from core.models import IdempotentAnswer
from core.prepared import execute

HEADER = "Idempotency-Key"
LONGEST = 200
KEPT = timedelta(days=2)
FORGET: Final = "DELETE FROM core_idempotentanswer WHERE project_id = %(project)s AND created_at < now() - %(kept)s::interval"
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class KeyReused(Refused):
    """The key was used for another request: answering with that one's answer would be a lie."""

    status = 422


class _Undone(Exception):
    """Takes the key back together with a write that was answered with an error."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def key_of(request: Request) -> str:
    """The request's key; "" without one, or where nothing is written."""
    key = request.headers.get(HEADER, "").strip() if request.method in WRITES else ""
    if len(key) > LONGEST or not key.isprintable():
        raise Refused(
            "bad_idempotency_key",
            f"An {HEADER} has at most {LONGEST} printable characters.",
            hint="Use a UUID.",
        )
    return key


def once(request: Request, *, project_id: uuid.UUID, actor: str, write: Callable[[], Response]) -> Response:
    """Do the write unless this actor's key was answered before."""
    key = key_of(request)
    if not key:
        return write()
    owner: dict[str, Any] = {"project_id": project_id, "actor": actor, "key": _kept(key, project_id)}
    fingerprint = _fingerprint(request)
    execute(FORGET, {"project": project_id, "kept": KEPT})
    try:
        with transaction.atomic():
            return _first(owner, fingerprint, write)
    except _Undone as undone:
        return undone.response
    except IntegrityError:
        known = IdempotentAnswer.objects.filter(**owner).first()
        if known is None:
            raise
    return _again(known, fingerprint)


def _kept(key: str, project_id: uuid.UUID) -> str:
    """The key as it is stored: clients put all kinds of things into theirs, secrets too."""
    return naming_key(project_id, "idempotency").mac(key.encode()).hex()


def _first(owner: dict[str, Any], fingerprint: str, write: Callable[[], Response]) -> Response:
    row = IdempotentAnswer.objects.create(**owner, fingerprint=fingerprint)
    response = write()
    if response.status_code >= 400:
        raise _Undone(response)
    row.status = response.status_code
    row.body = JSONRenderer().render(response.data).decode()
    row.save(update_fields=["status", "body"])
    return response


def _again(known: IdempotentAnswer, fingerprint: str) -> Response:
    if known.fingerprint != fingerprint:
        raise KeyReused(
            "idempotency_key_reused",
            f"This {HEADER} was used for another request.",
            hint="Use a new key for it.",
        )
    body = json.loads(known.body) if known.body else None
    return Response(body, status=known.status, headers={"Idempotency-Replayed": "true"})


def _fingerprint(request: Request) -> str:
    """Method, path and raw body: what makes it the same request."""
    head = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(head + request.body).hexdigest()
