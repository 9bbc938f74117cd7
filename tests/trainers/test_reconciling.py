"""Rows and run folders brought together: lost programs, cancels, withdrawals, stale publishers, a full store."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import Error, transaction

from core import storage
from core.jobs import RunningJob
from core.models import Job
from snapshots.models import Approval, Shard, Withdrawal
from tests.conftest import Team
from tests.trainers.conftest import TINY
from trainers.actions.cancel_run import cancel_run, resume_run
from trainers.actions.launch_run import launch_run
from trainers.folder import AttemptFolder
from trainers.models import Artifact, Attempt, Metric, ModelVersion, Run
from trainers.places import folder_of
from trainers.processes import ProcessName
from trainers.reconciling import look_after, reconcile

pytest.importorskip("torch", reason="the training extra is not installed")
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("stop_runs"), pytest.mark.long]

Signed = Callable[..., Approval]
LONG = {**TINY["base-tiny"], "steps": 5000, "checkpoint_every": 3}


def launch(team: Team, approval: Approval, **parameters: Any) -> Run:
    return launch_run(
        who=team.engineer,
        project=team.project,
        approval_id=approval.pk,
        recipe="base-tiny",
        overrides={**TINY["base-tiny"], **parameters},
    )


def until(run: Run, what: Callable[[], object], seconds: float = 45) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, f"it did not happen in time; the run is {run.state}: {run.error}"
        look_after(str(run.pk))
        run.refresh_from_db()
        time.sleep(0.05)


def current(run: Run) -> AttemptFolder:
    run.job.refresh_from_db()
    return folder_of(run).attempt(run.job.attempt)


def kill(attempt: AttemptFolder) -> None:
    status = attempt.read("status") or {}
    for name in ("supervisor", "trainer"):
        os.killpg(ProcessName.read(status[name]).pid, signal.SIGKILL)


def test_a_killed_program_is_taken_up_from_its_checkpoint_and_a_cancel_ends_it(
    team: Team, signed: Signed
) -> None:
    run = launch(team, signed(), **LONG)
    until(run, lambda: list(folder_of(run).checkpoints.glob("step-*")))
    kill(current(run))
    killed_at = time.monotonic()
    until(run, lambda: current(run).number == 2 and run.state == "running" and run.step > 3)
    first, second = Attempt.objects.filter(run=run).order_by("number")
    assert (first.outcome, second.outcome) == ("lost", "")
    taken = Attempt.objects.get(pk=second.pk).started_at.timestamp() - (
        time.time() - (time.monotonic() - killed_at)
    )
    assert taken < run.job.lease_seconds + 2
    assert second.resumed_from_step or current(run).read("progress")["resumed_from"] > 0  # type: ignore[index]
    steps = list(Metric.objects.filter(run=run, name="loss").order_by("step").values_list("step", flat=True))
    assert steps == list(range(1, len(steps) + 1))

    cancel_run(who=team.engineer, project=team.project, run_id=run.pk)
    run.refresh_from_db()
    assert run.state == "stopping"
    until(run, lambda: run.state == "cancelled")
    assert not Artifact.objects.exists()
    assert Job.objects.get(pk=run.job_id).state == "cancelled"

    run = resume_run(who=team.engineer, project=team.project, run_id=run.pk)
    until(run, lambda: (current(run).read("progress") or {}).get("resumed_from", 0) > 0)
    Withdrawal.objects.create(approval=run.approval, withdrawn_by=team.lead, reason="found a leak")
    until(run, lambda: run.state == "cancelled")
    assert "withdrawn" in run.error


def test_a_stale_attempt_cannot_register_what_it_made(
    team: Team, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = launch(team, signed())
    look_after(str(run.pk))
    attempt = current(run)
    end = time.monotonic() + 40
    while attempt.read("result") is None and time.monotonic() < end:
        time.sleep(0.05)
    stale = RunningJob(Job.objects.get(pk=run.job_id), attempt.number - 1)
    from core.jobs import Lost
    from trainers.registering import register

    run = Run.objects.select_related("job", "approval__snapshot", "recipe").get(pk=run.pk)
    with pytest.raises(Lost):
        register(run, stale, attempt, attempt.read("result") or {})
    assert not Artifact.objects.exists()
    with pytest.raises(Error), transaction.atomic():
        Artifact.objects.create(
            run=run, attempt=stale.attempt, path="x", kind="file", sha256="0" * 64, bytes=1
        )

    real_put = storage.put

    def full(_data: bytes) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "put", full)
    look_after(str(run.pk))
    run.refresh_from_db()
    assert run.state == "running"
    assert "disk is full" in run.error
    monkeypatch.setattr(storage, "put", real_put)
    for _ in range(3):
        look_after(str(run.pk))
    run.refresh_from_db()
    assert (run.state, run.error) == ("succeeded", "")
    assert ModelVersion.objects.filter(run=run).count() == 1
    assert Artifact.objects.filter(run=run, path="model/model.safetensors").count() == 1


def test_bytes_that_do_not_match_the_approved_root_are_never_trained_on(team: Team, signed: Signed) -> None:
    approval = signed()
    other = signed("sft", 12, seed=5)
    for forged in Shard.objects.filter(snapshot=other.snapshot):
        Shard.objects.create(
            snapshot=approval.snapshot,
            materialisation=2,
            split=forged.split,
            name=forged.name,
            sha256=forged.sha256,
            rows=forged.rows,
            bytes=forged.bytes,
        )
    run = launch(team, approval)
    look_after(str(run.pk))
    run.refresh_from_db()
    assert run.state == "failed"
    assert "A check does not hold" in run.error
    assert not folder_of(run).rows.exists()


def test_an_approval_withdrawn_before_the_start_ends_the_run_without_a_step(
    team: Team, signed: Signed
) -> None:
    run = launch(team, signed())
    Withdrawal.objects.create(approval=run.approval, withdrawn_by=team.lead, reason="found a leak")
    reconcile()
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert "withdrawn" in run.error
    assert not folder_of(run).path.exists()


def test_a_queued_run_is_cancelled_at_once_and_a_full_house_makes_runs_wait(
    team: Team, signed: Signed, settings: Any
) -> None:
    settings.TRAINING_AT_ONCE = 0
    run = launch(team, signed())
    reconcile()
    run.refresh_from_db()
    assert run.state == "queued"
    assert cancel_run(who=team.admin, project=team.project, run_id=run.pk).state == "cancelled"
