"""How attempts end that nobody can register, and what a superseded attempt may no longer touch."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from core.jobs import RunningJob, claim
from core.models import Job
from snapshots.models import Approval, Withdrawal
from tests.conftest import Team
from trainers.actions.launch_run import launch_run
from trainers.folder import AttemptFolder
from trainers.ingesting import ingest
from trainers.manifests import seal
from trainers.models import Artifact, Attempt, Metric, ModelVersion, Run
from trainers.places import folder_of
from trainers.processes import ProcessName
from trainers.reconciling import look_after

pytestmark = pytest.mark.django_db

Signed = Callable[..., Approval]


@pytest.fixture
def started(team: Team, signed: Signed) -> tuple[Run, AttemptFolder]:
    """A run whose first attempt holds it; its program is this test."""
    run = launch_run(who=team.engineer, project=team.project, approval_id=signed().pk, recipe="base-tiny")
    running = claim(run.job_id)
    assert isinstance(running, RunningJob)
    Attempt.objects.create(run=run, number=running.attempt, host="here")
    Run.objects.filter(pk=run.pk).update(state="running")
    return run, folder_of(run).take(running.attempt)


def publish(folder: AttemptFolder) -> None:
    """What a supervisor leaves behind after a training that ended well."""
    model = folder.run.artifacts / "model"
    model.mkdir(parents=True)
    (model / "model.safetensors").write_bytes(b"weights")
    seal(folder.run.artifacts, {"kind": "base"})
    folder.write("result", {"state": "succeeded", "seconds": 1.0, "step": 60, "total": 60})


def looked_after(run: Run) -> Run:
    look_after(str(run.pk))
    run.refresh_from_db()
    return run


def test_a_run_that_ended_well_becomes_a_model(started: tuple[Run, AttemptFolder]) -> None:
    run, folder = started
    publish(folder)
    folder.run.data.mkdir()
    folder.run.rows.write_text("somebody's words")
    assert looked_after(run).state == "succeeded"
    assert ModelVersion.objects.get(run=run).bytes == 7
    assert not folder.run.data.exists()


def test_nothing_is_registered_from_an_approval_withdrawn_meanwhile(
    team: Team, started: tuple[Run, AttemptFolder]
) -> None:
    run, folder = started
    publish(folder)
    folder.run.data.mkdir()
    Withdrawal.objects.create(approval=run.approval, withdrawn_by=team.lead, reason="found a leak")
    assert looked_after(run).state == "cancelled"
    assert "withdrawn" in run.error
    assert Job.objects.get(pk=run.job_id).state == "cancelled"
    assert not ModelVersion.objects.exists()
    assert not Artifact.objects.exists()
    assert not folder.run.data.exists()


def test_artifacts_that_no_longer_prove_themselves_end_the_run_and_free_its_place(
    started: tuple[Run, AttemptFolder],
) -> None:
    run, folder = started
    publish(folder)
    (folder.run.artifacts / "model" / "model.safetensors").write_bytes(b"others!")
    assert looked_after(run).state == "failed"
    assert "no longer match" in run.error
    assert Job.objects.get(pk=run.job_id).state == "failed"


def test_a_superseded_attempt_moves_no_offset(started: tuple[Run, AttemptFolder]) -> None:
    run, old = started
    old.append("metrics", {"step": 1, "name": "loss", "value": 4.0, "at": time.time()})
    Job.objects.filter(pk=run.job_id).update(attempt=2)
    ingest(run, old, {})
    run.refresh_from_db()
    assert run.metrics_offset == 0
    assert not Metric.objects.exists()


@pytest.mark.parametrize(("touched", "outcome"), [(True, ""), (False, "lost")])
def test_a_program_that_can_only_touch_its_status_is_alive(
    started: tuple[Run, AttemptFolder], touched: bool, outcome: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, folder = started
    name = ProcessName.own().as_json() | {"boot": "another machine"}
    folder.write("status", {"supervisor": name, "beat_at": time.time() - 100, "step": 3, "total": 60})
    if not touched:
        monkeypatch.setattr(AttemptFolder, "touched", lambda *_: 0.0)
    monkeypatch.setattr("trainers.reconciling._start", lambda *_: None)
    looked_after(run)
    assert Attempt.objects.get(run=run, number=1).outcome == outcome


def test_a_flag_meant_for_an_earlier_attempt_does_not_stop_the_next(
    started: tuple[Run, AttemptFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, folder = started
    folder.run.request_cancel()
    Job.objects.filter(pk=run.job_id).update(state="queued", lease_until=None)
    Run.objects.filter(pk=run.pk).update(state="queued")
    begun: list[Any] = []
    monkeypatch.setattr("trainers.reconciling.start_local", begun.append)
    look_after(str(run.pk))
    assert [one.number for one in begun] == [2]
    assert not folder.run.cancel_requested
