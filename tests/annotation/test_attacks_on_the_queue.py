"""What a hostile or unlucky annotator may try: foreign ids, jumping clocks, answers after the slot has gone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now

from annotation.actions.campaigns import create_campaign
from annotation.actions.claim import claim
from annotation.actions.give_back import sweep_leases
from annotation.actions.profile import choose_value, define_axis
from annotation.models import Assignment, Item, Judgment
from annotation.rules import Rules

from .conftest import annotators, queue_pairs
from .test_concurrency import slots_are_conserved
from .test_overlap import vote
from .test_submit import submit


def test_a_condition_on_another_table_would_be_broken_by_a_race_and_the_item_row_is_not(team):
    """The obvious query reads who has voted in a subquery; the row itself refuses the second of one group."""
    axis = define_axis(who=team.lead, project=team.project, name="locale", values=["de", "en"])
    campaign = create_campaign(
        who=team.lead, project=team.project, name="Race", overlap=2, rules=Rules(caps={"locale": 1})
    )
    (item,) = queue_pairs(campaign, 1)
    choose_value(who=team.annotator, project=team.project, axis=axis, value="de")
    claim(who=team.annotator, campaign=campaign)
    with (
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="of one group"),
        transaction.atomic(),
    ):
        cursor.execute(
            "UPDATE annotation_item SET slots_left = slots_left - 1, groups = groups || '{locale=de}'"
            " WHERE id = %s",
            [item.pk],
        )


def test_a_slot_needed_for_another_group_cannot_be_taken_even_by_hand(team):
    axis = define_axis(who=team.lead, project=team.project, name="locale", values=["de", "en"])
    campaign = create_campaign(
        who=team.lead, project=team.project, name="Reserved", overlap=2, rules=Rules(distinct={"locale": 2})
    )
    (item,) = queue_pairs(campaign, 1)
    one, two, english = annotators(team.project, 3)
    for who, value in ((one, "de"), (two, "de"), (english, "en")):
        choose_value(who=who, project=team.project, axis=axis, value=value)
    assert claim(who=one, campaign=campaign)
    assert claim(who=two, campaign=campaign) is None
    assert claim(who=team.annotator, campaign=campaign) is None
    with pytest.raises(DatabaseError, match="still needed"), transaction.atomic():
        Item.objects.filter(pk=item.pk).update(slots_left=0)
    assert claim(who=english, campaign=campaign).item == item


def test_an_answer_after_the_lease_while_another_holds_the_slot_is_kept_and_not_counted(team, people):
    campaign = create_campaign(who=team.lead, project=team.project, name="One", overlap=1)
    queue_pairs(campaign, 1)
    late, quick = people(2)
    mine = claim(who=late, campaign=campaign)
    Assignment.objects.filter(pk=mine.pk).update(leased_until=Now() - timedelta(seconds=1))
    sweep_leases()
    theirs = claim(who=quick, campaign=campaign)
    assert submit(late, mine).how == "uncounted"
    assert submit(quick, theirs).how == "counted"
    assert slots_are_conserved(campaign)


@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(days=400)])
def test_the_clock_of_the_web_process_says_nothing_about_leases(team, campaign, monkeypatch, jump):
    from django.utils import timezone

    queue_pairs(campaign, 2)
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + jump)
    mine = claim(who=team.annotator, campaign=campaign)
    assert sweep_leases() == 0
    held = Assignment.objects.filter(pk=mine.pk, leased_until__gt=Now())
    assert held.filter(leased_until__lt=Now() + timedelta(seconds=campaign.lease_seconds + 5)).exists()
    assert submit(team.annotator, mine, active_ms=10**9).how == "counted"


def test_guessed_ids_open_nobody_elses_vote(team, campaign, people):
    queue_pairs(campaign, 1)
    (other,) = people(1)
    item = vote(other, campaign, "a")
    theirs = Judgment.objects.get(item=item)
    base = f"/p/{team.project.slug}/annotation/judge"
    client = team.client(team.annotator)
    for guess in (theirs.pk, theirs.assignment_id, item.pk, uuid4()):
        assert client.get(f"{base}/{guess}/").status_code == 404
        assert client.get(f"{base}/{guess}/differences/").status_code == 404
    post = {
        "assignment": theirs.assignment_id,
        "lease_token": theirs.assignment.lease_token,
        "choice": "left",
    }
    for act in ("answer", "skip", "report", "release", "keep"):
        assert client.post(f"{base}/{act}/", post | {"reason": "unsure"}).status_code in (404, 409, 422, 400)
    assert Judgment.objects.get().revisions.count() == 1
