"""What deduplication means for each version: its cluster, whether it stands for it, and the reason that leaves it out, if one does."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from curation.dedup.members import DUPLICATES

STEP = "deduplicate"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One version's place: its cluster (None when it is alone), who stands for it, its similarity to that, and its reason.

    `before` is the reason that held when its place was worked out.
    """

    version_id: uuid.UUID
    cluster: int | None
    representative: uuid.UUID
    similarity: float
    drop_reason: str
    before: str


def conclude(project_id: uuid.UUID, outcomes: Sequence[Outcome]) -> None:
    """Write states, and drops as history."""
    if outcomes:
        _update_states(outcomes)
        _record_drops(project_id, outcomes)


def _update_states(outcomes: Sequence[Outcome]) -> None:
    """A version that newly stands for others goes on to be stratified; everything else keeps how far it was.

    Where somebody gave a version another reason meanwhile (a hit, an ended permission), that holds, and the merger looks again.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE curation_curationstate s SET cluster_id = n.cluster, is_representative = n.first, updated_at = now(),
                drop_reason = CASE WHEN s.drop_reason = n.before THEN n.reason ELSE s.drop_reason END,
                step = CASE WHEN s.drop_reason <> n.before THEN 'probed'
                    WHEN s.step IN ('published', 'probed') OR (n.first AND s.domain = '') THEN 'clustered' ELSE s.step END
            FROM unnest(%s::uuid[], %s::bigint[], %s::bool[], %s::text[], %s::text[]) AS n(version, cluster, first, reason, before)
            WHERE s.version_id = n.version AND s.step NOT IN ('pending', 'superseded') AND s.drop_reason <> 'body_retired'
                AND (s.step IN ('published', 'probed') OR s.cluster_id IS DISTINCT FROM n.cluster
                    OR s.is_representative <> n.first OR s.drop_reason <> n.reason)
            """,
            [
                [one.version_id for one in outcomes],
                [one.cluster for one in outcomes],
                [one.version_id == one.representative for one in outcomes],
                [one.drop_reason for one in outcomes],
                [one.before for one in outcomes],
            ],
        )


def _record_drops(project_id: uuid.UUID, outcomes: Sequence[Outcome]) -> None:
    dropped = [one for one in outcomes if one.drop_reason in DUPLICATES]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO curation_drop (project_id, version_id, step, reason, detail)
            SELECT %s, n.version, %s, n.reason, jsonb_build_object('jaccard', n.similarity, 'kept', n.kept)
            FROM unnest(%s::uuid[], %s::text[], %s::float8[], %s::uuid[]) AS n(version, reason, similarity, kept)
            ON CONFLICT (version_id, step, reason) DO NOTHING
            """,
            [
                project_id,
                STEP,
                [one.version_id for one in dropped],
                [one.drop_reason for one in dropped],
                [one.similarity for one in dropped],
                [one.representative for one in dropped],
            ],
        )
