"""Every page and endpoint of training: the right people, the right project, no faults."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from snapshots.models import Approval, Withdrawal
from tests.conftest import Team
from trainers.actions.launch_run import launch_run
from trainers.models import Artifact, Metric, ModelVersion, Run

pytestmark = pytest.mark.django_db

Signed = Callable[..., Approval]
FACTS = {
    "parameters": 1000,
    "tokens_trained": 10,
    "perplexity": {
        "before": {"value": 9.0, "low": 8.0, "high": 10.0, "rows": 40, "tokens": 400},
        "after": {"value": 9.1, "low": 8.1, "high": 10.1, "rows": 40, "tokens": 400},
    },
    "comparison": {"change": 0.01, "low": -0.01, "high": 0.03, "rows": 40, "verdict": "trained_too_little"},
}


@pytest.fixture
def run(team: Team, signed: Signed) -> Run:
    run = launch_run(who=team.engineer, project=team.project, approval_id=signed().pk, recipe="base-tiny")
    for step in range(1, 6):
        Metric.objects.create(run=run, attempt=1, name="loss", step=step, value=5.0 - step, at=run.created_at)
    return run


@pytest.fixture
def model(team: Team, run: Run) -> ModelVersion:
    return ModelVersion.objects.create(
        project=team.project,
        name="base-tiny",
        number=1,
        kind="base",
        run=run,
        weights_sha256="ab" * 32,
        evaluation=FACTS,
        card="# base-tiny v1\n\n<script>alert(1)</script>",
    )


def pages(team: Team, run: Run, model: ModelVersion) -> list[str]:
    slug = team.project.slug
    return [
        reverse("trainers:runs", args=[slug]),
        reverse("trainers:run", args=[slug, run.pk]),
        reverse("trainers:run_live", args=[slug, run.pk]),
        reverse("trainers:models", args=[slug]),
        reverse("trainers:model", args=[slug, model.pk]),
        reverse("trainers:model_card", args=[slug, model.pk]),
    ]


def endpoints(team: Team, run: Run, model: ModelVersion) -> list[str]:
    root = f"/api/v1/projects/{team.project.slug}"
    return [
        f"{root}/runs/",
        f"{root}/runs/{run.pk}/",
        f"{root}/runs/{run.pk}/metrics/",
        f"{root}/runs/{run.pk}/artifacts/",
        f"{root}/models/",
        f"{root}/models/{model.pk}/",
    ]


def test_pages_and_endpoints_answer_members_and_hide_from_strangers(
    team: Team, other_team: Team, run: Run, model: ModelVersion
) -> None:
    member, annotator, stranger = (
        team.client(user) for user in (team.engineer, team.annotator, other_team.engineer)
    )
    for url in pages(team, run, model) + endpoints(team, run, model):
        assert member.get(url).status_code == 200, url
        assert annotator.get(url).status_code == 403, url
        assert stranger.get(url).status_code == 404, url


def test_ids_of_another_project_are_not_found_under_ones_own(
    team: Team, other_team: Team, run: Run, model: ModelVersion
) -> None:
    theirs = other_team.client(other_team.engineer)
    for url in pages(team, run, model) + endpoints(team, run, model):
        moved = url.replace(f"/{team.project.slug}/", f"/{other_team.project.slug}/")
        if str(run.pk) in moved or str(model.pk) in moved:
            assert theirs.get(moved).status_code == 404, moved
        else:
            assert str(run.pk) not in theirs.get(moved).content.decode(), moved


def test_a_live_run_asks_to_be_loaded_again_and_an_ended_one_does_not(team: Team, run: Run) -> None:
    client, url = team.client(team.engineer), reverse("trainers:run_live", args=[team.project.slug, run.pk])
    live = client.get(url).content.decode()
    assert 'hx-trigger="every 2s"' in live
    assert "Training loss" in live
    Run.objects.filter(pk=run.pk).update(state="failed", error="The disk is full.")
    answer = client.get(url)
    assert "hx-trigger" not in answer.content.decode()
    assert "The disk is full." in answer.content.decode()
    assert answer["HX-Refresh"] == "true"


def test_a_card_cannot_bring_script_into_the_page(team: Team, run: Run, model: ModelVersion) -> None:
    url = reverse("trainers:model", args=[team.project.slug, model.pk])
    page = team.client(team.engineer).get(url).content.decode()
    assert "<script>alert" not in page
    assert "Trained too little to tell" in page


def test_a_model_says_that_an_approval_behind_it_was_withdrawn(
    team: Team, run: Run, model: ModelVersion
) -> None:
    url, client = reverse("trainers:model", args=[team.project.slug, model.pk]), team.client(team.lead)
    assert "was withdrawn" not in client.get(url).content.decode()
    Withdrawal.objects.create(approval=run.approval, withdrawn_by=team.lead, reason="found a leak")
    page = client.get(url).content.decode()
    assert "was withdrawn" in page
    assert "found a leak" in page


def test_the_launch_page_says_what_will_happen_and_launches_once(team: Team, signed: Signed) -> None:
    approval, client, slug = signed("sft", seed=3), team.client(team.engineer), team.project.slug
    preview = client.get(
        reverse("trainers:launch_preview", args=[slug]), {"recipe": "dpo-tiny", "approval": str(approval.pk)}
    ).content.decode()
    assert "the launch will be refused" in preview
    form = {"recipe": "base-tiny", "approval": str(approval.pk), "parent": "", "seed": "7"}
    for _ in range(2):
        answer = client.post(reverse("trainers:launch", args=[slug]), form)
        assert answer.status_code == 302
    run = Run.objects.get(approval=approval)
    assert answer["Location"] == reverse("trainers:run", args=[slug, run.pk])
    refused = client.post(reverse("trainers:launch", args=[slug]), {**form, "recipe": "sft-tiny"})
    assert "starts from a model" in refused.content.decode()
    assert team.client(team.lead).get(reverse("trainers:launch", args=[slug])).status_code == 403


def test_the_launch_page_proposes_what_fits_the_rows(
    team: Team, signed: Signed, request: pytest.FixtureRequest
) -> None:
    url, client = reverse("trainers:launch", args=[team.project.slug]), team.client(team.engineer)

    def proposed(**asked: str) -> tuple[object, object]:
        form = client.get(url, asked).context["form"]
        return form["recipe"].value(), form["parent"].value()

    sft = str(signed("sft", seed=3).pk)
    assert proposed() == proposed(approval=sft) == ("base-tiny", None)
    model: ModelVersion = request.getfixturevalue("model")
    assert proposed(approval=sft) == ("sft-tiny", model.pk)
    assert proposed(approval=str(signed("preference", seed=4).pk)) == ("dpo-tiny", model.pk)
    assert proposed(parent=str(model.pk)) == ("sft-tiny", str(model.pk))


def test_the_api_launches_cancels_and_reports(team: Team, signed: Signed) -> None:
    client, root = team.client(team.engineer), f"/api/v1/projects/{team.project.slug}/runs/"
    made = client.post(
        root, {"approval": str(signed("sft", seed=4).pk), "recipe": "base-tiny"}, "application/json"
    )
    assert made.status_code == 201
    url = f"{root}{made.json()['id']}/"
    assert client.get(url).json()["state"] == "queued"
    assert team.client(team.lead).post(f"{url}cancel/").status_code == 403
    assert client.post(f"{url}cancel/").json()["state"] == "cancelled"
    again = client.post(f"{url}cancel/")
    assert (again.status_code, again.json()["type"]) == (409, "urn:winnow:problem:run_ended")
    assert client.post(f"{url}resume/").json()["state"] == "queued"
    wrong = client.post(root, {"approval": "no uuid", "recipe": "base-tiny"}, "application/json")
    assert wrong.status_code == 400
    assert "approval" in wrong.json()["errors"]


def test_metrics_can_be_followed_from_a_step_on(team: Team, run: Run) -> None:
    url = f"/api/v1/projects/{team.project.slug}/runs/{run.pk}/metrics/"
    found = team.client(team.engineer).get(url, {"name": "loss", "after_step": 3}).json()
    assert [(row["step"], row["value"]) for row in found] == [(4, 1.0), (5, 0.0)]
    for nonsense in ("²", "--3", "9" * 40):
        assert team.client(team.engineer).get(url, {"after_step": nonsense}).status_code == 200


def test_a_file_is_served_by_its_hash_to_members_only(team: Team, other_team: Team, run: Run) -> None:
    from core import storage

    sha256 = storage.put(b"weights")
    file = Artifact.objects.create(
        run=run, attempt=run.job.attempt, path="model/w", kind="file", sha256=sha256, bytes=7
    )
    url = reverse("trainers:artifact", args=[team.project.slug, file.pk])
    answer = team.client(team.engineer).get(url)
    assert answer.content == b"weights"
    assert answer["Content-Disposition"] == 'attachment; filename="w"'
    assert team.client(team.annotator).get(url).status_code == 403
    moved = reverse("trainers:artifact", args=[other_team.project.slug, file.pk])
    assert other_team.client(other_team.engineer).get(moved).status_code == 404
