"""Claim and submit in the store, 32 annotators at once: a fresh queue, a long one with few open, one that somebody has nearly seen."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from annotation.models import AnnotatorProfile
from benchmarks.annotation import pgbench
from benchmarks.annotation.annotators import Judged, judge, p95
from benchmarks.annotation.bare import create
from benchmarks.annotation.filled import filled, project_with_people, seen
from benchmarks.contract import Row

PEOPLE = 32


def rows(*, quick: bool) -> Iterator[Row]:
    """The statements alone hold the demand; the same through the actions is what pages and API pay."""
    seconds, long = (3.0, 20_000) if quick else (10.0, 200_000)
    project, lead, people = project_with_people("queue", PEOPLE)
    fresh = filled(project, lead, items=long // 4)
    create(items=long // 4)
    peer = judge("bare", fresh, people, seconds=seconds)
    ours = judge("store", fresh, people, seconds=seconds)
    yield from _rows("a bare queue in psycopg (peer)", peer, demand=False)
    yield from _rows("fresh queue", ours)
    yield Row("store, fresh queue: of the bare queue's cycles", ours.per_second / peer.per_second)
    alone = pgbench.cycles(fresh, people, seconds=seconds)
    if alone is not None:
        yield Row("store, fresh queue: the same statements from pgbench", alone, "cycles/s")
    yield from _rows(
        "fresh queue, through the actions", judge("actions", fresh, people, seconds=seconds), demand=False
    )
    sparse = filled(project, lead, items=long, every=100, overlap=20)
    yield from _rows(f"{long} pairs, 1 % open", judge("store", sparse, people, seconds=seconds))
    worn = filled(project, lead, items=long, every=100, overlap=20)
    someone, others = people[0], people[1:]
    profile = AnnotatorProfile.objects.get(project=project, user=someone)
    seen(worn, profile, int(long / 100 * 0.99))
    with ThreadPoolExecutor(1) as beside:
        at_work = beside.submit(judge, "store", worn, others, seconds=seconds)
        done = judge("store", worn, [someone], seconds=seconds)
        at_work.result()
    yield Row("store, somebody who saw 99 % of the open pairs: claims", len(done.claims), "")
    yield Row("store, somebody who saw 99 % of the open pairs: claim p95", p95(done.claims), "ms", "<= 40")


def _rows(what: str, done: Judged, *, demand: bool = True) -> Iterator[Row]:
    yield Row(f"store, {what}: claim + submit", done.per_second, "cycles/s", ">= 800" if demand else "")
    yield Row(f"store, {what}: claim p95", p95(done.claims), "ms", "<= 40" if demand else "")
    yield Row(f"store, {what}: submit p95", p95(done.answers), "ms")
