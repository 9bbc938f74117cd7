"""Reports and pulls that nobody asks for: when there is something new, once, and not again right after a failure."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from annotation.actions.campaigns import create_campaign, set_campaign_state
from annotation.actions.refresh_reports import FIRST, refresh_reports
from annotation.bridge import rounds, secrets
from annotation.bridge.rounds import pull_open
from annotation.jobs import ARGILLA_PULL, QUALITY
from annotation.models import ArgillaConnection, ArgillaDataset, QualityReport
from config.celery_settings import beat_schedule
from core.models import Job

from .conftest import queue_pairs
from .test_adjudication import vote
from .test_quality_pages import stored

pytestmark = pytest.mark.django_db
SERVER = "https://argilla.example"


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    """Both extras, whatever this machine has: nothing of them runs here."""
    monkeypatch.setattr("annotation.actions.refresh_reports.crowd.installed", lambda: True)
    monkeypatch.setattr(rounds, "find_spec", lambda name: object())


def tomorrow():
    return timezone.now() + timedelta(days=1, minutes=1)


def ended(state):
    Job.objects.update(state=state)


def test_a_campaign_is_reported_on_by_itself_after_its_first_votes_and_only_once(campaign, people):
    queue_pairs(campaign, FIRST)
    judges = people(1)
    for _vote in range(FIRST - 1):
        vote(judges[0], campaign, "a")
    assert refresh_reports() == 0
    vote(judges[0], campaign, "a")
    assert refresh_reports() == 1
    assert refresh_reports() == 1
    assert Job.objects.filter(kind=QUALITY).count() == 1


def test_a_hundredth_of_new_votes_or_a_day_makes_a_report_old(campaign, people):
    queue_pairs(campaign, 8)
    report = stored(campaign, people=10)
    (judge,) = people(1)
    assert report.votes == 400
    assert refresh_reports(now=tomorrow()) == 0, "nothing changed"
    vote(judge, campaign, "a")
    assert refresh_reports() == 0, "one of 400 is not a hundredth"
    assert refresh_reports(now=tomorrow()) == 1
    ended("succeeded")
    for _vote in range(3):
        vote(judge, campaign, "b")
    assert refresh_reports() == 1


def test_a_report_that_failed_is_left_for_a_day_and_a_closed_campaign_for_good(team, campaign, people):
    queue_pairs(campaign, FIRST)
    (judge,) = people(1)
    for _vote in range(FIRST):
        vote(judge, campaign, "a")
    refresh_reports()
    ended("failed")
    assert refresh_reports() == 0
    assert refresh_reports(now=tomorrow()) == 1
    ended("succeeded")
    set_campaign_state(who=team.lead, campaign=campaign, state="closed")
    assert refresh_reports(now=tomorrow()) == 0
    assert not QualityReport.objects.exists()


def test_without_the_extra_nothing_is_queued(campaign, people, monkeypatch):
    queue_pairs(campaign, FIRST)
    (judge,) = people(1)
    for _vote in range(FIRST):
        vote(judge, campaign, "a")
    monkeypatch.setattr("annotation.actions.refresh_reports.crowd.installed", lambda: False)
    assert refresh_reports() == 0
    monkeypatch.setattr(rounds, "find_spec", lambda name: None)
    assert pull_open() == 0


@pytest.fixture
def pushed(team, campaign, settings):
    """Two campaigns in Argilla, one of them closed."""
    settings.ARGILLA_SERVERS = [SERVER]
    sealed, key_id = secrets.seal("k", project=team.project, server=SERVER, name=secrets.API_KEY)
    connection = ArgillaConnection.objects.create(
        project=team.project,
        server=SERVER,
        workspace="w",
        key_id=key_id,
        api_key=sealed,
        changed_by=team.lead,
    )
    other = create_campaign(who=team.lead, project=team.project, name="Closed", overlap=2)
    for one in (campaign, other):
        ArgillaDataset.objects.create(campaign=one, connection=connection, dataset_id=uuid4(), name=one.name)
    set_campaign_state(who=team.lead, campaign=other, state="closed")
    return campaign


def test_open_campaigns_are_pulled_again_and_again_but_never_twice_at_once(pushed):
    assert pull_open() == 1
    assert Job.objects.get().payload == {"campaign": str(pushed.pk)}
    assert pull_open() == 0
    ended("succeeded")
    assert pull_open() == 1
    assert Job.objects.filter(kind=ARGILLA_PULL).count() == 2


def test_after_a_failure_pulling_rests_an_hour(pushed):
    pull_open()
    ended("failed")
    assert pull_open() == 0
    assert pull_open(now=timezone.now() + timedelta(minutes=61)) == 1


def test_a_server_that_is_no_longer_allowed_is_not_asked(pushed, settings):
    settings.ARGILLA_SERVERS = []
    assert pull_open() == 0


def test_the_schedule_names_tasks_that_exist():
    from config.celery import app

    app.loader.import_default_modules()
    assert {entry["task"] for entry in beat_schedule.values()} <= set(app.tasks)
