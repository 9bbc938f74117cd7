"""A lead or a person changes settings while answers come in: neither waits for the other."""

from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.urls import reverse

from annotation.actions.campaigns import create_campaign
from annotation.actions.change_campaign import patch_campaign
from annotation.actions.claim import claim
from annotation.actions.fix_in_pair import fix_in_pair
from annotation.actions.people import choose_exposure
from annotation.models import Judgment
from tests.conftest import make_team

from .conftest import queue_pairs
from .test_concurrency import together
from .test_submit import submit


@pytest.fixture
def desk(transactional_db):
    """A team, and one pair under a lease."""
    team = make_team("acme")
    campaign = create_campaign(who=team.lead, project=team.project, name="Which is better", overlap=2)
    queue_pairs(campaign, 1)
    return team, campaign, claim(who=team.annotator, campaign=campaign)


def without_waiting(work):
    """Run it on another connection; whoever waits two seconds for a lock has met one that should not be there."""

    def run():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        work()

    together([run])


def test_an_answer_comes_in_while_its_author_changes_their_profile(desk):
    team, _campaign, lease = desk
    with transaction.atomic():
        choose_exposure(who=team.annotator, project=team.project, ok=True, per_day=5)
        without_waiting(lambda: submit(team.annotator, lease))
    assert Judgment.objects.get().slot == 1


def test_a_pair_that_is_locked_in_passing_is_not_taken_for_the_end(desk):
    team, campaign, _lease = desk
    pages = []

    def ask():
        page = team.client(team.lead).get(reverse("annotation:following", kwargs={"slug": team.project.slug}))
        pages.append((page.status_code, page["X-Winnow-Answer"], page.content.decode()))

    with transaction.atomic():
        campaign.items.select_for_update().get()
        without_waiting(ask)
    without_waiting(ask)
    assert pages[0] == (200, "waiting", "")
    assert "data-card" in pages[1][2]


def test_a_fix_makes_its_pair_while_a_lead_changes_the_campaign(desk):
    team, campaign, lease = desk
    with transaction.atomic():
        patch_campaign(who=team.lead, campaign=campaign, patch={"lease_seconds": 900})
        without_waiting(
            lambda: fix_in_pair(
                who=team.annotator, project=team.project, assignment_id=lease.pk,
                lease_token=lease.lease_token, key=uuid4(), side="left", text="A better answer.",
            )
        )  # fmt: skip
    assert Judgment.objects.count() == 2
