"""Killing workers loses no job and does no step twice."""

import signal
import time

import pytest
from django.db import connection

from core.jobs import enqueue
from core.models import Job, JobLog, JobState
from tests.stack.conftest import Stack, wait_until

pytestmark = [pytest.mark.stack, pytest.mark.django_db(transaction=True)]
LEASE_SECONDS = 3
STEPS = 8


def queued(*, seconds: float = 0.4) -> Job:
    return enqueue(
        kind="stack.steps",
        project_id=None,
        payload={"steps": STEPS, "seconds": seconds},
        lease_seconds=LEASE_SECONDS,
        max_attempts=5,
    )


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def steps_done(job: Job) -> list[str]:
    return list(JobLog.objects.filter(job=job, level="info").order_by("id").values_list("message", flat=True))


def test_another_worker_goes_on_within_lease_and_two_seconds_after_a_kill(stack: Stack) -> None:
    stack.beat()
    stack.two_workers()
    job = queued()
    wait_until(lambda: fresh(job).done >= 2, seconds=20, why="two steps done")
    stack.holder(fresh(job)).kill()
    took = wait_until(lambda: fresh(job).attempt == 2, seconds=LEASE_SECONDS + 20, why="second attempt")
    assert took <= LEASE_SECONDS + 2
    wait_until(lambda: fresh(job).state == JobState.SUCCEEDED, seconds=30, why="job succeeded")
    assert steps_done(job) == [f"step {step}" for step in range(STEPS)]


def test_a_worker_that_was_only_asleep_cannot_write_any_more(stack: Stack) -> None:
    stack.beat()
    stack.two_workers()
    job = queued()
    wait_until(lambda: fresh(job).done >= 1, seconds=20, why="one step done")
    sleeper = stack.holder(fresh(job))
    sleeper.signal(signal.SIGSTOP)
    wait_until(lambda: fresh(job).state == JobState.SUCCEEDED, seconds=40, why="the other worker finished")
    sleeper.signal(signal.SIGCONT)
    time.sleep(2)
    assert fresh(job).state == JobState.SUCCEEDED
    assert fresh(job).attempt == 2
    assert steps_done(job) == [f"step {step}" for step in range(STEPS)]


def test_a_commit_while_the_broker_is_down_loses_nothing(stack: Stack) -> None:
    stack.broker.stop()
    started = time.monotonic()
    job = queued(seconds=0.01)
    assert time.monotonic() - started < 5
    assert fresh(job).state == JobState.QUEUED
    stack.broker.start()
    stack.beat()
    stack.worker()
    wait_until(lambda: fresh(job).state == JobState.SUCCEEDED, seconds=30, why="the reaper rang again")


def test_fifty_deliveries_of_one_job_do_it_once(stack: Stack) -> None:
    from core.tasks import run_job

    job = queued(seconds=0.01)
    for _ in range(50):
        run_job.apply_async(args=[str(job.pk)], queue="default")
    stack.two_workers()
    wait_until(lambda: fresh(job).state == JobState.SUCCEEDED, seconds=30, why="job succeeded")
    wait_until(lambda: not queue_length(stack), seconds=20, why="all deliveries taken")
    assert fresh(job).attempt == 1
    assert steps_done(job) == [f"step {step}" for step in range(STEPS)]


def test_workers_run_as_the_app_role(stack: Stack) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("winnow_app",)
    assert stack.environment["WINNOW_DATABASE_ROLE"] == "app"


def queue_length(stack: Stack) -> int:
    import redis

    length = redis.Redis(unix_socket_path=str(stack.broker.socket)).llen("default")
    assert isinstance(length, int)
    return length
