"""Annotators a lead has named decide over votes: only over what suits them, never over their own, without seeing who voted."""

import pytest
from django.db import Error, transaction
from django.urls import reverse

from annotation.actions.adjudicate import Ruling, adjudicate
from annotation.actions.people import deactivate_annotator, name_adjudicator
from annotation.actions.profile import profile_of
from annotation.adjudication_queue import Order, place
from annotation.models import Adjudication, AnnotatorProfile, Campaign, Decision, Item, Judgment
from annotation.rules import Eligibility, Rules, as_stored
from core.errors import PermissionRefused, Refused
from core.models import AuditEntry

from .conftest import queue_pairs
from .test_adjudication import vote
from .test_pages import url


@pytest.fixture
def conflict(campaign, people) -> Item:
    """One pair, two people, two answers."""
    queue_pairs(campaign, 1)
    first, second = people(2)
    vote(first, campaign, "a", "It names its source.")
    vote(second, campaign, "b", "It is shorter.")
    return Item.objects.get(campaign=campaign)


@pytest.fixture
def adjudicator(team):
    """The annotator, named by the lead."""
    profile = profile_of(who=team.annotator, project=team.project)
    assert name_adjudicator(who=team.lead, profile=profile, adjudicates=True)
    return team.annotator


def rule(who, item):
    return adjudicate(who=who, item=item, ruling=Ruling("a", 1), reason="It names its source.")


def asks(campaign, **eligibility):
    Campaign.objects.filter(pk=campaign.pk).update(
        rules=as_stored(Rules(eligibility=Eligibility(**eligibility)))
    )


def test_who_is_named_decides_and_the_votes_stay(team, conflict, adjudicator):
    made = rule(adjudicator, conflict)
    assert (made.by, Decision.objects.get(item=conflict).outcome) == (team.annotator, "a")
    assert Judgment.objects.filter(item=conflict).count() == 2


def test_naming_is_for_leads_and_is_audited_once(team, conflict, adjudicator):
    profile = AnnotatorProfile.objects.get(user=adjudicator)
    assert not name_adjudicator(who=team.lead, profile=profile, adjudicates=True)
    assert AuditEntry.objects.filter(verb="annotation.name_adjudicator").count() == 1
    with pytest.raises(PermissionRefused):
        name_adjudicator(who=adjudicator, profile=profile, adjudicates=True)


def test_who_is_named_no_longer_or_given_no_more_work_decides_no_more(team, conflict, adjudicator):
    profile = AnnotatorProfile.objects.get(user=adjudicator)
    deactivate_annotator(who=team.lead, profile=profile)
    with pytest.raises(PermissionRefused, match="named"):
        rule(adjudicator, conflict)
    AnnotatorProfile.objects.filter(pk=profile.pk).update(deactivated_at=None)
    name_adjudicator(who=team.lead, profile=profile, adjudicates=False)
    with pytest.raises(PermissionRefused, match="named"):
        rule(adjudicator, conflict)


def test_nobody_decides_over_what_they_voted_on(team, campaign, adjudicator, people):
    queue_pairs(campaign, 1)
    vote(adjudicator, campaign, "a")
    vote(people(1)[0], campaign, "b")
    item = Item.objects.get(campaign=campaign)
    assert place(campaign, adjudicator, Order.CONFLICT, None).item is None
    with pytest.raises(Refused, match="judged this yourself"):
        rule(adjudicator, item)


def test_confirmed_expertise_is_needed_where_the_campaign_asks_for_it_and_claimed_one_is_not_enough(
    team, campaign, conflict, adjudicator
):
    asks(campaign, expertise=("*",))
    campaign.refresh_from_db()
    conflict.campaign.refresh_from_db()
    profile = AnnotatorProfile.objects.filter(user=adjudicator)
    profile.update(expertise_said=[conflict.stratum])
    assert place(campaign, adjudicator, Order.CONFLICT, None).item is None
    with pytest.raises(Refused, match="languages or fields"):
        rule(adjudicator, conflict)
    assert place(campaign, team.lead, Order.CONFLICT, None).item == conflict
    profile.update(expertise=[conflict.stratum])
    assert place(campaign, adjudicator, Order.CONFLICT, None).item == conflict
    assert rule(adjudicator, conflict).by == adjudicator


def test_the_page_of_an_annotator_names_no_voter_and_opens_no_page_that_names_models(
    team, conflict, adjudicator
):
    client, here = team.client(adjudicator), url(team, "adjudicate", campaign_id=conflict.campaign_id)
    html = client.get(here).content.decode()
    assert "It names its source." in html
    for judgment in Judgment.objects.all():
        assert str(judgment.profile_id)[:8] not in html
    for hidden in ("model-0", "model-1", reverse("annotation:item", args=[team.project.slug, conflict.pk])):
        assert hidden not in html
    send = url(team, "adjudicate-decide", campaign_id=conflict.campaign_id, item_id=conflict.pk)
    client.post(send, {"choice": "left", "reason": "Clearer."})
    assert Adjudication.objects.get().by == adjudicator


def test_a_lead_still_sees_who_voted(team, conflict, adjudicator):
    html = (
        team.client(team.lead).get(url(team, "adjudicate", campaign_id=conflict.campaign_id)).content.decode()
    )
    assert all(str(judgment.profile_id)[:8] in html for judgment in Judgment.objects.all())


def test_disagreement_waits_on_the_front_page_of_who_is_named(team, conflict, adjudicator, people):
    here = url(team, "adjudicate", campaign_id=conflict.campaign_id)
    assert here in team.client(adjudicator).get("/").content.decode()
    assert here not in team.client(people(1)[0]).get("/").content.decode()


def test_the_page_of_a_person_names_them_and_takes_it_back(team, conflict):
    client = team.client(team.lead)
    where = {"user_id": team.annotator.pk}
    assert "Name as adjudicator" in client.get(url(team, "person", **where)).content.decode()
    client.post(url(team, "person-adjudicator", **where), {"adjudicates": "yes"})
    assert AnnotatorProfile.objects.get(user=team.annotator).adjudicates
    client.post(url(team, "person-adjudicator", **where), {"adjudicates": "no"})
    assert not AnnotatorProfile.objects.get(user=team.annotator).adjudicates


def test_the_database_takes_no_decision_of_somebody_nobody_named(team, other_team, conflict, people):
    (other,) = people(1)
    profile_of(who=other, project=team.project)
    row = {
        "project": team.project,
        "item": conflict,
        "number": 1,
        "reason": "x",
        "outcome": "a",
        "strength": 1,
    }
    for stranger in (other, team.engineer, other_team.lead):
        with pytest.raises(Error, match="lead has named"), transaction.atomic():
            Adjudication.objects.create(**row, by=stranger)


def test_who_could_still_vote_does_not_read_the_votes_before(team, campaign, conflict, adjudicator):
    Item.objects.filter(pk=conflict.pk).update(slots_asked=3, slots_left=1)
    assert place(campaign, adjudicator, Order.CONFLICT, None).waiting == 0
    with pytest.raises(Refused):
        rule(adjudicator, conflict)
    assert place(campaign, team.lead, Order.CONFLICT, None).waiting == 1
    Item.objects.filter(pk=conflict.pk).update(slots_asked=2, slots_left=0)
    assert place(campaign, adjudicator, Order.CONFLICT, None).waiting == 1
