"""Gold is met like work and seen by nobody: its answers count nowhere, it wears out, and nothing tells it from work."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotation.actions.campaigns import set_campaign_state
from annotation.actions.fix_in_pair import fix_in_pair
from annotation.actions.gold import Right, answer_gold, mark_gold, set_gold_state
from annotation.actions.profile import profile_of
from annotation.gold_reading import gold_rows
from annotation.models import Assignment, Decision, Item, Judgment
from annotation.next_item import held_by_others
from annotation.recorded import sections

from .conftest import queue_pairs
from .decided import decided_preferences
from .test_pages import fields, url

RIGHT = Right("a", "The second answer invents a source.")


@pytest.fixture
def items(campaign) -> list[Item]:
    return queue_pairs(campaign, 4)


def give(who, item: Item) -> None:
    """The item under a lease, as a claim would give it."""
    profile = profile_of(who=who, project=item.project)
    Item.objects.filter(pk=item.pk, role="work").update(slots_left=F("slots_left") - 1)
    Assignment.objects.create(
        project=item.project,
        item=item,
        profile=profile,
        leased_until=timezone.now() + timedelta(minutes=10),
        swapped=False,
    )


def answer(team, who, item: Item, shown: str) -> None:
    give(who, item)
    client = team.client(who)
    lease = fields(client.get(url(team, "judge")).content.decode())
    client.post(url(team, "submit"), {**lease, "choice": shown, "key": uuid4()})


def test_answers_to_gold_count_nowhere_and_tell_how_somebody_does(team, campaign, items, people) -> None:
    gold = mark_gold(who=team.lead, item=items[0], right=RIGHT)
    for who in people(2):
        answer(team, who, gold, "tie")
    assert Judgment.objects.filter(item=gold, slot__isnull=True).count() == 2
    assert not Decision.objects.filter(item=gold).exists()
    assert not list(decided_preferences(team.project))
    assert [(row.posterior.right, row.posterior.of) for row in gold_rows(campaign)] == [(0, 1), (0, 1)]
    answer_gold(who=team.lead, item=gold, right=Right("tie", "Both say the same."))
    assert [(row.posterior.right, row.posterior.of) for row in gold_rows(campaign)] == [(1, 1), (1, 1)]


def test_a_gold_item_wears_out_after_so_many_people(team, campaign, items, people) -> None:
    gold = mark_gold(who=team.lead, item=items[0], right=RIGHT)
    answer_gold(who=team.lead, item=gold, right=Right("a", "Right.", most_people=2))
    for who in people(2):
        answer(team, who, gold, "left")
    gold.refresh_from_db()
    assert gold.state == "closed"
    assert set_gold_state(who=team.lead, item=gold, state="open").state == "open"


def blurred(text: str) -> str:
    """Without what differs for any two items: ids, tokens, times, the numbers of the answers and of all votes so far."""
    text = re.sub(r'value="\d+"></progress>', "PROGRESS", text)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", text)
    text = re.sub(r"[-\w]+@[-\w.]+", "READER", text)
    text = re.sub(r'(csrf\w*"?(?: value)?[=:] ?"?)[^" ]+', r"\1", text, flags=re.IGNORECASE)
    text = re.sub(r"csrfmiddlewaretoken[^>]+", "", text)
    text = re.sub(r'"X-CSRFToken": "[^"]+"', "", text)
    text = re.sub(r'data-csrf="[^"]+"', "", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)", "TIME", text)
    return re.sub(r"Answer \d+\.", "ANSWER", text)


def test_nothing_tells_a_gold_item_from_work(team, campaign, items, people) -> None:
    """On the page, in the claim of the API, in the answer to a vote, and in how many statements each takes to show."""
    gold = mark_gold(who=team.lead, item=items[0], right=RIGHT)
    Item.objects.filter(campaign=campaign, role="work").exclude(pk=items[1].pk).update(state="closed")
    claim_url = f"/api/v1/projects/{team.project.slug}/campaigns/{campaign.pk}/claim/"
    seen = {}
    for item, who in zip((items[1], gold), people(2), strict=True):
        give(who, item)
        client = team.client(who)
        client.get(url(team, "judge"))
        with CaptureQueriesContext(connection) as page:
            html = client.get(url(team, "judge")).content.decode()
        statements = [len(page)]
        with CaptureQueriesContext(connection) as api:
            claimed = client.post(claim_url)
        statements.append(len(api))
        assert min(statements) > 0
        assert claimed.status_code == 200, claimed.content
        body = json.dumps(claimed.json(), sort_keys=True)
        vote = {**fields(html), "choice": "left", "key": uuid4()}
        said = client.post(url(team, "submit"), vote, HTTP_X_WINNOW_JUDGING="1")
        seen[item.role] = {
            "page": blurred(html).splitlines(),
            "api": blurred(body),
            "statements": statements,
            "answer": (said.status_code, said["X-Winnow-Answer"]),
        }
        Item.objects.filter(pk=item.pk).update(state="closed")
    assert seen["work"] == seen["gold"]


def test_only_work_of_open_campaigns_may_come_back_from_others(team, campaign, items, people) -> None:
    gold = mark_gold(who=team.lead, item=items[0], right=RIGHT)
    one, two, waiting = people(3)
    give(one, gold)
    held = {"who": waiting, "project": team.project}
    assert held_by_others(**held) == 0
    for who in (one, two):
        give(who, items[1])
    assert held_by_others(**held) == 1
    set_campaign_state(who=team.lead, campaign=campaign, state="closed")
    assert held_by_others(**held) == 0


def test_what_is_recorded_of_a_fix_does_not_tell_a_gold_pair_from_work(team, campaign, items, people) -> None:
    gold = mark_gold(who=team.lead, item=items[0], right=RIGHT)
    records = []
    for item, who in zip((items[1], gold), people(2), strict=True):
        give(who, item)
        own = item.assignments.get()
        fix_in_pair(
            who=who,
            project=team.project,
            assignment_id=own.pk,
            lease_token=own.lease_token,
            key=uuid4(),
            side="left",
            text="A better answer.",
        )
        found = {one.name: one for one in sections(profile_of(who=who, project=team.project))}
        acts = found.pop("acts")
        verbs = [row[0] for row in acts.rows.order_by("pk").values_list("verb")]
        records.append((verbs, {name: one.rows.count() for name, one in found.items()}))
    assert records[0] == records[1]
    assert records[0][0] == ["annotation.fix_in_pair"]
