"""From "needs work" to work in one click, and the backlog item is closed by what came of it."""

from uuid import uuid4

import pytest
from django.urls import reverse

from annotation.actions.claim import claim
from annotation.actions.from_backlog import pair_from_backlog, repair_from_backlog
from annotation.actions.make_repairs import make_repairs
from annotation.actions.repair import submit_repair
from annotation.choices import RepairChoice
from annotation.models import Item
from core.errors import PermissionRefused, Refused
from curation.actions.backlog import open_item
from curation.conversation import message

from .conftest import conversation, store


@pytest.fixture
def needs_work(team):
    """An open backlog item on one answer."""

    def make(value, **more):
        version = store(team.project, value, **more)
        return open_item(
            who=team.lead, project=team.project, reason="wrong_answer", trace=version.trace, version=version
        )

    return make


def test_it_becomes_a_repair_in_front_of_all_others(team, repairs, needs_work):
    store(team.project, conversation("Other?", "Yes."))
    make_repairs(who=team.lead, campaign=repairs)
    backlog = needs_work(conversation("What is a tuple?", "A list."))
    made = repair_from_backlog(who=team.lead, backlog=backlog)
    backlog.refresh_from_db()
    assert (backlog.state, backlog.resolution, backlog.produced) == ("resolved", "repair", made.pk)
    assert claim(who=team.annotator, campaign=repairs).item == made
    assert made.backlog_item == backlog


def test_a_repair_that_waited_already_is_put_in_front(team, repairs, needs_work):
    backlog = needs_work(conversation("What is a tuple?", "A list."))
    store(team.project, conversation("Other?", "Yes."))
    make_repairs(who=team.lead, campaign=repairs)
    Item.objects.filter(version=backlog.version).update(priority=0.1)
    made = repair_from_backlog(who=team.lead, backlog=backlog)
    assert claim(who=team.annotator, campaign=repairs).item == made
    assert Item.objects.filter(version=backlog.version).count() == 1


def test_an_answer_accepted_before_does_not_settle_the_complaint(team, repairs, needs_work):
    backlog = needs_work(conversation("What is a tuple?", "A list."))
    make_repairs(who=team.lead, campaign=repairs)
    mine = claim(who=team.annotator, campaign=repairs)
    submit_repair(
        who=team.annotator,
        project=team.project,
        assignment_id=mine.pk,
        lease_token=mine.lease_token,
        key=uuid4(),
        choice=RepairChoice.ACCEPT,
    )
    with pytest.raises(Refused, match="accepted this answer"):
        repair_from_backlog(who=team.lead, backlog=backlog)
    backlog.refresh_from_db()
    assert backlog.state == "open"


def test_without_a_campaign_one_is_opened_for_it(team, needs_work):
    made = repair_from_backlog(who=team.lead, backlog=needs_work(conversation("Why?", "Because.")))
    assert (made.campaign.kind, made.campaign.state, made.campaign.overlap) == ("repair", "open", 1)


def test_it_becomes_a_pair_with_the_other_choice_or_another_request(team, campaign, needs_work):
    other = [[message("assistant", "Therefore.")]]
    first = pair_from_backlog(
        who=team.lead, backlog=needs_work(conversation("Why?", "Because.", alternatives=other))
    )
    assert {first.pair.response_a.text, first.pair.response_b.text} == {"Because.", "Therefore."}
    store(team.project, conversation("How?", "Slowly."), variant="other")
    second = pair_from_backlog(who=team.lead, backlog=needs_work(conversation("How?", "Quickly.")))
    assert {second.pair.response_a.text, second.pair.response_b.text} == {"Quickly.", "Slowly."}
    assert Item.objects.filter(kind="pair").count() == 2


def test_without_a_second_answer_there_is_no_pair_and_the_item_stays_open(team, campaign, needs_work):
    backlog = needs_work(conversation("Why?", "Because."))
    with pytest.raises(Refused, match="no second answer"):
        pair_from_backlog(who=team.lead, backlog=backlog)
    backlog.refresh_from_db()
    assert backlog.state == "open"


def test_the_buttons_do_it_and_annotators_have_none(team, needs_work):
    backlog = needs_work(conversation("Why?", "Because."))
    url = reverse("annotation:backlog-repair", kwargs={"slug": team.project.slug, "item_id": backlog.pk})
    assert team.client(team.annotator).post(url).status_code == 403
    assert team.client(team.lead).post(url, follow=True).status_code == 200
    with pytest.raises(PermissionRefused):
        repair_from_backlog(who=team.annotator, backlog=backlog)
    with pytest.raises(Refused, match="open item"):
        repair_from_backlog(who=team.lead, backlog=type(backlog).objects.get(pk=backlog.pk))
