"""Clusters and their members as everybody reads them, brought up to date from the stars: only what news moved is written."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping

from django.db import connection

from curation.dedup.election import elect, firsts
from curation.dedup.hall import Hall, Standing
from curation.dedup.leave import Left
from curation.dedup.members import Member, members_of
from curation.dedup.outcome import Outcome, conclude
from curation.excerpts import WHOLE
from curation.ingest.store import copy_rows
from curation.models import DeduplicationChoice, SignatureSpec

MEMBER = {"cluster_id": "int8", "version_id": "uuid", "jaccard": "float8"}


def gather(
    project_id: uuid.UUID,
    spec: SignatureSpec,
    choice: DeduplicationChoice,
    *,
    whole: Collection[int],
    versions: Mapping[int, Collection[uuid.UUID]],
    left: Left,
) -> None:
    """Write clusters, members and outcomes for all versions of the texts in `whole`, the named ones of others, and who is left."""
    hall = Hall(project_id, spec, choice)
    hall.know(members_of(whole, versions))
    hall.touched = set(hall.members)
    hall.stirred = set(left.clusters)
    _take_out(hall)
    _find_clusters(hall)
    _found_clusters(hall)
    _put_in(hall)
    stood = elect(hall, left)
    singles = _dissolve(hall)
    conclude(project_id, [*_outcomes(hall, stood, singles), *_without_the_view(hall)])


def _take_out(hall: Hall) -> None:
    touched = sorted(hall.touched)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH gone AS (
                DELETE FROM curation_clustermember m USING curation_cluster c, unnest(%s::uuid[], %s::text[]) AS n(version, view)
                WHERE m.version_id = n.version AND c.id = m.cluster_id AND c.view = n.view AND c.spec_id = %s
                RETURNING m.cluster_id
            )
            UPDATE curation_cluster c SET size = c.size - n.gone, updated_at = now()
            FROM (SELECT cluster_id, count(*) AS gone FROM gone GROUP BY cluster_id) n WHERE c.id = n.cluster_id
            RETURNING c.id
            """,
            [[version for version, _ in touched], [view for _, view in touched], hall.spec.pk],
        )
        hall.stirred |= {cluster for (cluster,) in cursor.fetchall()}


def _find_clusters(hall: Hall) -> None:
    """Clusters of the touched members' centres, and those that others left."""
    centres = sorted({hall.members[one].centre for one in hall.touched})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, view, centre_id, representative_id, size FROM curation_cluster WHERE centre_id = ANY(%s)"
            " UNION SELECT id, view, centre_id, representative_id, size FROM curation_cluster WHERE id = ANY(%s)",
            [centres, sorted(hall.stirred)],
        )
        hall.clusters = {row[2]: Standing(*row) for row in cursor.fetchall()}


def _found_clusters(hall: Hall) -> None:
    """A cluster for every star that has come to more than one version; before, it had one at most, beside the touched ones."""
    without = {hall.members[one].centre for one in hall.touched} - hall.clusters.keys()
    hall.know(one for one in members_of(without) if one.centre == one.text_id)
    stars: dict[int, list[Member]] = defaultdict(list)
    for member in hall.members.values():
        if member.centre in without:
            stars[member.centre].append(member)
    central = {centre: [one for one in members if one.is_central] for centre, members in stars.items()}
    founded = {centre: members for centre, members in stars.items() if len(members) > 1 and central[centre]}
    hall.touched |= {(one.version_id, one.view) for members in founded.values() for one in members}
    first = firsts(hall, {centre: central[centre] for centre in founded})
    ordered = sorted(founded)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO curation_cluster (project_id, spec_id, view, centre_id, representative_id, size)
            SELECT %s, %s, n.view, n.centre, n.first, 0 FROM unnest(%s::text[], %s::bigint[], %s::uuid[]) AS n(view, centre, first)
            RETURNING id, view, centre_id, representative_id, size
            """,
            [hall.project_id, hall.spec.pk, [founded[one][0].view for one in ordered], ordered,
             [first[one].version_id for one in ordered]],
        )  # fmt: skip
        hall.clusters.update({row[2]: Standing(*row) for row in cursor.fetchall()})


def _put_in(hall: Hall) -> None:
    joining = [hall.members[one] for one in sorted(hall.touched) if hall.members[one].centre in hall.clusters]
    copy_rows("curation_clustermember", MEMBER, (
        (hall.clusters[one.centre].id, one.version_id, one.jaccard) for one in joining
    ))  # fmt: skip
    added = Counter(hall.clusters[one.centre].id for one in joining)
    hall.stirred |= set(added)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE curation_cluster c SET size = c.size + n.added, updated_at = now()"
            " FROM unnest(%s::bigint[], %s::int[]) AS n(id, added) WHERE c.id = n.id",
            [list(added), list(added.values())],
        )
    for cluster in hall.clusters.values():
        cluster.size += added[cluster.id]


def _dissolve(hall: Hall) -> set[tuple[uuid.UUID, str]]:
    """Clusters of one or none are no clusters; who is left alone stands for itself."""
    gone = {cluster.id for cluster in hall.clusters.values() if cluster.size < 2}
    hall.clusters = {centre: one for centre, one in hall.clusters.items() if one.id not in gone}
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM curation_clustermember m USING curation_cluster c WHERE c.id = m.cluster_id AND c.id = ANY(%s)"
            " RETURNING m.version_id, c.view, c.centre_id",
            [sorted(gone)],
        )
        alone = cursor.fetchall()
        cursor.execute(
            "UPDATE curation_curationstate SET cluster_id = NULL WHERE cluster_id = ANY(%s)", [sorted(gone)]
        )
        cursor.execute("DELETE FROM curation_cluster WHERE id = ANY(%s)", [sorted(gone)])
    singles = {(version, view) for version, view, _ in alone}
    unknown = singles - hall.members.keys()
    hall.know(
        members_of((), {centre: [version] for version, view, centre in alone if (version, view) in unknown})
    )
    return singles & hall.members.keys()


def _outcomes(
    hall: Hall, stood: set[tuple[uuid.UUID, str]], singles: set[tuple[uuid.UUID, str]]
) -> list[Outcome]:
    """What the view that leaves duplicates out says of everybody whose place may have changed."""
    found = []
    for key in sorted(hall.touched | stood | singles):
        if key[1] == hall.choice.dropping_view:
            member = hall.members[key]
            cluster = hall.clusters.get(member.centre)
            first = cluster.representative if cluster else member.version_id
            found.append(
                Outcome(
                    key[0],
                    cluster.id if cluster else None,
                    first,
                    member.jaccard,
                    member.reason_beside(first),
                    member.reason,
                )
            )
    return found


def _without_the_view(hall: Hall) -> list[Outcome]:
    """A version that has nothing in the view by which duplicates are left out (no tool calls, say) is nobody's duplicate."""
    found = {
        version: one for (version, _), one in hall.members.items() if (version, one.view) in hall.touched
    }
    if hall.choice.dropping_view == WHOLE or not found:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version_id FROM curation_signature WHERE version_id = ANY(%s) AND view = %s AND spec_id = %s",
            [list(found), hall.choice.dropping_view, hall.spec.pk],
        )
        seen = {version for (version,) in cursor.fetchall()}
    return [
        Outcome(version, None, version, 1.0, "" if one.eligible else one.reason, one.reason)
        for version, one in found.items()
        if version not in seen
    ]
