"""Erasing what one said leaves it on no lease and no item: where one person judged, the item would name them."""

import pytest
from django.db import DatabaseError, transaction

from annotation.actions.campaigns import create_campaign
from annotation.actions.claim import claim
from annotation.actions.give_back import skip
from annotation.actions.profile import choose_value, define_axis, erase_profile
from annotation.models import Assignment
from annotation.rules import Rules

from .conftest import annotators, queue_pairs
from .test_skewed_groups import judge


@pytest.fixture
def axis(team):
    return define_axis(who=team.lead, project=team.project, name="locale", values=["de", "en"])


@pytest.fixture
def reserved(team, axis):
    """Two judgments each, of two locales."""
    return create_campaign(
        who=team.lead, project=team.project, name="Two", overlap=2, rules=Rules(distinct={"locale": 2})
    )


def say(team, axis, who, value):
    choose_value(who=who, project=team.project, axis=axis, value=value)


def test_a_lease_names_its_groups_only_while_they_may_be_given_back(team, axis, reserved):
    (item,) = queue_pairs(reserved, 1)
    first, second = annotators(team.project, 2)
    say(team, axis, first, "de")
    say(team, axis, second, "en")
    mine = claim(who=second, campaign=reserved)
    assert mine.groups == ["locale=en"]
    skip(
        who=second, project=team.project, assignment_id=mine.pk, lease_token=mine.lease_token, reason="unsure"
    )
    item.refresh_from_db()
    assert item.groups == []
    judge(first, reserved)
    assert [one.groups for one in Assignment.objects.all()] == [[], []]
    item.refresh_from_db()
    assert item.groups == ["locale=de"], "the quota still knows what was taken"


def test_the_database_refuses_groups_on_a_lease_that_ended(team, axis, reserved):
    queue_pairs(reserved, 1)
    say(team, axis, team.annotator, "de")
    claim(who=team.annotator, campaign=reserved)
    with pytest.raises(DatabaseError, match="groups_end_with_the_lease"), transaction.atomic():
        Assignment.objects.update(state="expired")


def test_erasing_takes_ones_own_entry_off_the_item_and_leaves_the_others(team, axis, reserved):
    (item,) = queue_pairs(reserved, 1)
    first, second = annotators(team.project, 2)
    say(team, axis, first, "de")
    say(team, axis, second, "en")
    judge(first, reserved)
    judge(second, reserved)
    erase_profile(who=first, project=team.project)
    item.refresh_from_db()
    assert sorted(item.groups) == ["locale=", "locale=en"]
    assert item.state == "decided"


def test_an_item_that_waits_for_another_group_asks_for_no_more_than_it_can_still_get(team, axis, reserved):
    (item,) = queue_pairs(reserved, 1)
    first, second = annotators(team.project, 2)
    say(team, axis, first, "de")
    say(team, axis, second, "en")
    judge(first, reserved)
    erase_profile(who=first, project=team.project)
    item.refresh_from_db()
    assert (item.groups, item.quota["distinct"], item.slots_left) == (["locale="], {"locale": 1}, 1)
    assert judge(second, reserved)
    item.refresh_from_db()
    assert (item.state, sorted(item.groups)) == ("decided", ["locale=", "locale=en"])
