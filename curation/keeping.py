"""What another keep policy would do, seen in clusters as they are: who would stand for each, and for how many it would be another."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from accounts.models import Project
from curation.clusters import Document
from curation.dedup.keep import Ranks, choice_of, ranks
from curation.dedup.members import Member
from curation.models import Cluster, Keep

CLUSTERS = 60
LARGEST = 50
"""Clusters of more conversations than this are not looked at: a page has to be quick."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member with the length and the content of its text, which break ties between policies' equals."""

    member: Member
    shingles: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Exchange:
    """A cluster in which another conversation would stand, and the numbers that decide it; None where the policy counts nothing."""

    cluster_id: int
    size: int
    now: Member
    then: Member
    rank_now: float | None
    rank_then: float | None


@dataclass(frozen=True, slots=True)
class Prospect:
    """The clusters looked at, and per policy those in which another conversation would stand, the largest first."""

    looked_at: int
    exchanges: Mapping[Keep, Sequence[Exchange]]


def prospect(project: Project) -> Prospect:
    """Every policy over the largest clusters of the view that leaves duplicates out; reads only."""
    view = choice_of(project.pk).dropping_view
    found = Cluster.objects.filter(project=project, view=view, size__lte=LARGEST).order_by("-size", "pk")
    clusters = list(found[:CLUSTERS])
    candidates = _candidates([one.pk for one in clusters])
    every = {one.member.version_id for ones in candidates.values() for one in ones}
    exchanges = {keep: _exchanges(clusters, candidates, ranks(keep, project.pk, every)) for keep in Keep}
    return Prospect(len(clusters), exchanges)


def _exchanges(
    clusters: Sequence[Cluster], candidates: Mapping[int, Sequence[Candidate]], rank: Ranks
) -> list[Exchange]:
    made = []
    for cluster in clusters:
        ones = candidates.get(cluster.pk, ())
        now = next((one.member for one in ones if one.member.version_id == cluster.representative_id), None)
        then = first(ones, rank) if ones else None
        if now and then and now != then:
            numbers = rank.get(now.version_id), rank.get(then.version_id)
            made.append(Exchange(cluster.pk, cluster.size, now, then, *numbers))
    return made


def first(candidates: Sequence[Candidate], rank: Ranks) -> Member:
    """Who stands: the first text in canonical order, and of those who say it the first by the policy."""
    best: dict[int, float] = defaultdict(lambda: float("-inf"))
    for one in candidates:
        if one.member.eligible:
            text = one.member.text_id
            best[text] = max(best[text], rank.get(one.member.version_id, 0.0))
    may_stand = [one for one in candidates if one.member.eligible] or list(candidates)

    def order(one: Candidate) -> tuple[object, ...]:
        text = Document(one.member.eligible, one.shingles, one.content, best[one.member.text_id])
        return (text.order(), one.member.order(rank))

    return min(may_stand, key=order).member


def _candidates(clusters: Sequence[int]) -> dict[int, list[Candidate]]:
    found: dict[int, list[Candidate]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.id, c.view, c.centre_id, m.version_id, m.jaccard, g.text_id, s.drop_reason, t.occurred_at, x.shingle_count, x.exact
            FROM curation_cluster c
            JOIN curation_clustermember m ON m.cluster_id = c.id
            JOIN curation_signature g ON g.version_id = m.version_id AND g.view = c.view AND g.spec_id = c.spec_id
            JOIN curation_distincttext x ON x.id = g.text_id
            JOIN curation_curationstate s ON s.version_id = m.version_id
            JOIN curation_conversationversion v ON v.id = m.version_id
            JOIN curation_trace t ON t.id = v.trace_id
            WHERE c.id = ANY(%s)
            """,
            [list(clusters)],
        )
        for key, view, centre, version, jaccard, text, reason, at, shingles, exact in cursor.fetchall():
            member = Member(uuid.UUID(str(version)), view, text, centre, jaccard, reason, at)
            found[key].append(Candidate(member, shingles, bytes(exact)))
    return found
