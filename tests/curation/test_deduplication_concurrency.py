"""Several workers at once, one of them dying half-way: no duplicate is missed, and the clusters are those of one worker alone."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from curation.actions.read_versions import read_versions
from curation.dedup.merge import merge
from curation.dedup.probe import probe
from curation.models import ClusterWork, CurationState, DuplicateEdge
from tests.conftest import Team, make_team
from tests.curation.arrivals import arrive, long_answer
from tests.curation.test_deduplication import edited, partition

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("settle_at_once")]
WORKERS, TEXTS = 4, 30


class Died(Exception):
    """A worker that was killed: its transaction never committed."""


def work(team: Team, dies: bool) -> None:
    if dies:
        with pytest.raises(Died):
            read_and_die(team)
        return
    while (
        read_versions(team.project, limit=7)
        + probe(team.project.pk, limit=5)
        + merge(team.project.pk, limit=3)
    ):
        pass


def read_and_die(team: Team) -> None:
    with transaction.atomic():
        read_versions(team.project, limit=7)
        raise Died


def together(team: Team) -> None:
    faults: list[BaseException] = []

    def run(dies: bool) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET ROLE winnow_app")
            work(team, dies)
        except BaseException as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number == 0,)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults


def test_workers_that_share_the_work_find_what_one_finds_alone() -> None:
    texts = [
        (f"Q {seed}", text)
        for seed in range(TEXTS)
        for text in (long_answer(seed), edited(long_answer(seed)))
    ]
    alone, shared = make_team("alone"), make_team("shared")
    arrive(alone, *texts)
    work(alone, dies=False)
    arrive(shared, *texts)
    together(shared)
    work(shared, dies=False)
    assert partition(shared) == partition(alone)
    counts = [DuplicateEdge.objects.filter(low__project=team.project).count() for team in (alone, shared)]
    assert counts[0] == counts[1] >= TEXTS
    assert not ClusterWork.objects.exists()
    assert set(CurationState.objects.values_list("step", flat=True)) == {"clustered"}
