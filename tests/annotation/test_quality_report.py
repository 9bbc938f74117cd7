"""The quality report of a campaign: computed by a job once per hash of the votes, stored, and never changed (votes are simulated)."""

import pytest
from django.db import Error, transaction

pytest.importorskip("crowdkit", reason="the extra `quality` is not installed")

from annotation.actions.make_pairs import make_pairs
from annotation.actions.report_quality import run_report, start_report
from annotation.actions.simulate import simulate_judgments
from annotation.models import Judgment, QualityReport, SoftLabel
from core.errors import PermissionRefused
from core.jobs import claim, request_cancel, runner
from core.models import Job

from .conftest import conversation, queue_pairs, store


@pytest.fixture
def judged(team, campaign):
    """Twelve pairs, each judged twice by simulated annotators."""
    queue_pairs(campaign, 12)
    simulate_judgments(who=team.lead, campaign=campaign, limit=24, seed=2)
    return campaign


def report(team, campaign) -> QualityReport:
    job = start_report(who=team.lead, campaign=campaign)
    runner.run(str(job.pk))
    job.refresh_from_db()
    assert job.state == "succeeded", job.error
    return QualityReport.objects.get(pk=job.result["report"])


def test_a_report_holds_agreement_models_checks_and_bias_and_says_what_is_simulated(team, judged) -> None:
    made = report(team, judged)
    assert (made.votes, made.simulated) == (24, 24)
    assert set(made.numbers["agreement"]) == {"alpha_nominal", "alpha_ordinal", "ac1", "pairwise"}
    assert {one["generator"] for one in made.numbers["strengths"]} == {"model-0", "model-1"}
    assert {one["model"] for one in made.numbers["models"]} == {"model-0", "model-1"}
    for row in made.numbers["annotators"]:
        assert row["simulated"]
        assert ("same_key" in {one["check"] for one in row["checks"]}) == (row["votes"] > 1)
        assert set(row["bias"]) == {"left", "longer", "verbosity"}
    assert sum(made.numbers["soft"]["bins"]) == made.soft_labels.count()


def test_soft_labels_keep_every_vote_as_a_share_and_add_up(team, judged) -> None:
    made = report(team, judged)
    for soft in made.soft_labels.all():
        counts = Judgment.objects.filter(item=soft.item, slot__isnull=False).count()
        assert sum(soft.votes.values()) == pytest.approx(1)
        assert all(share * counts == pytest.approx(round(share * counts)) for share in soft.votes.values())
        for modelled in (soft.dawid_skene, soft.mace):
            assert not modelled or sum(modelled.values()) == pytest.approx(1)
        assert (soft.entropy > 0) == (len(soft.votes) > 1)


def test_the_same_votes_make_one_report_and_another_vote_another(team, judged) -> None:
    first = report(team, judged)
    assert report(team, judged) == first
    queue_pairs(judged, 14)
    simulate_judgments(who=team.lead, campaign=judged, limit=2, seed=4)
    second = report(team, judged)
    assert second.votes_hash != first.votes_hash
    assert QualityReport.objects.filter(campaign=judged).count() == 2


def test_an_empty_campaign_has_a_report_in_which_everything_is_undefined(team, campaign) -> None:
    made = report(team, campaign)
    assert made.votes == 0
    assert set(made.numbers["agreement"].values()) == {None}
    assert made.numbers["annotators"] == []


def test_only_leads_ask_for_one_and_only_one_runs_at_a_time(team, judged) -> None:
    with pytest.raises(PermissionRefused):
        start_report(who=team.engineer, campaign=judged)
    assert start_report(who=team.lead, campaign=judged) == start_report(who=team.lead, campaign=judged)


def test_a_cancelled_report_leaves_nothing(team, judged) -> None:
    job = start_report(who=team.lead, campaign=judged)
    running = claim(job.pk)
    request_cancel(job)
    assert run_report(running) is None
    assert not QualityReport.objects.exists()


def test_a_worker_that_lost_its_lease_stores_nothing(team, judged, monkeypatch) -> None:
    job = start_report(who=team.lead, campaign=judged)
    running = claim(job.pk)
    monkeypatch.setattr(type(running), "progress", lambda *_args: None)
    monkeypatch.setattr(type(running), "heartbeat", lambda *_args: None)
    Job.objects.filter(pk=job.pk).update(attempt=2)
    assert run_report(running) is None
    assert not QualityReport.objects.exists()


@pytest.mark.parametrize("model", [QualityReport, SoftLabel])
def test_what_was_reported_is_not_changed(team, judged, model) -> None:
    report(team, judged)
    with pytest.raises(Error), transaction.atomic():
        model.objects.update(**({"votes": 1} if model is QualityReport else {"entropy": 0}))
    with pytest.raises(Error), transaction.atomic():
        model.objects.all()._raw_delete(model.objects.db)


def test_win_rates_count_pairs_once_and_automatic_ties_as_half(team, judged) -> None:
    before = {one["model"]: one for one in report(team, judged).numbers["win_rates"]}
    assert sum(one["rate"]["value"] for one in before.values()) == pytest.approx(1)
    assert {one["rate"]["n"] for one in before.values()} == {12}
    for variant in ("model-0", "model-1"):
        store(team.project, conversation("And a set?", "No order."), variant=variant)
    assert make_pairs(who=team.lead, campaign=judged).ties == 1
    made = report(team, judged)
    assert {(one["rate"]["n"], one["automatic"]) for one in made.numbers["win_rates"]} == {(13, 1)}
    page = team.client(team.lead).get(f"/p/{team.project.slug}/annotation/campaigns/{judged.pk}/quality/")
    assert "Win rates" in page.content.decode()
    assert made.votes == 24


def test_the_page_says_how_many_of_the_pairs_were_identical(team, judged) -> None:
    for variant in ("model-0", "model-1"):
        store(team.project, conversation("And a set?", "No order."), variant=variant)
    make_pairs(who=team.lead, campaign=judged)
    report(team, judged)
    page = team.client(team.lead).get(f"/p/{team.project.slug}/annotation/campaigns/{judged.pk}/quality/")
    section = page.content.decode().split('id="wins"')[1].split("</section>")[0]
    assert section.count("automatic") == 2
