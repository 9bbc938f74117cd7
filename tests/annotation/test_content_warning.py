"""A campaign may warn of what it shows: its words stand on the cover, and only people willing to see it are given any."""

import pytest
from django.urls import reverse

from annotation.actions.change_campaign import patch_campaign
from annotation.actions.claim import claim
from annotation.actions.make_repairs import make_repairs
from annotation.actions.profile import profile_of
from annotation.campaign_form import initial_of
from annotation.models import AnnotatorProfile, Item
from annotation.rules import read
from core.errors import Refused

from .conftest import conversation, queue_pairs, store

WARNING = "Insults, and <b>threats</b>."


def warn(team, campaign, text=WARNING):
    patch_campaign(who=team.lead, campaign=campaign, patch={"rules": {"warning": text}})
    campaign.refresh_from_db()


def willing(team, who):
    profile = profile_of(who=who, project=team.project)
    AnnotatorProfile.objects.filter(pk=profile.pk).update(sensitive_ok=True)


@pytest.mark.parametrize("before", [True, False])
def test_it_covers_the_items_that_wait_and_those_made_later(team, campaign, people, before):
    if before:
        warn(team, campaign)
        queue_pairs(campaign, 1)
    else:
        queue_pairs(campaign, 1)
        warn(team, campaign)
    (other,) = people(1)
    willing(team, team.annotator)
    assert claim(who=other, campaign=campaign) is None
    page = team.client(team.annotator).get(reverse("annotation:judge", kwargs={"slug": team.project.slug}))
    html = page.content.decode()
    assert "Insults, and &lt;b&gt;threats&lt;/b&gt;." in html
    assert "abuse, violence or self-harm" not in html
    assert "data-covered" in html


def test_it_stands_on_repairs_too(team, repairs):
    warn(team, repairs)
    store(team.project, conversation("What?", "An insult."))
    make_repairs(who=team.lead, campaign=repairs)
    willing(team, team.annotator)
    page = team.client(team.annotator).get(reverse("annotation:repair", kwargs={"slug": team.project.slug}))
    assert "Insults, and &lt;b&gt;threats&lt;/b&gt;." in page.content.decode()


def test_taken_back_it_stays_on_what_it_was_on(team, campaign):
    queue_pairs(campaign, 1)
    warn(team, campaign)
    warn(team, campaign, "")
    queue_pairs(campaign, 2)
    assert Item.objects.filter(sensitive=True).count() == 1


def test_a_lead_writes_it_on_the_settings_page_and_people_practising_read_it(team, campaign):
    form = {name: value for name, value in initial_of(campaign).items() if value not in (None, False, "")}
    address = reverse("annotation:campaign-settings", args=[team.project.slug, campaign.pk])
    client = team.client(team.lead)
    assert client.post(address, form | {"warning": WARNING}).status_code == 302
    campaign.refresh_from_db()
    assert read(campaign.rules).warning == WARNING
    practice = reverse("annotation:practice", args=[team.project.slug, campaign.pk])
    assert "Insults, and" in team.client(team.annotator).get(practice).content.decode()
    long = client.post(address, form | {"warning": "x" * 401})
    assert "at most 400 characters" in long.content.decode()


@pytest.mark.parametrize("text", ["x" * 401, 5, None])
def test_what_is_no_short_text_is_refused(team, campaign, text):
    with pytest.raises(Refused, match="at most 400 characters"):
        patch_campaign(who=team.lead, campaign=campaign, patch={"rules": {"warning": text}})


def test_it_is_set_over_the_api_as_well(team, campaign):
    address = f"/api/v1/projects/{team.project.slug}/campaigns/{campaign.pk}/settings/"
    client = team.client(team.lead)
    answer = client.patch(address, {"rules": {"warning": WARNING}}, "application/json")
    assert answer.json()["settings"]["rules"]["warning"] == WARNING
    refused = client.patch(address, {"rules": {"warning": "x" * 401}}, "application/json")
    assert refused.status_code in (400, 409)
    assert "at most 400 characters" in refused.content.decode()
