"""The one serialised merger: turns edges into star clusters for every component that news touched.

Holding an advisory lock per project and spec, so that two mergers never write the same clusters. What it writes is a
function of the documents and their edges, whatever the order in which they came.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import connection, transaction

from curation.clusters import neighbours, stars
from curation.dedup.graph import Component, Member, touched
from curation.dedup.spec import current_spec
from curation.excerpts import WHOLE
from curation.ingest.store import copy_rows
from curation.models import SignatureSpec

MEMBER = {"cluster_id": "int8", "signature_id": "int8", "version_id": "uuid", "jaccard": "float8"}
STEP = "deduplicate"


@dataclass(frozen=True, slots=True)
class Placed:
    """One version's place: the representative of its cluster, its similarity to it, and why it is left out, if it is."""

    member: Member
    representative: uuid.UUID
    similarity: float
    drop_reason: str

    @property
    def is_representative(self) -> bool:
        """Whether it stands for its cluster."""
        return self.member.version_id == self.representative


def merge(project_id: uuid.UUID, *, limit: int = 5000) -> int:
    """Cluster up to `limit` probed versions with all they touch; how many were taken."""
    spec = current_spec()
    with transaction.atomic():
        _lock(project_id, spec)
        news, stale = _news(project_id, spec.pk, limit), _superseded(project_id, spec.pk, limit)
        if not news and not stale:
            return 0
        component, met = touched([*news, *stale])
        _write(project_id, spec, place(component, spec.threshold), sorted(met))
    return len(news) + len(stale)


def place(component: Component, threshold: float) -> list[Placed]:
    """Every live member of the component in its star."""
    assigned = stars(component.ordered(), neighbours(component.edges), threshold)
    placed: list[Placed] = []
    for exact, (centre, similarity) in assigned.items():
        representative = component.groups[centre][0]
        for member in component.groups[exact]:
            reason = member.drop_reason
            if member.eligible:
                twin = "exact_duplicate" if exact == centre else "near_duplicate"
                reason = "" if member is representative else twin
            placed.append(Placed(member, representative.version_id, similarity, reason))
    return placed


def _lock(project_id: uuid.UUID, spec: SignatureSpec) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"merge:{project_id}:{spec.pk}"]
        )


def _news(project_id: uuid.UUID, spec_id: int, limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT g.id FROM curation_curationstate s JOIN curation_signature g"
            " ON g.version_id = s.version_id AND g.spec_id = %s AND g.view = %s"
            " WHERE s.project_id = %s AND s.step = 'probed' ORDER BY g.id LIMIT %s",
            [spec_id, WHOLE, project_id, limit],
        )
        return [key for (key,) in cursor.fetchall()]


def _superseded(project_id: uuid.UUID, spec_id: int, limit: int) -> list[int]:
    """Members that a newer version of their trace replaced: their clusters must close the gap."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.signature_id FROM curation_curationstate s JOIN curation_clustermember m"
            " ON m.version_id = s.version_id JOIN curation_cluster c ON c.id = m.cluster_id AND c.spec_id = %s"
            " WHERE s.project_id = %s AND s.step = 'superseded' LIMIT %s",
            [spec_id, project_id, limit],
        )
        return [key for (key,) in cursor.fetchall()]


def _write(project_id: uuid.UUID, spec: SignatureSpec, placed: list[Placed], met: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM curation_clustermember WHERE signature_id = ANY(%s) RETURNING cluster_id", [met]
        )
        before = {key for (key,) in cursor.fetchall()}
    clusters = _clusters(project_id, spec, placed)
    copy_rows("curation_clustermember", MEMBER, [
        (clusters[one.representative], one.member.signature_id, one.member.version_id, one.similarity) for one in placed
    ])  # fmt: skip
    _update_states(placed, clusters)
    _record_drops(project_id, placed)
    _remove(before - set(clusters.values()))


def _clusters(project_id: uuid.UUID, spec: SignatureSpec, placed: list[Placed]) -> dict[uuid.UUID, int]:
    """Representative → cluster id; a cluster keeps its id as long as its representative stands for it."""
    sizes: dict[uuid.UUID, int] = {}
    for one in placed:
        sizes[one.representative] = sizes.get(one.representative, 0) + 1
    ordered = sorted(sizes)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO curation_cluster (project_id, spec_id, view, representative_id, size)
            SELECT %s, %s, %s, r.id, r.size FROM unnest(%s::uuid[], %s::int[]) AS r(id, size)
            ON CONFLICT (spec_id, view, representative_id) DO UPDATE SET size = excluded.size, updated_at = now()
            RETURNING representative_id, id
            """,
            [project_id, spec.pk, WHOLE, ordered, [sizes[one] for one in ordered]],
        )
        return dict(cursor.fetchall())


def _update_states(placed: list[Placed], clusters: dict[uuid.UUID, int]) -> None:
    """A version that newly stands for others goes on to be stratified; everything else keeps how far it was."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE curation_curationstate s SET cluster_id = n.cluster, is_representative = n.first,
                drop_reason = n.reason, updated_at = now(),
                step = CASE WHEN s.step = 'probed' OR (n.first AND s.domain = '') THEN 'clustered' ELSE s.step END
            FROM unnest(%s::uuid[], %s::bigint[], %s::bool[], %s::text[]) AS n(version, cluster, first, reason)
            WHERE s.version_id = n.version AND (s.step = 'probed' OR s.cluster_id IS DISTINCT FROM n.cluster
                OR s.is_representative <> n.first OR s.drop_reason <> n.reason)
            """,
            [
                [one.member.version_id for one in placed],
                [clusters[one.representative] for one in placed],
                [one.is_representative for one in placed],
                [one.drop_reason for one in placed],
            ],
        )


def _record_drops(project_id: uuid.UUID, placed: list[Placed]) -> None:
    dropped = [one for one in placed if one.member.eligible and one.drop_reason]
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
                [one.member.version_id for one in dropped],
                [one.drop_reason for one in dropped],
                [one.similarity for one in dropped],
                [one.representative for one in dropped],
            ],
        )


def _remove(clusters: set[int]) -> None:
    """Clusters nobody stands for any more; states that still name them belong to superseded versions."""
    if not clusters:
        return
    with connection.cursor() as cursor:
        gone = list(clusters)
        cursor.execute(
            "DELETE FROM curation_clustermember m USING curation_cluster c WHERE m.cluster_id = c.id AND c.id = ANY(%s)",
            [gone],
        )
        cursor.execute(
            "UPDATE curation_curationstate SET cluster_id = NULL, is_representative = false WHERE cluster_id = ANY(%s)",
            [gone],
        )
        cursor.execute("DELETE FROM curation_cluster WHERE id = ANY(%s)", [gone])
