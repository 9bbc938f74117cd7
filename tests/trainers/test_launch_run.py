"""Who may launch what, and that only a standing approval of one's own project can be named."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import Error, transaction

from accounts.models.access import Scope
from accounts.permissions import VERBS
from core.errors import NotFound, PermissionRefused, Refused, Unavailable
from core.jobs import enqueue
from core.models import AuditEntry, Event, Job
from snapshots.models import Approval, Snapshot, Withdrawal
from tests.conftest import Team
from tests.trainers.approved import approve, chat_rows
from trainers.actions import launch_run as launching
from trainers.actions.launch_run import launch_run
from trainers.models import ModelVersion, Recipe, Run

pytestmark = pytest.mark.django_db

Signed = Callable[..., Approval]


def launch(team: Team, approval: Approval, recipe: str = "base-tiny", **more: Any) -> Run:
    return launch_run(who=team.engineer, project=team.project, approval_id=approval.pk, recipe=recipe, **more)


def model_of(team: Team, run: Run, kind: str = "base", number: int = 1) -> ModelVersion:
    """A registered model without having trained one; the card tests train for real."""
    return ModelVersion.objects.create(
        project=team.project, name=kind, number=number, kind=kind, run=run, weights_sha256="0" * 64
    )


def test_a_launch_queues_one_job_and_says_so_in_audit_and_events(team: Team, signed: Signed) -> None:
    approval = signed()
    run = launch(team, approval)
    assert (run.state, run.kind, run.parent, run.reference) == ("queued", "base", None, None)
    assert run.job.kind == "training_run"
    assert run.spec["root"] == approval.root
    entry = AuditEntry.objects.get(verb="run.launch", subject_id=str(run.pk))
    assert entry.data["root"] == approval.root
    assert Event.objects.get(subject_id=str(run.pk)).to_state == "queued"


def test_a_second_press_gives_the_same_run_back(team: Team, signed: Signed) -> None:
    approval = signed()
    assert launch(team, approval) == launch(team, approval)
    assert Run.objects.count() == Job.objects.filter(kind="training_run").count() == 1
    assert AuditEntry.objects.filter(verb="run.launch").count() == 1


@pytest.mark.parametrize("role", ["annotator", "lead", "admin"])
def test_only_roles_that_carry_the_verb_may_launch(team: Team, signed: Signed, role: str) -> None:
    approval = signed()
    assert VERBS["run.launch"] == {"ml_engineer"}
    with pytest.raises(PermissionRefused):
        launch_run(who=getattr(team, role), project=team.project, approval_id=approval.pk, recipe="base-tiny")
    assert not Run.objects.exists()


def test_an_approval_of_another_project_is_not_found(team: Team, other_team: Team, signed: Signed) -> None:
    approval = signed()
    with pytest.raises(NotFound):
        launch_run(
            who=other_team.engineer, project=other_team.project, approval_id=approval.pk, recipe="base-tiny"
        )
    with pytest.raises(NotFound):
        launch_run(who=other_team.engineer, project=team.project, approval_id=approval.pk, recipe="base-tiny")


def test_an_unapproved_snapshot_cannot_be_trained_on(team: Team, signed: Signed) -> None:
    snapshot = Snapshot.objects.get(pk=signed().snapshot_id)
    with pytest.raises(NotFound, match="no such approval"):
        launch_run(who=team.engineer, project=team.project, approval_id=snapshot.pk, recipe="base-tiny")


def test_a_withdrawn_approval_cannot_be_trained_on(team: Team, signed: Signed) -> None:
    approval = signed()
    Withdrawal.objects.create(approval=approval, withdrawn_by=team.lead, reason="found a leak")
    with pytest.raises(Refused, match="withdrawn"):
        launch(team, approval)


def test_a_recipe_refuses_a_snapshot_of_the_other_kind_and_a_missing_or_unfit_parent(
    team: Team, signed: Signed
) -> None:
    answers, pairs = signed("sft"), signed("preference", seed=2)
    base = model_of(team, launch(team, answers))
    with pytest.raises(Refused, match="preference rows"):
        launch(team, answers, "dpo-tiny", parent_id=base.pk)
    with pytest.raises(Refused, match="starts from a model"):
        launch(team, answers, "sft-tiny")
    with pytest.raises(NotFound):
        launch(team, answers, "sft-tiny", parent_id=uuid.uuid4())
    with pytest.raises(NotFound):
        launch(team, answers, "no-such-recipe")
    with pytest.raises(Refused, match="no parameter"):
        launch(team, answers, overrides={"stepz": 1})
    run = launch(team, pairs, "dpo-tiny", parent_id=base.pk)
    assert run.reference == base


def test_changed_parameters_make_a_new_recipe_version_and_old_ones_stay(team: Team, signed: Signed) -> None:
    approval = signed()
    first = launch(team, approval)
    second = launch(team, approval, overrides={"steps": 3})
    assert (first.recipe.number, second.recipe.number) == (1, 2)
    assert launch(team, approval, overrides={"steps": 3}) == second
    assert Recipe.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": "many"},
        {"steps": 0},
        {"steps": 10**12},
        {"steps": True},
        {"batch_size": 2.5},
        {"learning_rate": -1},
        {"learning_rate": float("nan")},
        {"shape": {"hidden_size": 64}},
        {"shape": "large"},
    ],
)
def test_a_parameter_nothing_could_be_trained_with_is_refused(
    team: Team, signed: Signed, wrong: dict[str, Any]
) -> None:
    approval = signed()
    with pytest.raises(Refused, match="cannot be"):
        launch(team, approval, overrides=wrong)
    assert not Recipe.objects.exists()
    assert not Job.objects.filter(kind="training_run").exists()


def test_an_approval_withdrawn_in_the_very_moment_of_the_launch_is_refused(
    team: Team, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    approval = signed()

    def withdrawn_by_now(*_: Any) -> Approval:
        Withdrawal.objects.create(approval=approval, withdrawn_by=team.lead, reason="found a leak")
        return approval

    monkeypatch.setattr(launching, "_standing_approval", withdrawn_by_now)
    with pytest.raises(Refused, match="withdrawn"):
        launch(team, approval)


def test_without_the_training_packages_the_refusal_says_what_to_do(
    team: Team, signed: Signed, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    approval = signed()
    monkeypatch.setattr(launching, "NEEDED_PACKAGES", ("torch", "a_package_nobody_has"))
    with pytest.raises(Unavailable, match="a_package_nobody_has") as refused:
        launch(team, approval)
    assert "./dev setup" in refused.value.hint
    settings.TRAINING_ELSEWHERE = True
    assert launch(team, approval).state == "queued"


def test_a_token_needs_the_write_scope(team: Team, signed: Signed) -> None:
    from accounts.actions.api_tokens import create_token

    approval = signed()
    reader, _secret = create_token(
        who=team.engineer, project=team.project, name="reader", scopes=[Scope.READ], days=None
    )
    with pytest.raises(PermissionRefused):
        launch_run(who=reader, project=team.project, approval_id=approval.pk, recipe="base-tiny")


def attack(what: Callable[[], object]) -> None:
    with pytest.raises(Error), transaction.atomic():
        what()


def test_the_database_itself_refuses_runs_that_the_actions_would_refuse(
    team: Team, other_team: Team, signed: Signed
) -> None:
    approval = signed()
    run = launch(team, approval)

    def forged(**changed: Any) -> Run:
        fields: dict[str, Any] = {
            "project": team.project,
            "job": enqueue(kind="training_run", project_id=team.project.pk),
            "approval": approval,
            "recipe": run.recipe,
            "kind": "base",
            "requested_by": team.engineer,
            "spec": {},
            "spec_sha256": "0" * 64,
            "folder": "x",
            "state": "succeeded",
        }
        return Run.objects.create(**{**fields, **changed})

    attack(lambda: forged(approval_id=approval.snapshot_id))
    attack(lambda: forged(approval=None))
    attack(lambda: forged(project=other_team.project))
    attack(lambda: forged(job=run.job))
    attack(lambda: forged(state="queued"))
    attack(lambda: forged(kind="sft"))
    rows = chat_rows("sft", 10, seed=5)
    theirs = approve(
        project=other_team.project,
        requester=other_team.engineer,
        approver=other_team.lead,
        rows=rows,
        name="theirs",
    )
    stranger = model_of(other_team, launch(other_team, theirs))
    foreign = Recipe.objects.filter(project=other_team.project).first()
    for changed in (
        {"parent": stranger},
        {"reference": stranger},
        {"recipe": foreign},
        {"job": enqueue(kind="training_run", project_id=other_team.project.pk)},
    ):
        with pytest.raises(Error, match="of its project"), transaction.atomic():
            forged(**changed)
    with pytest.raises(Error, match="of one project"), transaction.atomic():
        model_of(other_team, run, number=2)
    forged()
    Withdrawal.objects.create(approval=approval, withdrawn_by=team.lead, reason="found a leak")
    attack(forged)


def test_a_fencing_token_only_grows(team: Team, signed: Signed) -> None:
    run = launch(team, signed())
    Job.objects.filter(pk=run.job_id).update(attempt=2)
    attack(lambda: Job.objects.filter(pk=run.job_id).update(attempt=1))
    attack(lambda: Job.objects.filter(pk=run.job_id).update(project_id=None))


def test_what_a_run_was_started_with_cannot_be_rewritten(team: Team, signed: Signed) -> None:
    run, other = launch(team, signed()), signed("sft", seed=9)
    attack(lambda: Run.objects.filter(pk=run.pk).update(approval=other))
    attack(lambda: Run.objects.filter(pk=run.pk).update(spec={"seed": 8}))
    attack(lambda: Run.objects.filter(pk=run.pk).update(requested_by=team.lead))
    attack(lambda: Run.objects.filter(pk=run.pk).update(kind="ptq"))
    attack(run.delete)
    model = model_of(team, run)
    attack(lambda: ModelVersion.objects.filter(pk=model.pk).update(card="better than it is"))
    attack(lambda: Recipe.objects.filter(pk=run.recipe_id).update(spec={}))
