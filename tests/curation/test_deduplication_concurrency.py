"""Eight worker processes, three of them killed with -9 half-way: no duplicate is missed, the clusters are those of one worker."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier

import pytest
from django.db import connection, connections, transaction

from curation.actions.read_versions import read_versions
from curation.dedup.merge import merge
from curation.dedup.probe import probe
from curation.models import ClusterWork, CurationState, DuplicateEdge
from tests.conftest import Team, make_team
from tests.curation.arrivals import arrive, long_answer
from tests.curation.test_deduplication import edited, partition

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("settle_at_once")]
TEXTS = 40
Part = Callable[[Team], int]
PARTS: list[Part] = [
    lambda team: read_versions(team.project, limit=5),
    lambda team: probe(team.project.pk, limit=5),
    lambda team: merge(team.project.pk, limit=3),
]


def work(team: Team, dies_in: Part | None = None) -> None:
    """Until nothing is left; one that dies does so with its first work of that part written and not committed."""
    while sum([_done(part, team, part is dies_in) for part in PARTS]):
        pass


def _done(part: Part, team: Team, dies: bool) -> int:
    with transaction.atomic():
        done = part(team)
        if dies and done:
            os.kill(os.getpid(), signal.SIGKILL)
    return done


def as_worker(team: Team, dies_in: Part | None, start: Barrier) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE winnow_app")
    start.wait()
    work(team, dies_in)


def together(team: Team, *dies_in: Part | None) -> list[int]:
    """Exit codes of one process for each."""
    connections.close_all()
    context = get_context("fork")
    start = context.Barrier(len(dies_in))
    workers = [context.Process(target=as_worker, args=(team, part, start)) for part in dies_in]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return [worker.exitcode or 0 for worker in workers]


def test_eight_workers_of_which_three_are_killed_find_what_one_finds_alone() -> None:
    texts = [
        (f"Q {seed}", text)
        for seed in range(TEXTS)
        for text in (long_answer(seed), edited(long_answer(seed)))
    ]
    alone, shared = make_team("alone"), make_team("shared")
    arrive(alone, *texts)
    work(alone)
    arrive(shared, *texts)
    codes = together(shared, *PARTS, *[None] * 5)
    assert codes == [-signal.SIGKILL] * 3 + [0] * 5
    work(shared)
    assert partition(shared) == partition(alone)
    counts = [DuplicateEdge.objects.filter(low__project=team.project).count() for team in (alone, shared)]
    assert counts[0] == counts[1] >= TEXTS
    assert not ClusterWork.objects.exists()
    assert set(CurationState.objects.values_list("step", flat=True)) == {"clustered"}
