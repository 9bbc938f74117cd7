"""Claim and submit in the store, 32 annotators at once: a fresh queue, a long one with few open, one mostly seen."""

from __future__ import annotations

from collections.abc import Iterator

from annotation.models import AnnotatorProfile
from benchmarks.annotation.annotators import Judged, judge, p95
from benchmarks.annotation.filled import filled, project_with_people, seen
from benchmarks.contract import Row

PEOPLE = 32


def rows(*, quick: bool) -> Iterator[Row]:
    """The statements alone hold the demand; the same through the actions is what pages and API pay."""
    seconds, long = (3.0, 20_000) if quick else (10.0, 200_000)
    project, lead, people = project_with_people("queue", PEOPLE)
    fresh = filled(project, lead, items=long // 4)
    yield from _rows("fresh queue", judge("store", fresh, people, seconds=seconds))
    yield from _rows(
        "fresh queue, through the actions", judge("actions", fresh, people, seconds=seconds), demand=False
    )
    sparse = filled(project, lead, items=long, every=100, overlap=20)
    yield from _rows(f"{long} pairs, 1 % open", judge("store", sparse, people, seconds=seconds))
    worn = filled(project, lead, items=long, every=100, overlap=20)
    for profile in AnnotatorProfile.objects.filter(project=project, user__in=people):
        seen(worn, profile, int(long / 100 * 0.99))
    done = judge("store", worn, people, seconds=seconds)
    yield Row("store, 99 % of the open pairs seen: claims", len(done.claims), "")
    yield Row("store, 99 % of the open pairs seen: claim p95", p95(done.claims), "ms", "<= 40")


def _rows(what: str, done: Judged, *, demand: bool = True) -> Iterator[Row]:
    yield Row(f"store, {what}: claim + submit", done.per_second, "cycles/s", ">= 800" if demand else "")
    yield Row(f"store, {what}: claim p95", p95(done.claims), "ms", "<= 40" if demand else "")
    yield Row(f"store, {what}: submit p95", p95(done.answers), "ms")
