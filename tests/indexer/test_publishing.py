"""Publishing under fire: readers see neither a hole nor a ghost, and parallel builds do not undo each other."""

import itertools
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from core.jobs import runner
from indexer.actions.delete_document import delete_document
from indexer.actions.request_build import request_build
from indexer.actions.search import search
from indexer.models import BuildState, DocumentVersion, IndexBuild, IndexPointer, Source
from tests.conftest import make_team
from tests.indexer.conftest import ROBOT, deliver_rows, run_build

ROUNDS = 12


def in_thread(work: Callable[[], None], failures: list[BaseException]) -> threading.Thread:
    def run() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET ROLE winnow_app")
            work()
        except BaseException as error:  # the main thread reports it
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_no_search_sees_a_superseded_version_or_a_hole_while_versions_are_published() -> None:
    project = make_team("acme").project
    deliver_rows(project, {"doc_id": "d", "text": "# Always\n\nlighthouse keeper\n\n# Number\n\nedition 0"})
    committed, stop = [0], threading.Event()
    answers = itertools.count()

    def read() -> None:
        while not stop.is_set():
            floor = committed[0]
            for query in ("lighthouse", "edition"):
                results = search(who=ROBOT, project=project, query=query).results
                places = [place for result in results for place in result.occurrences]
                assert len(places) == 1, f"{query}: {places}"
                text = places[0].document_version.text
                assert text[places[0].start : places[0].end] == places[0].passage.text
                assert int(text.rsplit(" ", 1)[1]) >= floor, "an older edition than the one already published"
            next(answers)

    failures: list[BaseException] = []
    readers = [in_thread(read, failures) for _ in range(2)]
    try:
        for edition in range(1, ROUNDS + 1):
            deliver_rows(
                project,
                {"doc_id": "d", "text": f"# Always\n\nlighthouse keeper\n\n# Number\n\nedition {edition}"},
            )
            committed[0] = edition
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert not failures, failures[0]
    assert next(answers) > ROUNDS


@pytest.mark.django_db(transaction=True)
def test_a_document_deleted_during_a_build_does_not_come_back_with_it() -> None:
    team = make_team("acme")
    done = deliver_rows(team.project, {"doc_id": "d", "text": "Retracted finding."}, index=False)
    assert done.build is not None
    delete_document(who=team.lead, project=team.project, source_id=Source.objects.get().pk)
    run_build(done.build)
    assert DocumentVersion.objects.get().state == "deleted"
    assert not search(who=ROBOT, project=team.project, query="retracted finding").results


@pytest.mark.django_db(transaction=True)
def test_a_build_that_read_less_than_what_is_live_is_overtaken() -> None:
    """An older build finishing late must not take published documents out of search."""
    from indexer.actions import build_index as module

    project = make_team("acme").project
    first = deliver_rows(project, {"doc_id": "a", "text": "alpha"}, index=False).build
    assert first is not None
    assert first.job is not None
    failures: list[BaseException] = []
    may_publish, has_read = threading.Event(), threading.Event()
    write = module._write_files

    def slow(build: IndexBuild, *rest: object) -> str:
        digest = write(build, *rest)  # type: ignore[arg-type]
        if build.pk == first.pk:
            has_read.set()
            assert may_publish.wait(30)
        return digest

    module._write_files = slow  # type: ignore[assignment]
    try:
        late = in_thread(lambda: runner.run(str(first.job_id)), failures)
        assert has_read.wait(30)
        deliver_rows(project, {"doc_id": "b", "text": "beta"})
        may_publish.set()
        late.join()
    finally:
        module._write_files = write
    assert not failures
    first.refresh_from_db()
    assert first.state == BuildState.OVERTAKEN
    assert IndexPointer.objects.get(project=project).build.number == 2
    for word in ("alpha", "beta"):
        assert len(search(who=ROBOT, project=project, query=word).results) == 1


@pytest.mark.django_db(transaction=True)
def test_a_waiting_build_is_shared_and_a_running_one_is_not() -> None:
    project = make_team("acme").project
    first = deliver_rows(project, {"doc_id": "a", "text": "alpha"}, index=False).build
    assert first is not None
    assert request_build(who=ROBOT, project=project).pk == first.pk
    run_build(first)
    assert request_build(who=ROBOT, project=project).pk != first.pk


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_lost_its_lease_publishes_nothing() -> None:
    from core.jobs import claim
    from core.jobs.queue import Lost
    from core.models import Job
    from indexer.actions.build_index import build_index

    project = make_team("acme").project
    build = deliver_rows(project, {"doc_id": "a", "text": "alpha"}, index=False).build
    assert build is not None
    assert build.job is not None
    running = claim(build.job.pk)
    assert running is not None
    Job.objects.filter(pk=build.job.pk).update(attempt=2)
    with pytest.raises(Lost):
        build_index(build, running)
    assert not IndexPointer.objects.exists()
    assert DocumentVersion.objects.get().state == "pending"
