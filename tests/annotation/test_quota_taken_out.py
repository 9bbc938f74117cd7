"""Caps and distinct groups taken out of a campaign hold for the items that were made under them, and strand none."""

from annotation.actions.campaigns import create_campaign
from annotation.actions.change_campaign import patch_campaign
from annotation.actions.claim import claim
from annotation.actions.profile import choose_value, define_axis, retire_axis
from annotation.next_item import is_free
from annotation.rules import Rules, read

from .conftest import annotators, queue_pairs


def test_items_keep_their_quota_and_their_people_when_a_lead_takes_it_out_of_the_campaign(team):
    axis = define_axis(who=team.lead, project=team.project, name="locale", values=["de", "en"])
    campaign = create_campaign(
        who=team.lead,
        project=team.project,
        name="Two of each",
        overlap=2,
        rules=Rules(distinct={"locale": 2}),
    )
    (item,) = queue_pairs(campaign, 1)
    german, other_german, english = annotators(team.project, 3)
    for who, value in ((german, "de"), (other_german, "de"), (english, "en")):
        choose_value(who=who, project=team.project, axis=axis, value=value)
    patch_campaign(who=team.lead, campaign=campaign, patch={"rules": {"distinct": {}}})
    retire_axis(who=team.lead, axis=axis)
    campaign.refresh_from_db()
    assert claim(who=german, campaign=campaign).item == item
    assert claim(who=other_german, campaign=campaign) is None
    assert not is_free(who=other_german, project=team.project, campaign=campaign)
    assert claim(who=english, campaign=campaign).item == item


def test_a_campaign_that_never_had_a_quota_remembers_none(team, campaign):
    patch_campaign(who=team.lead, campaign=campaign, patch={"rules": {"stop_early": True}})
    campaign.refresh_from_db()
    assert not read(campaign.rules).needs_groups
