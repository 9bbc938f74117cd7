"""The one serialised merger: puts probed texts into star clusters, and closes the gaps of what left.

Holding an advisory lock per project and spec, so that two mergers never write the same clusters. What it writes is a function
of the documents and their edges, whatever the order in which they came; it looks only at what news can have moved.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import connection, transaction

from curation.clusters import resettle
from curation.dedup.forms import collapse
from curation.dedup.graph import StoredGraph
from curation.dedup.keep import choice_of
from curation.dedup.leave import Left, leave
from curation.dedup.membership import gather
from curation.dedup.spec import current_spec
from curation.dedup.standing import renew
from curation.models import DeduplicationChoice, SignatureSpec

Places = dict[int, tuple[int, float]]
MOVE = """
    WITH moved AS (DELETE FROM {source} WHERE text_id = ANY(%s) RETURNING *)
    INSERT INTO {target} SELECT * FROM moved RETURNING text_id
"""


@dataclass(slots=True)
class News:
    """What waits for the merger: rows of work, texts no cluster knows yet, and versions to look at, by text."""

    work: list[int] = field(default_factory=list)
    fresh: set[int] = field(default_factory=set)
    versions: dict[int, set[uuid.UUID]] = field(default_factory=dict)
    whole: set[int] = field(default_factory=set)
    """Texts of which every version is to be looked at again."""

    def add(self, text_id: int, version_id: uuid.UUID | None) -> None:
        """A version of a text, or all of them."""
        if version_id is None:
            self.whole.add(text_id)
        else:
            self.versions.setdefault(text_id, set()).add(version_id)

    @property
    def texts(self) -> set[int]:
        """Every text with news."""
        return {*self.versions, *self.whole}


def merge(project_id: uuid.UUID, *, limit: int = 5000) -> int:
    """Cluster up to `limit` probed signatures with all that they move; how many were taken."""
    spec, choice = current_spec(), choice_of(project_id)
    with transaction.atomic():
        _lock(project_id, spec)
        left = leave(project_id, spec, limit)
        news = _news(project_id, limit)
        returned = _returned(project_id, spec, limit, news)
        if not (left or news.work or returned):
            return 0
        _collapse(project_id, spec, news, left)
        _settle(project_id, spec, choice, news, left)
        _done(news.work)
    return len(news.work) + returned + len(left.versions)


def _collapse(project_id: uuid.UUID, spec: SignatureSpec, news: News, left: Left) -> None:
    """What is left out because it goes on in a longer form, or no longer is, is news too."""
    told = {version for versions in news.versions.values() for version in versions} | left.shorter
    changed = collapse(project_id, told)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT text_id, version_id FROM curation_signature WHERE version_id = ANY(%s) AND spec_id = %s",
            [list(changed), spec.pk],
        )
        for text_id, version_id in cursor.fetchall():
            news.add(text_id, version_id)


def _settle(
    project_id: uuid.UUID, spec: SignatureSpec, choice: DeduplicationChoice, news: News, left: Left
) -> None:
    changed = renew(project_id, choice, {*news.texts, *left.poorer}) - news.fresh
    graph = StoredGraph(spec, news.fresh)
    places, known = resettle(
        graph, fresh=news.fresh, changed=changed, orphaned=left.orphaned, threshold=spec.threshold
    )
    places = {text: (text, 1.0) for text in left.orphaned} | places
    _store(places)
    _tend_bands(project_id, places, graph.crowded, known.placed)
    news.whole |= places.keys() | changed
    gather(project_id, spec, choice, whole=news.whole, versions=news.versions, left=left)


def _lock(project_id: uuid.UUID, spec: SignatureSpec) -> None:
    """And plans that never scan a table: statistics may still say of a table that has just grown that it is empty."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"merge:{project_id}:{spec.pk}"]
        )
        for way in ("seqscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")


def _news(project_id: uuid.UUID, limit: int) -> News:
    """A twin waits until the text it repeats has been probed."""
    news = News()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT w.id, w.text_id, w.version_id, w.fresh FROM curation_clusterwork w
            WHERE w.project_id = %s AND w.stage = 'merge'
              AND NOT EXISTS (SELECT 1 FROM curation_clusterwork p WHERE p.text_id = w.text_id AND p.fresh AND p.stage = 'probe')
            ORDER BY w.id LIMIT %s FOR UPDATE OF w SKIP LOCKED
            """,
            [project_id, limit],
        )
        for work_id, text_id, version_id, fresh in cursor.fetchall():
            news.work.append(work_id)
            news.add(text_id, version_id)
            if fresh:
                news.fresh.add(text_id)
    return news


def _returned(project_id: uuid.UUID, spec: SignatureSpec, limit: int, news: News) -> int:
    """Versions sent back because what keeps them out changed; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.version_id, g.text_id FROM (
                SELECT version_id FROM curation_curationstate WHERE project_id = %s AND step = 'probed' LIMIT %s
            ) s
            JOIN curation_signature g ON g.version_id = s.version_id AND g.spec_id = %s
            WHERE NOT EXISTS (SELECT 1 FROM curation_clusterwork w WHERE w.text_id = g.text_id AND w.fresh)
            """,
            [project_id, limit, spec.pk],
        )
        rows = cursor.fetchall()
    for version_id, text_id in rows:
        news.add(text_id, version_id)
    return len({version_id for version_id, _ in rows})


def _store(places: Places) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM curation_starplace WHERE text_id = ANY(%s)", [sorted(places)])
        moved = sorted((text, *place) for text, place in places.items() if place[0] != text)
        cursor.execute(
            "INSERT INTO curation_starplace (text_id, centre_id, jaccard)"
            " SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::float8[])",
            [list(column) for column in zip(*moved, strict=True)] or [[], [], []],
        )


def _tend_bands(project_id: uuid.UUID, places: Places, crowded: Collection[int], before: Places) -> None:
    """A crowded text that somebody stands for is not probed for: its representative is. Standing for itself again, it comes back."""
    following = [text for text, (centre, _) in places.items() if centre != text and text in crowded]
    risen = [
        text for text, (centre, _) in places.items() if centre == text and text in crowded and text in before
    ]
    with connection.cursor() as cursor:
        cursor.execute(MOVE.format(source="curation_band", target="curation_band_resting"), [following])
        cursor.execute(MOVE.format(source="curation_band_resting", target="curation_band"), [risen])
        cursor.execute(
            "INSERT INTO curation_clusterwork (project_id, text_id, stage, fresh)"
            " SELECT %s, unnest(%s::bigint[]), 'probe', false",
            [project_id, [text for (text,) in cursor.fetchall()]],
        )


def _done(work: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM curation_clusterwork WHERE id = ANY(%s)", [work])
