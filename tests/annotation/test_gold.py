"""Gold items: known answers, mixed in unseen, versioned, worn out after so many people, counted and exported nowhere."""

import pytest
from django.db import Error, transaction

from annotation.actions.gold import Right, answer_gold, mark_gold, write_gold
from annotation.gold_posterior import posterior
from annotation.models import Decision, GoldAnswer, Item
from core.errors import PermissionRefused, Refused

from .conftest import queue_pairs
from .test_pages import url

RIGHT = Right("a", "The second answer invents a source.")


@pytest.fixture
def items(campaign) -> list[Item]:
    return queue_pairs(campaign, 4)


def test_an_item_becomes_gold_and_leaves_the_work(team, campaign, items) -> None:
    gold = mark_gold(who=team.lead, item=items[0], right=RIGHT)
    items[0].refresh_from_db()
    assert (gold.role, gold.slots_asked) == ("gold", 0)
    assert items[0].state == "closed"
    assert gold.pair.response_a == items[0].pair.response_a
    assert gold.gold_answers.get().choice == "a"
    with pytest.raises(Refused, match="people work on"):
        mark_gold(who=team.lead, item=gold, right=RIGHT)


def test_a_lead_writes_the_worse_answer_and_the_pair_stays_work(team, campaign, items) -> None:
    gold = write_gold(who=team.lead, item=items[0], text="A list is a kind of cheese.", right=RIGHT)
    items[0].refresh_from_db()
    assert items[0].state == "open"
    assert gold.pair.response_b.text == "A list is a kind of cheese."
    with pytest.raises(Refused, match="can tell from the first"):
        write_gold(who=team.lead, item=items[0], text=items[0].pair.response_a.text, right=RIGHT)


def test_a_right_answer_is_versioned_and_explained(team, campaign, items) -> None:
    gold = mark_gold(who=team.lead, item=items[0], right=RIGHT)
    second = answer_gold(who=team.second_lead, item=gold, right=Right("tie", "On reflection, both are."))
    assert second.number == 2
    for wrong in (Right("a", " "), Right("accept", "x"), Right("cannot", "x"), Right("a", "x", 0)):
        with pytest.raises(Refused):
            answer_gold(who=team.lead, item=gold, right=wrong)
    with pytest.raises(PermissionRefused):
        answer_gold(who=team.annotator, item=gold, right=RIGHT)


def test_the_database_keeps_answers_and_takes_none_for_work(team, campaign, items) -> None:
    gold = mark_gold(who=team.lead, item=items[0], right=RIGHT)
    row = {"project": team.project, "explanation": "x", "author": team.lead}
    attacks = [
        lambda: GoldAnswer.objects.update(choice="b"),
        lambda: GoldAnswer.objects.all()._raw_delete("default"),
        lambda: GoldAnswer.objects.create(**row, item=items[1], number=1, choice="a"),
        lambda: GoldAnswer.objects.create(**row, item=gold, number=2, choice="drop"),
        lambda: GoldAnswer.objects.create(**row, item=gold, number=1, choice="b"),
        lambda: Decision.objects.create(item=gold, project=team.project, outcome="a", counted=1),
    ]
    for attack in attacks:
        with pytest.raises(Error), transaction.atomic():
            attack()


def test_the_posterior_is_a_beta_with_its_interval() -> None:
    nothing = posterior(0, 0)
    assert (nothing.mean, round(nothing.low, 3), round(nothing.high, 3)) == (0.5, 0.025, 0.975)
    from scipy.stats import beta

    found = posterior(18, 20)
    assert (found.low, found.high) == pytest.approx(beta(19, 3).ppf([0.025, 0.975]), abs=1e-9)
    assert found.mean == pytest.approx(19 / 22)
    with pytest.raises(ValueError, match="is not a count"):
        posterior(3, 2)


def test_the_page_lists_gold_and_makes_it_and_is_for_leads_only(team, campaign, items) -> None:
    client = team.client(team.lead)
    here = url(team, "gold", campaign_id=campaign.pk)
    assert "No gold items yet" in client.get(here).content.decode()
    form = {"choice": "b", "explanation": "It answers.", "most_people": 9}
    made = client.post(url(team, "gold-new", item_id=items[0].pk), form, follow=True).content.decode()
    assert "of 9" in made
    assert "gold share is 0" in made
    gold = Item.objects.get(role="gold")
    client.post(url(team, "gold-answer", item_id=gold.pk), form | {"choice": "tie"})
    assert gold.gold_answers.count() == 2
    assert "It answers." in client.get(url(team, "gold-answer", item_id=gold.pk)).content.decode()
    client.post(url(team, "gold-state", item_id=gold.pk), {"state": "closed"})
    gold.refresh_from_db()
    assert gold.state == "closed"
    for who in (team.annotator, team.engineer):
        assert team.client(who).get(here).status_code == 403
        assert team.client(who).get(url(team, "gold-answer", item_id=gold.pk)).status_code == 403
