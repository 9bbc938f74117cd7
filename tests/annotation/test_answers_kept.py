"""What a browser kept and sends late: under the reasons it was given under, once, and with word of what became of it."""

from uuid import uuid4

import pytest
from django.urls import reverse

from annotation.actions.campaigns import set_campaign_state
from annotation.actions.change_campaign import patch_campaign
from annotation.actions.claim import claim
from annotation.models import Judgment, JudgmentRevision
from core.errors import Refused

from .conftest import queue_pairs
from .test_submit import submit


@pytest.fixture
def lease(team, campaign):
    queue_pairs(campaign, 2)
    return claim(who=team.annotator, campaign=campaign)


def post(team, lease, **fields):
    """As the page's script sends it."""
    url = reverse("annotation:submit", kwargs={"slug": team.project.slug})
    said = {"assignment": lease.pk, "lease_token": lease.lease_token, "choice": "left", "key": uuid4()}
    return team.client(team.annotator).post(url, said | fields, headers={"X-Winnow-Judging": "1"})


def test_a_reason_that_was_on_the_screen_counts_though_a_lead_has_taken_it_out(team, campaign, lease):
    patch_campaign(who=team.lead, campaign=campaign, patch={"rules": {"tags": ["wrong"]}})
    said = post(team, lease, tags=["verbosity", "wrong"], tags_version=1)
    assert (said.status_code, said["X-Winnow-Answer"]) == (200, "counted")
    revision = JudgmentRevision.objects.get()
    assert (set(revision.tags), revision.tags_version) == ({"verbosity", "wrong"}, 1)


@pytest.mark.parametrize("version", [2, 9, ""])
def test_a_reason_that_was_on_no_screen_is_refused(team, campaign, lease, version):
    patch_campaign(who=team.lead, campaign=campaign, patch={"rules": {"tags": ["wrong"]}})
    assert post(team, lease, tags=["verbosity"], tags_version=version).status_code == 409
    assert post(team, lease, tags=["no such"], tags_version=1).status_code == 409
    assert not Judgment.objects.exists()


def test_an_answer_sent_again_is_the_same_whatever_the_campaign_asks_now(team, campaign, lease):
    key = uuid4()
    first = submit(team.annotator, lease, key=key, tags=["verbosity"])
    patch_campaign(
        who=team.lead, campaign=campaign, patch={"rules": {"tags": ["wrong"], "requires": ["rationale"]}}
    )
    again = submit(team.annotator, lease, key=key, tags=["verbosity"])
    assert (again.how, again.judgment) == ("again", first.judgment)
    with pytest.raises(Refused, match="already answered"):
        submit(team.annotator, lease, tags=["wrong"], rationale="So.")


def test_an_answer_that_is_stored_is_not_told_as_refused_when_the_campaign_has_closed(team, campaign, lease):
    set_campaign_state(who=team.lead, campaign=campaign, state="closed")
    said = post(team, lease, campaign=campaign.pk)
    assert (said.status_code, said["X-Winnow-Answer"]) == (200, "counted")
    assert "data-end" in said.content.decode()
    assert "This campaign is not open." in said.content.decode()
    page = team.client(team.annotator).get(
        reverse("annotation:following", kwargs={"slug": team.project.slug}), {"campaign": campaign.pk}
    )
    assert page.status_code == 200
