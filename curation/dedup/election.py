"""Who stands for each cluster that a round of the merger has stirred; a fixed number of queries, however many there are."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db import connection

from curation.dedup.hall import Hall
from curation.dedup.keep import ranks
from curation.dedup.leave import Left
from curation.dedup.members import Member, members_of

Running = dict[int, list[Member]]


def elect(hall: Hall, left: Left) -> set[tuple[uuid.UUID, str]]:
    """Let the first of each stirred cluster stand; members who stood or have come to stand."""
    stood: set[tuple[uuid.UUID, str]] = set()
    moved: dict[int, uuid.UUID] = {}
    for centre, first in firsts(hall, _running(hall, left)).items():
        cluster = hall.clusters[centre]
        stood |= {cluster.seat, (first.version_id, cluster.view)}
        if first.version_id != cluster.representative:
            moved[cluster.id] = cluster.representative = first.version_id
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE curation_cluster c SET representative_id = n.first FROM unnest(%s::bigint[], %s::uuid[]) AS n(id, first)"
            " WHERE c.id = n.id",
            [list(moved), list(moved.values())],
        )
    return stood & hall.members.keys()


def firsts(hall: Hall, running: Mapping[int, Collection[Member]]) -> dict[int, Member]:
    """Of those who say the text of a centre the first by the keep policy, for each of these centres."""
    rivals = {one.version_id for members in running.values() if len(members) > 1 for one in members}
    rank = ranks(hall.choice.keep, hall.project_id, rivals)
    return {
        centre: min(members, key=lambda one: one.order(rank))
        for centre, members in running.items()
        if members
    }


def _running(hall: Hall, left: Left) -> Running:
    """As nobody else changed, the one who stood is compared with touched twins only, unless it changed itself or is gone."""
    twins = _central(hall, hall.touched)
    occupied = {centre: one for centre, one in hall.clusters.items() if one.size > 0}
    open_to_all = {
        centre
        for centre, one in occupied.items()
        if one.seat in hall.touched or one.representative in left.versions
    }
    challenged = {
        centre: one for centre, one in occupied.items() if centre in twins and centre not in open_to_all
    }
    hall.know(members_of(open_to_all, {centre: [one.representative] for centre, one in challenged.items()}))
    vacant = {centre for centre, one in challenged.items() if one.seat not in hall.members}
    hall.know(members_of(vacant))
    everybody = _central(hall, hall.members)
    return {centre: everybody.get(centre, []) for centre in open_to_all | vacant} | {
        centre: [*twins[centre], hall.members[one.seat]]
        for centre, one in challenged.items()
        if centre not in vacant
    }


def _central(hall: Hall, keys: Collection[tuple[uuid.UUID, str]]) -> Running:
    """Those of these members whose text stands for its star, by that text."""
    found: Running = defaultdict(list)
    for key in keys:
        if hall.members[key].is_central:
            found[hall.members[key].centre].append(hall.members[key])
    return dict(found)
