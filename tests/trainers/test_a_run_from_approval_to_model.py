"""The whole way with the real program: launch, supervise, ingest, register, card."""

import time

import pytest

from core import storage
from core.models import AuditEntry, JobState
from tests.conftest import Team
from tests.trainers.conftest import TINY
from trainers.actions.launch_run import launch_run
from trainers.models import Artifact, Attempt, Metric, ModelVersion, Run, Sample
from trainers.reconciling import look_after

pytest.importorskip("torch", reason="the training extra is not installed")
pytestmark = pytest.mark.django_db(transaction=True)


def finish(run: Run, seconds: float = 60) -> Run:
    """Look after the run until it ends."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        look_after(str(run.pk))
        run.refresh_from_db()
        if run.state in ("succeeded", "failed", "cancelled"):
            return run
        time.sleep(0.1)
    raise AssertionError(f"the run is still {run.state}")


def test_a_base_pass_becomes_a_model_with_a_card_and_its_files_are_stored_by_hash(
    team: Team, signed, stop_runs: None, django_capture_on_commit_callbacks
) -> None:
    approval = signed("sft")
    run = launch_run(
        who=team.engineer,
        project=team.project,
        approval_id=approval.pk,
        recipe="base-tiny",
        overrides=TINY["base-tiny"],
    )
    run = finish(run)
    assert (run.state, run.error) == ("succeeded", "")
    assert run.job.state == JobState.SUCCEEDED
    assert Metric.objects.filter(run=run, name="loss").count() == 6
    assert Sample.objects.filter(run=run).count() == 1
    assert Attempt.objects.get(run=run).outcome == "succeeded"
    model = ModelVersion.objects.get(run=run)
    assert model.base is None
    weights = Artifact.objects.get(run=run, path="model/model.safetensors")
    assert len(storage.get(weights.sha256)) == weights.bytes
    for said in (
        approval.root,
        "15 of 30 rows (50.0%)",
        "Lead",
        "Engineer",
        model.weights_sha256,
        "Known risks",
    ):
        assert said in model.card
    assert AuditEntry.objects.filter(verb="model.register", subject_id=str(model.pk)).exists()
