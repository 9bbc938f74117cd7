"""Gold is mixed into the queue, looks like work to whoever judges it, and counts nowhere."""

import re

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from annotation.actions.campaigns import create_campaign
from annotation.actions.change_campaign import patch_campaign
from annotation.actions.claim import claim
from annotation.actions.give_back import skip
from annotation.actions.gold import Right, mark_gold, write_gold
from annotation.actions.make_items import NewItem, make_items
from annotation.actions.make_repairs import make_repairs
from annotation.actions.repair import submit_repair
from annotation.actions.submit import submit_judgment
from annotation.board import read_board
from annotation.choices import RepairChoice, Shown
from annotation.models import Decision, GoldAnswer, Item, ItemRole, Judgment
from annotation.rules import Rules
from annotation.work import summarise

from .conftest import conversation, queue_pairs, store
from .decided import decided_preferences


def always():
    return 0.0


def never():
    return 1.0


def make_gold(who, campaign, item, *, most_people=50):
    """The same two answers once more, as gold."""
    new = NewItem(
        item.version_id, (item.pair.response_b, item.pair.response_a), "gold", 0, role=ItemRole.GOLD
    )
    (pk,) = make_items(campaign=campaign, found=[new])
    GoldAnswer.objects.create(
        project=campaign.project,
        item_id=pk,
        number=1,
        choice="a",
        explanation="It answers.",
        most_people=most_people,
        author=who,
    )
    return Item.objects.get(pk=pk)


def answer(who, assignment, shown=Shown.LEFT):
    return submit_judgment(
        who=who,
        project=assignment.project,
        assignment_id=assignment.pk,
        lease_token=assignment.lease_token,
        key=assignment.pk,
        shown=shown,
    )


@pytest.fixture
def mixed(team):
    """A campaign with work and one gold pair, from answers of a campaign nobody here sees."""
    campaign = create_campaign(
        who=team.lead, project=team.project, name="Mixed", overlap=1, rules=Rules(gold_share=0.5)
    )
    other = create_campaign(who=team.lead, project=team.project, name="Elsewhere", open_now=False)
    (known,) = queue_pairs(other, 1)
    gold = make_gold(team.lead, campaign, known)
    return campaign, queue_pairs(campaign, 6), gold


def test_gold_comes_by_chance_and_once_per_person(team, mixed):
    campaign, items, gold = mixed
    mine = claim(who=team.annotator, campaign=campaign, chance=always)
    assert mine.item == gold
    answer(team.annotator, mine)
    assert claim(who=team.annotator, campaign=campaign, chance=always).item == items[0]


def test_without_the_chance_work_comes(team, mixed):
    campaign, items, _ = mixed
    assert claim(who=team.annotator, campaign=campaign, chance=never).item == items[0]


def test_a_person_meets_no_more_gold_a_day_than_the_campaign_allows(team, mixed):
    campaign, items, _ = mixed
    patch_campaign(who=team.lead, campaign=campaign, patch={"rules": {"gold_per_day": 0}})
    campaign.refresh_from_db()
    assert claim(who=team.annotator, campaign=campaign, chance=always).item == items[0]


def test_gold_seen_by_enough_people_is_shown_to_nobody_else(team, campaign, people):
    (known,) = queue_pairs(campaign, 1)
    rare = create_campaign(who=team.lead, project=team.project, name="Rare", rules=Rules(gold_share=0.5))
    make_gold(team.lead, rare, known, most_people=1)
    one, two = people(2)
    assert claim(who=one, campaign=rare, chance=always).item.role == ItemRole.GOLD
    assert claim(who=two, campaign=rare, chance=always) is None


def test_nobody_is_asked_as_gold_what_they_were_asked_as_work(team):
    campaign = create_campaign(
        who=team.lead, project=team.project, name="Both", overlap=1, rules=Rules(gold_share=0.5)
    )
    (item,) = queue_pairs(campaign, 1)
    new = NewItem(
        item.version_id, (item.pair.response_a, item.pair.response_b), "gold", 0, role=ItemRole.GOLD
    )
    (pk,) = make_items(campaign=campaign, found=[new])
    GoldAnswer.objects.create(
        project=team.project, item_id=pk, number=1, choice="a", explanation="So.", author=team.lead
    )
    answer(team.annotator, claim(who=team.annotator, campaign=campaign, chance=never))
    assert claim(who=team.annotator, campaign=campaign, chance=always) is None


def test_a_question_comes_back_as_gold_to_nobody_who_met_it_as_work_or_may_yet(team, people):
    campaign = create_campaign(
        who=team.lead, project=team.project, name="Both", overlap=1, rules=Rules(gold_share=0.5)
    )
    (item,) = queue_pairs(campaign, 1)
    gold = write_gold(who=team.lead, item=item, text="A kind of cheese.", right=Right("a", "It answers."))
    judge, passer, other = people(3)
    passed_on = claim(who=passer, campaign=campaign, chance=always)
    assert passed_on.item == item, "the pair gold was written from comes first"
    skip(
        who=passer,
        project=team.project,
        assignment_id=passed_on.pk,
        lease_token=passed_on.lease_token,
        reason="unsure",
    )
    answer(judge, claim(who=judge, campaign=campaign, chance=always))
    assert claim(who=judge, campaign=campaign, chance=always) is None
    assert claim(who=passer, campaign=campaign, chance=always) is None
    assert claim(who=other, campaign=campaign, chance=always).item == gold


def test_a_repair_is_asked_as_gold_of_nobody_who_was_asked_it_as_work(team, people):
    campaign = create_campaign(
        who=team.lead,
        project=team.project,
        name="Mend",
        kind="repair",
        overlap=1,
        rules=Rules(gold_share=0.5),
    )
    store(team.project, conversation("What is a tuple?", "A tuple is a mutable list."))
    make_repairs(who=team.lead, campaign=campaign)
    judge, other = people(2)
    mine = claim(who=judge, campaign=campaign, chance=never)
    submit_repair(
        who=judge,
        project=team.project,
        assignment_id=mine.pk,
        lease_token=mine.lease_token,
        key=mine.pk,
        choice=RepairChoice.DROP,
    )
    gold = mark_gold(who=team.lead, item=mine.item, right=Right("drop", "It is wrong."))
    assert claim(who=judge, campaign=campaign, chance=always) is None
    assert claim(who=other, campaign=campaign, chance=always).item == gold


def test_its_author_is_told_that_a_gold_vote_counts_and_nothing_counts_it(team, mixed):
    campaign, _, gold = mixed
    done = answer(team.annotator, claim(who=team.annotator, campaign=campaign, chance=always))
    assert (done.how, done.judgment.slot) == ("counted", None)
    assert summarise(done.judgment.profile).counted == 1
    assert not Decision.objects.exists()
    progress = read_board(campaign).progress
    assert (progress.counted, progress.extra, progress.items) == (0, 0, 6)
    assert not list(decided_preferences(team.project))
    gold.refresh_from_db()
    assert gold.state == "open"


def test_the_database_gives_gold_no_slot_and_no_decision(team, mixed):
    _, _, gold = mixed
    with pytest.raises(DatabaseError, match="item_only_work_asks_for_slots"), transaction.atomic():
        Item.objects.filter(pk=gold.pk).update(slots_asked=1, slots_left=1)
    with pytest.raises(DatabaseError, match="nobody decides it"), transaction.atomic():
        Decision.objects.create(item=gold, project=team.project, outcome="a", counted=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Item.objects.filter(pk=gold.pk).update(role="work")


def shape(page):
    """The page without what differs between any two pairs: ids, numbers, times and the answers themselves."""
    page = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", page)
    page = re.sub(r"[-\w]+@[-\w.]+", "READER", page)
    page = re.sub(r'(csrfmiddlewaretoken|csrf|nonce)(" value)?="\w+"', "", page)
    return re.sub(r"Answer \d+\.|\d+", "N", page)


def test_gold_looks_like_work_in_the_page(team, mixed, monkeypatch):
    campaign, _, gold = mixed
    url = f"/p/{team.project.slug}/annotation/judge/?campaign={campaign.pk}"
    pages = []
    for chance, person in ((always, team.annotator), (never, team.lead)):
        monkeypatch.setattr("annotation.actions.claim.random.random", chance)
        monkeypatch.setattr(claim, "__kwdefaults__", claim.__kwdefaults__ | {"chance": chance})
        pages.append(team.client(person).get(url).content.decode())
    assert str(gold.pk) not in pages[0]
    assert "gold" not in pages[0].lower()
    with_card = [shape(re.search(r"<main.*?</main>", page, re.S).group()) for page in pages]
    assert with_card[0] == with_card[1]


def test_gold_takes_as_many_statements_as_work(team, mixed, people):
    campaign, items, _ = mixed
    Item.objects.filter(pk__in=[item.pk for item in items]).update(slots_asked=2, slots_left=2)
    counts = []
    for chance, person in zip((always, never), people(2), strict=True):
        with CaptureQueriesContext(connection) as asked:
            answer(person, claim(who=person, campaign=campaign, chance=chance))
        counts.append(len(asked))
    assert Judgment.objects.count() == 2
    assert counts[0] == counts[1] > 5, counts
