"""A job is owned by one attempt at a time, and a stale attempt can write nothing."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from core.errors import Refused
from core.jobs import Lost, claim, enqueue, job_handler, reaper, request_cancel, runner
from core.jobs import handlers as registry
from core.models import Job, JobState


@pytest.fixture
def kind() -> Iterator[str]:
    name = "test.work"
    yield name
    registry._handlers.pop(name, None)


def queued(kind: str, **more: object) -> Job:
    return enqueue(kind=kind, project_id=None, **more)  # type: ignore[arg-type]


def let_lease_run_out(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))


@pytest.mark.django_db
def test_a_claimed_job_cannot_be_claimed_again_while_its_lease_lasts(kind: str) -> None:
    job = queued(kind)
    assert claim(job.pk) is not None
    assert claim(job.pk) is None


@pytest.mark.django_db
def test_a_job_whose_lease_ran_out_goes_to_the_next_attempt_and_the_first_can_write_nothing(
    kind: str,
) -> None:
    job = queued(kind)
    first = claim(job.pk)
    assert first is not None
    let_lease_run_out(job)
    second = claim(job.pk)
    assert second is not None
    assert second.attempt == first.attempt + 1
    with pytest.raises(Lost):
        first.progress(1, 2)
    with pytest.raises(Lost), first.fence():
        pass
    with pytest.raises(Lost):
        first.succeed({"stale": True})
    second.succeed({"fresh": True})
    assert Job.objects.get(pk=job.pk).result == {"fresh": True}


@pytest.mark.django_db
def test_a_second_live_job_of_the_same_key_is_the_first_one(kind: str) -> None:
    assert queued(kind, dedupe_key="snapshot-1").pk == queued(kind, dedupe_key="snapshot-1").pk


@pytest.mark.django_db
def test_a_finished_job_does_not_block_its_key(kind: str) -> None:
    job = queued(kind, dedupe_key="snapshot-1")
    running = claim(job.pk)
    assert running is not None
    running.succeed()
    assert queued(kind, dedupe_key="snapshot-1").pk != job.pk


@pytest.mark.django_db
def test_the_database_caps_attempts(kind: str) -> None:
    job = queued(kind, max_attempts=1)
    assert claim(job.pk) is not None
    let_lease_run_out(job)
    assert claim(job.pk) is None
    job_handler(kind)(lambda running: None)
    reaper.reap()
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "went silent" in job.error


@pytest.mark.django_db
def test_a_refusal_fails_the_job_with_its_reason_and_is_not_tried_again(kind: str) -> None:
    @job_handler(kind)
    def refuse(running: object) -> None:
        raise Refused("empty", "There is nothing to build from.", hint="Ingest traces first.")

    job = queued(kind)
    runner.run(str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.error == "There is nothing to build from. Ingest traces first."


@pytest.mark.django_db
def test_a_fault_gives_the_job_back_for_another_attempt(kind: str) -> None:
    @job_handler(kind)
    def fault(running: object) -> None:
        raise ZeroDivisionError

    job = queued(kind)
    runner.run(str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.QUEUED
    assert job.error == "ZeroDivisionError"
    assert job.run_after > timezone.now()


@pytest.mark.django_db
def test_a_cancelled_queued_job_never_starts(kind: str) -> None:
    job = queued(kind)
    assert request_cancel(job)
    assert claim(job.pk) is None


@pytest.mark.django_db
def test_a_running_job_learns_of_its_cancellation_at_the_next_heartbeat(kind: str) -> None:
    job = queued(kind)
    running = claim(job.pk)
    assert running is not None
    assert request_cancel(job)
    running.heartbeat()
    assert running.cancelled


@pytest.mark.django_db
def test_a_broker_that_is_away_loses_no_job(
    kind: str, django_capture_on_commit_callbacks, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    from config.celery import app

    monkeypatch.setattr(app.conf, "broker_url", "redis+socket:///nowhere/at/all.sock")
    with django_capture_on_commit_callbacks(execute=True):
        job = queued(kind)
    assert Job.objects.claimable().filter(pk=job.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_of_fifty_deliveries_at_once_exactly_one_claims_the_job(kind: str) -> None:
    with transaction.atomic():
        job = queued(kind)
    claimed: list[int] = []
    start = threading.Barrier(50)

    def deliver() -> None:
        start.wait()
        running = claim(job.pk)
        if running is not None:
            claimed.append(running.attempt)
        connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert claimed == [1]


@pytest.mark.django_db
def test_jobs_of_other_runners_never_hide_those_the_reaper_rings_for(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_handler(kind)(lambda running: None)
    for _ in range(3):
        queued("test.run_elsewhere")
    mine, rung = queued(kind), []
    monkeypatch.setattr(reaper, "BATCH", 2)
    monkeypatch.setattr(reaper, "nudge", lambda job_id, queue: rung.append(job_id))
    assert reaper.reap() == 1
    assert rung == [str(mine.pk)]


@pytest.mark.django_db
def test_a_job_asked_to_stop_is_not_begun_again_after_its_worker_died(kind: str) -> None:
    begun: list[int] = []
    job_handler(kind)(lambda running: begun.append(running.attempt))  # type: ignore[arg-type]
    job = queued(kind)
    assert claim(job.pk) is not None
    request_cancel(job)
    let_lease_run_out(job)
    runner.run(str(job.pk))
    assert Job.objects.get(pk=job.pk).state == JobState.CANCELLED
    assert begun == []
