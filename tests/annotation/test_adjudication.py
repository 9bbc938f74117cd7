"""Deciding over votes that disagree: by somebody without a vote, with a reason, append-only; every vote stays."""

from uuid import uuid4

import pytest
from django.db import Error, transaction

from annotation.actions.adjudicate import Ruling, adjudicate
from annotation.actions.claim import claim
from annotation.actions.revise import revise_judgment
from annotation.actions.submit import submit_judgment
from annotation.adjudication_queue import Order, place
from annotation.choices import Shown
from annotation.models import Adjudication, Assignment, Decision, Item, Judgment, JudgmentRevision
from core.errors import PermissionRefused, Refused

from .conftest import queue_pairs
from .decided import decided_preferences, undecided_counts
from .test_pages import url


def vote(who, campaign, choice: str, why: str = "") -> Judgment:
    """A vote for the pair's own a or b, whatever side it was shown on."""
    lease = claim(who=who, campaign=campaign)
    left = (choice == "a") != lease.swapped
    return submit_judgment(
        who=who,
        project=campaign.project,
        assignment_id=lease.pk,
        lease_token=lease.lease_token,
        key=uuid4(),
        shown=Shown.LEFT if left else Shown.RIGHT,
        rationale=why,
    ).judgment


@pytest.fixture
def conflict(team, campaign, people) -> Item:
    """One pair, two people, two answers."""
    queue_pairs(campaign, 1)
    first, second = people(2)
    vote(first, campaign, "a", "It names its source.")
    vote(second, campaign, "b", "It is shorter.")
    item = Item.objects.get(campaign=campaign)
    assert item.decision.outcome == "conflict"
    return item


def test_a_lead_decides_and_the_votes_stay(team, conflict) -> None:
    before = list(JudgmentRevision.objects.values_list("pk", "choice"))
    adjudicate(who=team.lead, item=conflict, ruling=Ruling("a", 2), reason="The second invents a number.")
    decision = Decision.objects.get(item=conflict)
    assert (decision.outcome, decision.strength) == ("a", 2)
    assert decision.response == conflict.pair.response_a
    assert decision.votes == {"a": 1, "b": 1}
    assert decision.adjudication.by == team.lead
    assert list(JudgmentRevision.objects.values_list("pk", "choice")) == before


def test_the_decision_comes_out_with_the_adjudication_named(team, conflict) -> None:
    assert undecided_counts(team.project)["conflict"] == 1
    made = adjudicate(who=team.lead, item=conflict, ruling=Ruling("b", 1), reason="Shorter and right.")
    (one,) = decided_preferences(team.project)
    assert one.adjudication == made.pk
    assert one.winner == conflict.pair.response_b
    assert undecided_counts(team.project)["conflict"] == 0


def test_a_vote_changed_later_does_not_undo_it(team, conflict) -> None:
    adjudicate(who=team.lead, item=conflict, ruling=Ruling("a", 1), reason="Right.")
    judgment = Judgment.objects.select_related("profile__user", "assignment").first()
    revise_judgment(
        who=judgment.profile.user, project=team.project, judgment_id=judgment.pk, shown=Shown.BOTH_BAD
    )
    decision = Decision.objects.get(item=conflict)
    assert decision.outcome == "a"
    assert decision.votes["both_bad"] == 1


def test_a_second_look_is_another_version_and_the_first_stays(team, conflict) -> None:
    first = adjudicate(who=team.lead, item=conflict, ruling=Ruling("a", 1), reason="Right.")
    second = adjudicate(who=team.second_lead, item=conflict, ruling=Ruling("tie"), reason="No difference.")
    assert (first.number, second.number) == (1, 2)
    assert Decision.objects.get(item=conflict).adjudication == second
    assert not list(decided_preferences(team.project))


def test_who_voted_or_holds_it_does_not_decide_over_it(team, campaign, people) -> None:
    queue_pairs(campaign, 1)
    vote(team.lead, campaign, "a")
    item = Item.objects.get(campaign=campaign)
    with pytest.raises(Refused, match="judged this yourself"):
        adjudicate(who=team.lead, item=item, ruling=Ruling("a", 1), reason="Mine.")
    assert claim(who=team.second_lead, campaign=campaign) is not None
    with pytest.raises(Refused, match="about to"):
        adjudicate(who=team.second_lead, item=item, ruling=Ruling("a", 1), reason="Soon mine.")
    assert not Adjudication.objects.exists()


@pytest.mark.parametrize("who", ["annotator", "engineer"])
def test_only_leads_decide(team, conflict, who) -> None:
    with pytest.raises(PermissionRefused):
        adjudicate(who=getattr(team, who), item=conflict, ruling=Ruling("a", 1), reason="I say so.")


@pytest.mark.parametrize(
    ("ruling", "reason"),
    [
        (Ruling("a", 0), "x"),
        (Ruling("tie", 1), "x"),
        (Ruling("accepted"), "x"),
        (Ruling("conflict"), "x"),
        (Ruling("a", 1), "  "),
    ],
)
def test_a_ruling_that_means_nothing_is_refused(team, conflict, ruling, reason) -> None:
    with pytest.raises(Refused):
        adjudicate(who=team.lead, item=conflict, ruling=ruling, reason=reason)
    assert Decision.objects.get(item=conflict).outcome == "conflict"


def test_the_database_lets_nobody_rewrite_it_vote_and_decide_or_decide_otherwise(team, conflict) -> None:
    made = adjudicate(who=team.lead, item=conflict, ruling=Ruling("a", 1), reason="Right.")
    voter = Judgment.objects.select_related("profile").first().profile.user
    row = {"project": team.project, "item": conflict, "reason": "x", "outcome": "b", "strength": 1}
    attacks = [
        lambda: Adjudication.objects.filter(pk=made.pk).update(outcome="b"),
        lambda: Adjudication.objects.filter(pk=made.pk)._raw_delete("default"),
        lambda: Adjudication.objects.create(**row, number=2, by=voter),
        lambda: Adjudication.objects.create(**row, number=1, by=team.second_lead),
        lambda: Adjudication.objects.create(
            **(row | {"outcome": "fixed", "strength": 0}), number=2, by=team.second_lead
        ),
        lambda: Decision.objects.filter(item=conflict).update(outcome="b"),
        lambda: Decision.objects.filter(item=conflict).update(adjudication=None),
    ]
    for attack in attacks:
        with pytest.raises(Error), transaction.atomic():
            attack()


def test_an_item_decided_over_is_asked_of_nobody_and_a_vote_under_way_still_counts(
    team, campaign, people
) -> None:
    queue_pairs(campaign, 1)
    first, second, third = people(3)
    vote(first, campaign, "a")
    item = Item.objects.get(campaign=campaign)
    lease = claim(who=second, campaign=campaign)
    adjudicate(who=team.lead, item=item, ruling=Ruling("a", 1), reason="Clear.")
    assert claim(who=third, campaign=campaign) is None
    done = submit_judgment(
        who=second,
        project=team.project,
        assignment_id=lease.pk,
        lease_token=lease.lease_token,
        key=uuid4(),
        shown=Shown.TIE,
    )
    assert done.how == "counted"
    assert Decision.objects.get(item=item).votes == {"a": 1, "tie": 1}


def test_the_queue_offers_what_is_in_conflict_and_not_ones_own(team, conflict) -> None:
    campaign = conflict.campaign
    assert place(campaign, team.lead, Order.CONFLICT, None).item == conflict
    voter = Judgment.objects.select_related("profile").first().profile.user
    assert place(campaign, voter, Order.CONFLICT, None).item is None
    adjudicate(who=team.lead, item=conflict, ruling=Ruling("a", 1), reason="Right.")
    assert place(campaign, team.second_lead, Order.CONFLICT, None).item is None


def test_the_page_shows_both_answers_all_words_and_no_models_name_and_decides_by_side(team, conflict) -> None:
    client = team.client(team.lead)
    here = url(team, "adjudicate", campaign_id=conflict.campaign_id)
    html = client.get(here).content.decode()
    assert "It names its source." in html
    assert "It is shorter." in html
    assert "model-0" not in html
    assert "model-1" not in html
    send = url(team, "adjudicate-decide", campaign_id=conflict.campaign_id, item_id=conflict.pk)
    refused = client.post(send, {"choice": "left", "reason": ""}, follow=True)
    assert "Say why" in refused.content.decode()
    client.post(send, {"choice": "left_clear", "reason": "Clearer."})
    left_first = html.index("Answer 0.") < html.index("Answer 1.")
    assert Decision.objects.get(item=conflict).outcome == ("a" if left_first == _a_is_zero(conflict) else "b")
    item_page = client.get(url(team, "item", item_id=conflict.pk)).content.decode()
    assert "Clearer." in item_page


def _a_is_zero(item: Item) -> bool:
    return item.pair.response_a.text == "Answer 0."


def test_others_words_stay_hidden_from_annotators(team, conflict) -> None:
    for who in (team.annotator, team.engineer):
        answer = team.client(who).get(url(team, "adjudicate", campaign_id=conflict.campaign_id))
        assert answer.status_code == 403
    assert Assignment.objects.filter(profile__user=team.annotator).count() == 0
