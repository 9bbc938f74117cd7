"""A conversation logged call by call comes as many traces, each how the next began: the longest form stands for them all.

Each version of a session keeps a keyed hash of what had been said after each answer. A version all of which is how a longer
one of its session began is left out as `continued`, as long as that longer one may be trained on.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection

from core.keyring import naming_key
from core.text import tokens
from curation.conversation import Conversation
from curation.excerpts import texts_of
from curation.ingest.store import copy_rows

CONTINUED = "continued"
STEP = "sessions"
PURPOSE = "call-form"
COLUMNS = {"form": "int8", "version_id": "uuid", "length": "int4", "whole": "bool"}
MOST = 512
"""Forms kept of one version, the last ones: a longer conversation is compared by those."""


@dataclass(frozen=True, slots=True)
class Forms:
    """Hashes of a version after each answer, by how many messages it had then; `said` is all of it."""

    version_id: uuid.UUID
    after: dict[int, int]
    said: int


def forms_of(version_id: uuid.UUID, conversation: Conversation, project_id: uuid.UUID, session: str) -> Forms:
    """Of what is said, called and returned, without system prompts, reasoning, case, blanks and punctuation."""
    key = naming_key(project_id, PURPOSE)
    state, after, length = session.encode(), {}, 0
    for message in conversation["messages"]:
        if message["role"] == "system":
            continue
        said = {**message, "parts": [part for part in message["parts"] if part.get("type") != "reasoning"]}
        words = " ".join(tokens("\n".join(texts_of([said]))))  # type: ignore[list-item]
        state = key.mac(state + f"\0{message['role']}\0{words}".encode("utf-8", "surrogatepass"))
        length += 1
        if message["role"] == "assistant":
            after[length] = int.from_bytes(state[:8], "big", signed=True)
    return Forms(version_id, dict(list(after.items())[-MOST:]), length)


def store_forms(project_id: uuid.UUID, forms: Sequence[Forms]) -> None:
    """Keep them; call inside the transaction that publishes the versions."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM curation_callform WHERE version_id = ANY(%s)", [[one.version_id for one in forms]]
        )
    copy_rows("curation_callform", COLUMNS, (
        (form, one.version_id, length, length == one.said) for one in forms for length, form in one.after.items()
    ))  # fmt: skip


def remove_forms(versions: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Forget how these went; the shorter versions that they may have stood for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM curation_callform WHERE version_id = ANY(%s) RETURNING form", [list(versions)]
        )
        forms = sorted({form for (form,) in cursor.fetchall()})
        cursor.execute("SELECT version_id FROM curation_callform WHERE form = ANY(%s) AND whole", [forms])
        return {version for (version,) in cursor.fetchall()}


def collapse(project_id: uuid.UUID, news: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Leave out, or take back, what news continue or no longer continue; the versions for which that changed.

    Call as the merger, holding its lock.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH told AS (
                SELECT DISTINCT w.form, w.version_id, w.length FROM curation_callform n
                JOIN curation_callform w ON w.form = n.form AND w.whole
                WHERE n.version_id = ANY(%s)
            ), judged AS (
                SELECT t.version_id, (
                    SELECT l.version_id FROM curation_callform f
                    JOIN curation_curationstate s ON s.version_id = f.version_id
                    JOIN curation_callform l ON l.version_id = f.version_id AND l.whole
                    WHERE f.form = t.form AND NOT f.whole AND s.step <> 'superseded'
                      AND s.drop_reason IN ('', 'exact_duplicate', 'near_duplicate', '{CONTINUED}')
                    ORDER BY l.length DESC, l.version_id LIMIT 1
                ) AS longer
                FROM told t
            ), changed AS (
                UPDATE curation_curationstate s SET updated_at = now(),
                    drop_reason = CASE WHEN j.longer IS NULL THEN '' ELSE '{CONTINUED}' END
                FROM judged j
                WHERE s.version_id = j.version_id AND s.project_id = %s AND s.step <> 'superseded'
                  AND s.drop_reason IN ('', 'exact_duplicate', 'near_duplicate', '{CONTINUED}')
                  AND (s.drop_reason = '{CONTINUED}') <> (j.longer IS NOT NULL)
                RETURNING s.version_id, s.project_id, j.longer
            ), history AS (
                INSERT INTO curation_drop (project_id, version_id, step, reason, detail)
                SELECT project_id, version_id, '{STEP}', '{CONTINUED}', jsonb_build_object('kept', longer)
                FROM changed WHERE longer IS NOT NULL
                ON CONFLICT (version_id, step, reason) DO NOTHING
            )
            SELECT version_id FROM changed
            """,
            [list(news), project_id],
        )
        return {version for (version,) in cursor.fetchall()}
