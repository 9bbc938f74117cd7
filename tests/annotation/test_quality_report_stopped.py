"""A quality report that is stopped at any step, or whose worker is killed, leaves nothing, and the next one is whole."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection
from django.db.models.functions import Now

pytest.importorskip("crowdkit", reason="the extra `quality` is not installed")

from annotation.actions.report_quality import run_report, start_report
from annotation.actions.simulate import simulate_judgments
from annotation.models import QualityReport, SoftLabel
from annotation.quality.numbers import STEPS
from core.errors import Refused
from core.jobs import claim, request_cancel, runner
from core.models import AuditEntry, Job
from tests.conftest import make_team

from .conftest import create_campaign, queue_pairs

ROOT = Path(__file__).resolve().parent.parent.parent
LAST = len(STEPS) + 1
"""After all numbers, before they are stored."""


@pytest.fixture
def judged(team, campaign):
    """Twelve pairs, each judged twice by simulated annotators."""
    queue_pairs(campaign, 12)
    simulate_judgments(who=team.lead, campaign=campaign, limit=24, seed=2)
    return campaign


def whole(team, campaign) -> QualityReport:
    """A report asked for now, computed to its end."""
    job = start_report(who=team.lead, campaign=campaign)
    runner.run(str(job.pk))
    job.refresh_from_db()
    assert job.state == "succeeded", job.error
    return QualityReport.objects.get(pk=job.result["report"])


@pytest.mark.parametrize("at", range(1, LAST + 1))
def test_a_report_stopped_at_any_step_leaves_nothing_and_the_next_is_whole(team, judged, at) -> None:
    job = start_report(who=team.lead, campaign=judged)
    running = claim(job.pk)
    beats = iter(range(1, 100))
    beat = running.heartbeat

    def asked_at_this_step() -> None:
        if next(beats) == at:
            request_cancel(job)
        beat()

    running.heartbeat = asked_at_this_step
    assert run_report(running) is None
    assert running.cancelled
    running.cancel()
    assert not QualityReport.objects.exists()
    made = whole(team, judged)
    assert made.soft_labels.count() == 12
    assert Job.objects.get(pk=job.pk).state == "cancelled"


def test_a_report_that_is_being_stopped_is_not_taken_for_the_next(team, judged) -> None:
    job = start_report(who=team.lead, campaign=judged)
    claim(job.pk)
    request_cancel(job)
    with pytest.raises(Refused, match="has not stopped yet") as refused:
        start_report(who=team.lead, campaign=judged)
    assert refused.value.hint == "Try again in a minute."
    assert AuditEntry.objects.filter(verb="annotation.report_quality").count() == 1


def worker(job) -> subprocess.Popen[bytes]:
    """A process that claims the job and computes it."""
    database = connection.settings_dict
    url = (
        f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}?host={database['HOST']}"
    )
    environment = os.environ | {
        "DATABASE_URL": url,
        "DATABASE_OWNER_URL": url,
        "WINNOW_DATABASE_ROLE": "owner",
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    program = f"import django; django.setup(); from core.jobs.runner import run; run({str(job.pk)!r})"
    return subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=environment)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("doing", ["fitting Dawid-Skene", "checking annotators"])
def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_attempt_is_whole(doing) -> None:
    team = make_team("acme")
    campaign = create_campaign(who=team.lead, project=team.project, name="Which is better", overlap=2)
    queue_pairs(campaign, 150)
    simulate_judgments(who=team.lead, campaign=campaign, limit=300, seed=2)
    job = start_report(who=team.lead, campaign=campaign)
    process = worker(job)
    until = time.monotonic() + 60
    while Job.objects.get(pk=job.pk).doing != doing and time.monotonic() < until:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("running", 1)
    assert not QualityReport.objects.exists()
    assert start_report(who=team.lead, campaign=campaign) == job
    Job.objects.filter(pk=job.pk).update(lease_until=Now())
    runner.run(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("succeeded", 2)
    assert SoftLabel.objects.filter(report__campaign=campaign).count() == 150
