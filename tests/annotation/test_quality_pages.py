"""The quality pages: what the last report says, for each role what it may see, and bounded however many votes there are."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.board import freshness
from annotation.models import QualityReport

from .conftest import queue_pairs
from .test_pages import url

ESTIMATE = {"value": 0.4, "low": 0.3, "high": 0.5, "items": 40}
SHARE = {"value": 0.1, "low": 0.02, "high": 0.2, "n": 80}
COIN = {"chosen": 30, "of": 40, "share": 0.75, "low": 0.6, "high": 0.87, "p_value": 0.002}
PULL = {"factor": 1.8, "low": 1.2, "high": 2.7, "n": 40, "items": 40}


def stored(campaign, *, people: int) -> QualityReport:
    """A report as the job would have written it, with so many annotators; the first is accused."""
    rows = [
        {
            "annotator": f"{n:08d}-0000-4000-8000-000000000000",
            "simulated": n % 2 == 1,
            "votes": 40,
            "agrees": 0.6,
            "dawid_skene": 0.8,
            "mace": None,
            "bias": {"left": COIN, "longer": None, "verbosity": PULL if n else None},
            "checks": [
                {"check": "side", "hits": 40, "of": 40, "limit": 0.5, "p_value": 1e-8, "partner": None, "alarm": n == 0}
            ],
        }
        for n in range(people)
    ]  # fmt: skip
    return QualityReport.objects.create(
        project=campaign.project,
        campaign=campaign,
        votes_hash="ab" * 32,
        votes=40 * people,
        simulated=20 * people,
        numbers={
            "kind": "pair",
            "agreement": {
                "alpha_nominal": ESTIMATE,
                "alpha_ordinal": None,
                "ac1": ESTIMATE,
                "pairwise": ESTIMATE,
            },
            "strengths": [
                {"generator": "model-0", "value": 0.5, "low": 0.2, "high": 0.8, "games": 80},
                {"generator": "model-1", "value": -0.5, "low": -0.8, "high": -0.2, "games": 80},
            ],
            "bias": {"left": COIN, "longer": COIN, "verbosity": PULL},
            "models": [{"model": "model-0", "wins": SHARE, "left": SHARE, "longer": SHARE | {"value": None}}],
            "annotators": rows,
            "soft": {"bins": [20, 0, 0, 10, 5, 0, 0, 0], "split": 15, "contested": 2},
            "items": 40,
            "last_revision": 0,
        },
    )


def test_without_a_report_the_page_says_what_to_do(team, campaign) -> None:
    html = team.client(team.lead).get(url(team, "quality", campaign_id=campaign.pk)).content.decode()
    assert "Not computed yet" in html
    assert "nobody has judged here yet" in html


def test_a_lead_sees_agreement_models_bias_checks_and_who_should_be_looked_at(team, campaign) -> None:
    stored(campaign, people=3)
    html = team.client(team.lead).get(url(team, "quality", campaign_id=campaign.pk)).content.decode()
    for words in ("Gwet", "undefined", "Soft labels", "Models compared", "wins more on the left", "One side"):
        assert words in html, words
    assert "Disagreeing is not being wrong." in html
    assert "1 of 3 should be looked at" in html
    assert "60 of 120 simulated" in html


def test_numbers_of_single_people_are_for_leads_only(team, campaign) -> None:
    stored(campaign, people=3)
    page = url(team, "quality", campaign_id=campaign.pk)
    html = team.client(team.engineer).get(page).content.decode()
    assert "Soft labels" in html
    assert "00000000" not in html
    assert "Pseudonym" not in html
    assert team.client(team.annotator).get(page).status_code == 403
    run = url(team, "quality-run", campaign_id=campaign.pk)
    assert team.client(team.engineer).post(run).status_code == 403


def test_another_project_sees_nothing(team, other_team, campaign) -> None:
    stored(campaign, people=1)
    for name in ("quality", "adjudicate", "gold"):
        page = f"/p/{other_team.project.slug}/annotation/campaigns/{campaign.pk}/{name}/"
        assert other_team.client(other_team.lead).get(page).status_code == 404


def test_thousands_of_annotators_are_read_a_hundred_at_a_time(team, campaign) -> None:
    stored(campaign, people=2_800)
    client, page = team.client(team.lead), url(team, "quality", campaign_id=campaign.pk)
    with CaptureQueriesContext(connection) as first:
        html = client.get(page).content.decode()
    assert html.count("-0000-4000-8000-") <= 300
    assert len(html) < 400_000
    assert "?from=100" in html
    assert "?from=2700" in client.get(page + "?from=2600").content.decode()
    assert client.get(page + "?from=99999999999").status_code == 200
    assert len(first) < 40


def test_a_report_is_asked_for_and_its_progress_survives_a_reload(team, campaign, monkeypatch) -> None:
    monkeypatch.setattr("annotation.actions.report_quality.crowd.installed", lambda: True)
    queue_pairs(campaign, 1)
    client, page = team.client(team.lead), url(team, "quality", campaign_id=campaign.pk)
    html = client.post(url(team, "quality-run", campaign_id=campaign.pk), follow=True).content.decode()
    assert "Waiting for a worker" in html
    live = client.get(page, HTTP_HX_REQUEST="true").content.decode()
    assert "Waiting for a worker" in live
    assert "<h1" not in live


def test_without_the_extra_the_page_says_what_is_missing(team, campaign, monkeypatch) -> None:
    monkeypatch.setattr("annotation.actions.report_quality.crowd.installed", lambda: False)
    run = url(team, "quality-run", campaign_id=campaign.pk)
    html = team.client(team.lead).post(run, follow=True).content.decode()
    assert "Install the extra" in html


def test_the_api_gives_the_report_and_single_people_to_leads_only(team, campaign) -> None:
    path = f"/api/v1/projects/{team.project.slug}/campaigns/{campaign.pk}/statistics/"
    assert team.client(team.lead).get(path).json()["report"] is None
    stored(campaign, people=2)
    of_lead = team.client(team.lead).get(path).json()["report"]
    assert of_lead["agreement"]["alpha_ordinal"] is None
    assert len(of_lead["annotators"]) == 2
    of_engineer = team.client(team.engineer).get(path).json()["report"]
    assert "annotators" not in of_engineer
    assert of_engineer["votes_hash"] == of_lead["votes_hash"]


def test_the_board_of_a_large_campaign_is_not_computed_anew_after_every_answer() -> None:
    assert freshness(last=10, n=100) != freshness(last=11, n=101)
    of_many = {freshness(last=n, n=n) for n in range(100_000, 110_000, 10)}
    assert len(of_many) <= 11
