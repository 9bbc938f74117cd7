"""One training row leads back to its trace and forward to the model, and nobody else's project can be walked."""

import uuid

import pytest
from django.urls import reverse

from core.models import Job
from snapshots.models import Approval, SnapshotRow
from tests.conftest import Team
from tests.trainers.approved import approve, chat_rows
from trainers.models import ModelVersion, Recipe, Run
from web.lineage.stages import stages_of
from web.lineage.thread import thread_of

STATIONS = ["trace", "redaction", "cluster", "judgment", "row", "approval", "run", "model"]


@pytest.fixture
def approval(team: Team) -> Approval:
    return approve(
        project=team.project,
        requester=team.engineer,
        approver=team.lead,
        rows=chat_rows("sft", 8),
        name="first",
    )


def trained(
    team: Team, approval: Approval, kind: str = "base", parent: ModelVersion | None = None
) -> ModelVersion:
    """A finished run of this approval, and its model."""
    recipe, _ = Recipe.objects.get_or_create(
        project=team.project,
        name=kind,
        number=1,
        defaults={"kind": kind, "spec": {}, "spec_sha256": "0" * 64},
    )
    run = Run.objects.create(
        project=team.project,
        job=Job.objects.create(kind="training", project_id=team.project.pk),
        approval=approval,
        recipe=recipe,
        kind=kind,
        parent=parent,
        requested_by=team.engineer,
        spec={},
        spec_sha256="0" * 64,
        folder=uuid.uuid4().hex,
    )
    return ModelVersion.objects.create(
        project=team.project, name=kind, number=1, kind=kind, run=run, parent=parent, weights_sha256="f" * 64
    )


def page(team: Team, kind: str, identity: object, person: str = "lead") -> tuple[int, str]:
    url = reverse("lineage", kwargs={"slug": team.project.slug, "kind": kind, "identity": str(identity)})
    response = team.client(getattr(team, person)).get(url)
    return response.status_code, response.content.decode()


def test_a_row_shows_its_text_and_every_station(team: Team, approval: Approval) -> None:
    trained(team, approval)
    row = SnapshotRow.objects.filter(snapshot=approval.snapshot).first()
    assert row is not None
    status, html = page(team, "row", row.pk)
    assert status == 200
    assert "call the method named" in html
    for station in STATIONS:
        assert f'id="{station}"' in html
    assert str(team.lead) in html
    assert "looks right" in html


def test_a_row_reaches_models_that_were_trained_on_top_of_its_model(team: Team, approval: Approval) -> None:
    base = trained(team, approval)
    trained(team, approval, "sft", parent=base)
    row = SnapshotRow.objects.filter(snapshot=approval.snapshot).first()
    assert row is not None
    models = thread_of(team.project, "row", str(row.pk)).models
    assert [model.kind for model in models] == ["base", "sft"]


def test_a_model_is_walked_back_to_the_data_of_its_ancestors(team: Team, approval: Approval) -> None:
    base = trained(team, approval)
    later = approve(
        project=team.project,
        requester=team.engineer,
        approver=team.lead,
        rows=chat_rows("preference", 6, seed=2),
        name="second",
    )
    model = trained(team, later, "dpo", parent=base)
    thread = thread_of(team.project, "model", str(model.pk))
    assert [snapshot.name for snapshot in thread.snapshots] == ["first", "second"]
    assert thread.rows.count() == 14
    assert page(team, "model", model.pk)[0] == 200


@pytest.mark.parametrize("kind", ["trace", "snapshot", "run", "model"])
def test_a_walk_can_start_anywhere(team: Team, approval: Approval, kind: str) -> None:
    model = trained(team, approval)
    row = SnapshotRow.objects.filter(snapshot=approval.snapshot).first()
    assert row is not None
    starts = {"trace": row.trace_id, "snapshot": row.snapshot_id, "run": model.run_id, "model": model.pk}
    status, html = page(team, kind, starts[kind], "engineer")
    assert status == 200
    assert 'aria-current="true"' in html or kind == "snapshot"
    stages = {
        stage.key: stage
        for stage in stages_of(thread_of(team.project, kind, str(starts[kind])), team.project)
    }
    assert stages["row"].total == 8
    assert stages["row"].more == 3
    assert stages["run"].total == 1


def test_stations_not_reached_yet_say_so(team: Team, approval: Approval) -> None:
    row = SnapshotRow.objects.filter(snapshot=approval.snapshot).first()
    assert row is not None
    assert "No run used it yet" in page(team, "row", row.pk)[1]


@pytest.mark.parametrize("kind", ["row", "trace", "snapshot", "run", "model", "nonsense"])
@pytest.mark.parametrize("identity", ["1", "not-an-id", "6f1f5d0e-7c1b-4b5e-9a55-2f0b7d7a3c11"])
def test_what_does_not_exist_is_not_found(team: Team, kind: str, identity: str) -> None:
    assert page(team, kind, identity)[0] == 404


def test_another_projects_things_are_not_found(team: Team, other_team: Team) -> None:
    foreign = approve(
        project=other_team.project,
        requester=other_team.engineer,
        approver=other_team.lead,
        rows=chat_rows("sft", 5),
        name="theirs",
    )
    row = SnapshotRow.objects.filter(snapshot=foreign.snapshot).first()
    assert row is not None
    model = trained(other_team, foreign)
    for kind, identity in [
        ("row", row.pk), ("trace", row.trace_id), ("snapshot", row.snapshot_id), ("run", model.run_id),
        ("model", model.pk),
    ]:  # fmt: skip
        assert page(team, kind, identity)[0] == 404, kind


def test_an_annotator_sees_no_lineage(team: Team, approval: Approval) -> None:
    assert page(team, "snapshot", approval.snapshot_id, "annotator")[0] == 403
