"""A retired axis is asked of nobody; what votes carry and reports said stays, and another version asks again."""

import pytest

from annotation.actions.profile import choose_value, define_axis, retire_axis
from annotation.actions.release_axes import release_axis
from annotation.axes import current_axes_of, read_axes
from annotation.models import Campaign, JudgmentGroup, ProfileValue
from annotation.rules import Rules, as_stored
from core.errors import PermissionRefused, Refused
from core.models import AuditEntry

from .conftest import queue_pairs
from .test_pages import url
from .test_release_axes import vote


@pytest.fixture
def axis(team):
    return define_axis(who=team.lead, project=team.project, name="locale", values=["de", "en"])


@pytest.fixture
def voted(team, campaign, axis, people):
    """Twelve people of two groups, and a published report."""
    Campaign.objects.filter(pk=campaign.pk).update(overlap=20)
    campaign.refresh_from_db()
    (item,) = queue_pairs(campaign, 1)
    for person, value in zip(people(12), ["de"] * 6 + ["en"] * 6, strict=True):
        choose_value(who=person, project=team.project, axis=axis, value=value)
        vote(campaign, axis, person, item)
    assert release_axis(campaign=campaign, axis=axis) is not None


def test_nobody_is_asked_and_nobody_can_answer(team, axis):
    retire_axis(who=team.lead, axis=axis)
    axis.refresh_from_db()
    assert current_axes_of(team.project.pk) == []
    page = team.client(team.annotator).get(url(team, "profile")).content.decode()
    assert "Locale" not in page
    with pytest.raises(Refused, match="no such value"):
        choose_value(who=team.annotator, project=team.project, axis=axis, value="de")


def test_what_votes_carry_and_what_was_published_stays(team, campaign, axis, voted):
    before = list(JudgmentGroup.objects.order_by("pk").values())
    retire_axis(who=team.lead, axis=axis)
    assert list(JudgmentGroup.objects.order_by("pk").values()) == before
    assert ProfileValue.objects.filter(axis=axis).count() == 12
    (report,) = read_axes(campaign)
    assert report.people is not None
    page = team.client(team.lead).get(url(team, "diversity", campaign_id=campaign.pk)).content.decode()
    assert "asked no more" in page


def test_what_was_said_can_still_be_taken_back(team, axis):
    choose_value(who=team.annotator, project=team.project, axis=axis, value="de")
    retire_axis(who=team.lead, axis=axis)
    axis.refresh_from_db()
    choose_value(who=team.annotator, project=team.project, axis=axis, value="")
    assert not ProfileValue.objects.exists()


def test_a_campaign_that_counts_by_it_keeps_it_and_a_closed_one_does_not(team, campaign, axis):
    Campaign.objects.filter(pk=campaign.pk).update(rules=as_stored(Rules(distinct={"locale": 2})))
    with pytest.raises(Refused, match="Which is better"):
        retire_axis(who=team.lead, axis=axis)
    Campaign.objects.filter(pk=campaign.pk).update(state="closed")
    retire_axis(who=team.lead, axis=axis)
    assert current_axes_of(team.project.pk) == []


def test_defined_anew_it_is_asked_again_under_the_next_number(team, axis):
    retire_axis(who=team.lead, axis=axis)
    again = define_axis(who=team.lead, project=team.project, name="locale", values=["de", "en", "fr"])
    assert again.number == 2
    assert current_axes_of(team.project.pk) == [again]


def test_leads_retire_on_the_page_once_and_others_do_not(team, other_team, axis):
    for who in (team.annotator, team.engineer):
        with pytest.raises(PermissionRefused):
            retire_axis(who=who, axis=axis)
    client = team.client(team.lead)
    for _twice in range(2):
        page = client.post(url(team, "axis-retire", axis_id=axis.pk), follow=True).content.decode()
    assert "Asked no more" in page
    assert AuditEntry.objects.filter(verb="annotation.retire_axis").count() == 1
    foreign = other_team.client(other_team.lead).post(url(other_team, "axis-retire", axis_id=axis.pk))
    assert foreign.status_code == 404
