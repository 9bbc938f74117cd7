"""64 annotators in worker processes, four groups with caps, abandoned leases, kill -9 twice: nothing over, lost or doubled."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Count, F
from django.db.models.functions import Now

from annotation.actions.campaigns import create_campaign
from annotation.actions.give_back import sweep_leases
from annotation.actions.profile import choose_value, define_axis
from annotation.models import Assignment, Judgment, JudgmentGroup
from annotation.rules import Rules
from tests.conftest import make_team

from .conftest import annotators, queue_pairs
from .test_concurrency import slots_are_conserved

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
ROOT = Path(__file__).resolve().parent.parent.parent
LOCALES = ("de", "en", "fr", "hi")
PEOPLE, PROCESSES, OVERLAP = 64, 2, 3
PAIRS = int(os.environ.get("WINNOW_TEST_PAIRS", "150"))
PATIENCE = 110


def start(campaign, people, seed):
    """A worker process on the test's database."""
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
    wish = {
        "campaign": str(campaign.pk),
        "people": [str(who.pk) for who in people],
        "seed": seed,
        "abandon": 0.1,
    }
    command = [sys.executable, "-m", "tests.annotation.judging_process", json.dumps(wish)]
    return subprocess.Popen(command, cwd=ROOT, env=environment)


def expire_old_leases():
    """The clock jumps: whatever was claimed more than a moment ago runs out, also under people still at work."""
    Assignment.objects.filter(state="leased", claimed_at__lt=Now() - timedelta(seconds=3)).update(
        leased_until=Now()
    )
    sweep_leases()


def test_nothing_is_over_lost_or_doubled_when_workers_are_killed():
    team = make_team("day")
    axis = define_axis(who=team.lead, project=team.project, name="locale", values=LOCALES)
    campaign = create_campaign(
        who=team.lead,
        project=team.project,
        name="Day",
        overlap=OVERLAP,
        rules=Rules(caps={"locale": 2}, distinct={"locale": 2}),
    )
    queue_pairs(campaign, PAIRS)
    people = annotators(team.project, PEOPLE)
    for number, who in enumerate(people):
        choose_value(who=who, project=team.project, axis=axis, value=LOCALES[number % 4])
    shares = [people[number::PROCESSES] for number in range(PROCESSES)]
    workers = [start(campaign, share, 100 * number) for number, share in enumerate(shares)]
    killed, until = 0, time.monotonic() + PATIENCE
    counted = Judgment.objects.filter(slot__isnull=False)
    try:
        while time.monotonic() < until and campaign.items.filter(state="decided").count() < PAIRS:
            time.sleep(0.5)
            expire_old_leases()
            if killed < 2 and counted.count() > PAIRS * OVERLAP * (killed + 1) / 3:
                workers[killed].send_signal(signal.SIGKILL)
                workers[killed].wait(10)
                workers[killed] = start(campaign, shares[killed], 1_000 + killed)
                killed += 1
    finally:
        for worker in workers:
            worker.kill()
            worker.wait(10)
    Assignment.objects.filter(state="leased").update(leased_until=F("claimed_at"))
    sweep_leases()
    assert killed == 2
    assert campaign.items.filter(state="decided").count() == PAIRS
    assert counted.count() == PAIRS * OVERLAP
    assert not counted.values("item").annotate(n=Count("pk")).exclude(n=OVERLAP).exists()
    assert slots_are_conserved(campaign)
    groups = JudgmentGroup.objects.filter(judgment__slot__isnull=False)
    assert not groups.values("judgment__item", "value").annotate(n=Count("pk")).filter(n__gt=2).exists()
    distinct = groups.values("judgment__item").annotate(n=Count("value", distinct=True))
    assert not distinct.filter(n__lt=2).exists()
    assert not Judgment.objects.values("item", "profile").annotate(n=Count("pk")).filter(n__gt=1).exists()
    assert not Judgment.objects.filter(assignment=None).exists()
