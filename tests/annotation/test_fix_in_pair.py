"""E: the better answer of a pair is fixed in place; that is a row to learn from, a preference, and no judgment."""

from uuid import uuid4

import pytest

from annotation.actions.claim import claim
from annotation.actions.fix_in_pair import fix_in_pair, side_of
from annotation.actions.repair import revise_repair
from annotation.actions.submit import submit_judgment
from annotation.choices import RepairChoice, Shown
from annotation.models import Item, Judgment
from annotation.queries import decided_preferences, repaired_answers
from core.errors import NotFound, Refused

from .conftest import queue_pairs


@pytest.fixture
def lease(team, campaign):
    queue_pairs(campaign, 1)
    return claim(who=team.annotator, campaign=campaign)


def fix(team, lease, text="A better answer.", side="left", **more):
    return fix_in_pair(
        who=team.annotator,
        project=team.project,
        assignment_id=lease.pk,
        lease_token=lease.lease_token,
        side=side,
        text=text,
        **({"key": uuid4()} | more),
    )


def test_a_fix_is_an_answer_to_learn_from_and_beats_what_stood_on_that_side(team, lease):
    shown = side_of(lease, "right")
    fix(team, lease, side="right")
    (answer,) = repaired_answers(team.project)
    (preference,) = decided_preferences(team.project)
    assert (answer.response.text, answer.response.parent) == ("A better answer.", shown)
    assert (preference.winner, preference.loser) == (answer.response, shown)


def test_the_pair_is_judged_all_the_same(team, campaign, lease):
    fix(team, lease)
    item = Item.objects.get(pk=lease.item_id)
    assert (item.state, item.slots_left) == ("open", 1)
    done = submit_judgment(
        who=team.annotator,
        project=team.project,
        assignment_id=lease.pk,
        lease_token=lease.lease_token,
        key=uuid4(),
        shown=Shown.LEFT,
    )
    assert done.how == "counted"


def test_the_same_fix_delivered_twice_is_one(team, lease):
    key = uuid4()
    first, second = fix(team, lease, key=key), fix(team, lease, key=key)
    assert (first.judgment, second.how) == (second.judgment, "again")
    assert Item.objects.count() == 3


def test_an_unchanged_answer_is_no_fix(team, lease):
    with pytest.raises(Refused, match="unchanged"):
        fix(team, lease, side_of(lease, "left").text + "  ")


def test_what_is_typed_is_redacted(team, lease):
    fix(team, lease, "Write to jane.doe@example.com.")
    (answer,) = repaired_answers(team.project)
    assert "jane.doe@example.com" not in answer.response.text


def test_another_persons_lease_is_not_there(team, lease):
    with pytest.raises(NotFound):
        fix_in_pair(
            who=team.lead,
            project=team.project,
            assignment_id=lease.pk,
            lease_token=lease.lease_token,
            key=uuid4(),
            side="left",
            text="Mine.",
        )
    assert not Judgment.objects.exists()


def test_the_author_can_take_it_back(team, lease):
    done = fix(team, lease)
    revise_repair(
        who=team.annotator, project=team.project, judgment_id=done.judgment.pk, choice=RepairChoice.DROP
    )
    assert not list(repaired_answers(team.project))
    assert not list(decided_preferences(team.project))


def test_the_repair_and_the_preference_are_of_the_pairs_stratum_and_as_warned_of(team, campaign, lease):
    Item.objects.filter(pk=lease.item_id).update(sensitive=True)
    fix(team, lease)
    stratum = Item.objects.get(pk=lease.item_id).stratum
    made = Item.objects.exclude(pk=lease.item_id)
    assert sorted(made.values_list("kind", flat=True)) == ["pair", "repair"]
    assert {(one.stratum, one.sensitive, one.sampled) for one in made} == {(stratum, True, False)}
    assert stratum
