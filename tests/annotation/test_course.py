"""What a campaign costs, who is at work on it, and what in it nobody will judge as things are."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from annotation.actions.claim import claim
from annotation.actions.give_back import skip
from annotation.actions.people import deactivate_annotator, describe_myself
from annotation.actions.practice_setup import set_practice, write_practice_item
from annotation.actions.profile import profile_of
from annotation.course import at_work, cost_of, find_stuck, read_cost
from annotation.models import Campaign, Item
from annotation.rules import Eligibility, Rules, as_stored
from annotation.station import claimed_expertise, stuck_campaigns

from .conftest import annotators, queue_pairs
from .test_my_work import judged


@pytest.fixture(autouse=True)
def forgets():
    """What is stuck is kept for two minutes."""
    cache.clear()


def test_the_cost_is_hours_times_their_price_and_answers_times_theirs():
    rules = Rules(cost_per_hour=20, cost_per_answer=0.5)
    cost = cost_of(rules, work_ms=3_600_000, practice_ms=1_800_000, answers=60, left=120)
    assert (cost.hours, cost.so_far, cost.to_go) == (1.5, 60.0, pytest.approx(100))
    assert cost.in_all == pytest.approx(160)


def test_what_is_still_to_come_is_unknown_before_anybody_worked_and_nothing_when_all_is_done():
    rules = Rules(cost_per_hour=20)
    assert cost_of(rules, work_ms=0, practice_ms=0, answers=0, left=5).to_go is None
    assert cost_of(rules, work_ms=9, practice_ms=0, answers=1, left=0).to_go == 0
    assert cost_of(Rules(), work_ms=9, practice_ms=0, answers=1, left=5).so_far is None


def test_only_people_cost_and_changes_count(team, campaign):
    queue_pairs(campaign, 2)
    judged(team.annotator, campaign, ms=900_000)
    (program,) = annotators(team.project, 1, simulated=True)
    judged(program, campaign, ms=900_000)
    cost = read_cost(campaign, left=2)
    assert (cost.hours, cost.answers) == (0.25, 1)


def test_who_holds_an_item_is_at_work_and_who_let_go_is_not(team, campaign, people):
    queue_pairs(campaign, 2)
    (other,) = people(1)
    claim(who=team.annotator, campaign=campaign)
    lease = claim(who=other, campaign=campaign)
    assert {one.user for one in at_work(campaign)} == {team.annotator.pk, other.pk}
    skip(
        who=other,
        project=team.project,
        assignment_id=lease.pk,
        lease_token=lease.lease_token,
        reason="unsure",
    )
    assert [one.user for one in at_work(campaign)] == [team.annotator.pk]


def pass_on(who, campaign):
    lease = claim(who=who, campaign=campaign)
    skip(
        who=who,
        project=campaign.project,
        assignment_id=lease.pk,
        lease_token=lease.lease_token,
        reason="unsure",
    )


def test_an_item_is_stuck_once_everybody_passed_it_on_and_free_once_somebody_comes(team, campaign, people):
    (item,) = queue_pairs(campaign, 1)
    first, second = people(2)
    for who in (first, second):
        profile_of(who=who, project=team.project)
    pass_on(first, campaign)
    assert find_stuck(campaign).count == 0
    pass_on(second, campaign)
    assert find_stuck(campaign).passed_on == [item.pk]
    profile_of(who=team.annotator, project=team.project)
    assert find_stuck(campaign).count == 0
    deactivate_annotator(who=team.lead, profile=profile_of(who=team.annotator, project=team.project))
    assert find_stuck(campaign).count == 1


@pytest.mark.parametrize(
    ("rules", "item", "person"),
    [
        (Rules(eligibility=Eligibility(languages=("fr",))), {}, {"languages": ["fr"]}),
        (Rules(), {"sensitive": True}, {"sensitive_ok": True}),
        (Rules(eligibility=Eligibility(expertise=("*",))), {}, {"expertise": ["lists"]}),
    ],
)
def test_items_no_eligible_person_exists_for_are_stuck_until_one_does(team, campaign, rules, item, person):
    queue_pairs(campaign, 3)
    Campaign.objects.filter(pk=campaign.pk).update(rules=as_stored(rules))
    Item.objects.update(**item or {"priority": 0})
    campaign.refresh_from_db()
    profile = profile_of(who=team.annotator, project=team.project)
    stuck = find_stuck(campaign)
    assert [one.items for one in stuck.no_judge] == [3]
    assert claim(who=team.annotator, campaign=campaign) is None
    for name, value in person.items():
        setattr(profile, name, value)
    profile.save(update_fields=list(person))
    assert find_stuck(campaign).count == 0
    assert claim(who=team.annotator, campaign=campaign) is not None


def test_a_practice_round_nobody_has_passed_is_stuck(team, campaign):
    queue_pairs(campaign, 1)
    profile_of(who=team.annotator, project=team.project)
    write_practice_item(
        who=team.lead,
        campaign=campaign,
        question="Q",
        answer_a="A",
        answer_b="B",
        right=["a"],
        explanation="w",
    )
    assert find_stuck(set_practice(who=team.lead, campaign=campaign, asked=1, right=1)).nobody_practised


def test_looking_for_what_is_stuck_takes_the_same_queries_for_many_items_and_people(
    team, campaign, people, django_assert_num_queries
):
    queue_pairs(campaign, 20)
    for who in people(15):
        profile_of(who=who, project=team.project)
    for who in people(3):
        pass_on(who, campaign)
    with django_assert_num_queries(4):
        find_stuck(campaign)


def test_leads_find_what_is_stuck_and_what_waits_for_their_word_in_the_inbox_and_on_the_board(team, campaign):
    queue_pairs(campaign, 1)
    describe_myself(who=team.annotator, project=team.project, languages="", expertise="law")
    pass_on(team.annotator, campaign)
    (stuck,) = stuck_campaigns(team.project, team.lead)
    assert stuck.href.endswith("#stuck")
    (claimed,) = claimed_expertise(team.project, team.lead)
    assert "law" in claimed.title
    page = team.client(team.lead).get(reverse("annotation:campaign", args=[team.project.slug, campaign.pk]))
    assert (
        "passed 1 item on" in page.content.decode() or "Everybody who may judge it" in page.content.decode()
    )
