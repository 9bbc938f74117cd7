"""Repairs: accept, fix, drop; a fix is a row of its own and a preference over what it fixed."""

from uuid import uuid4

import pytest

from annotation.actions.campaigns import create_campaign
from annotation.actions.claim import claim
from annotation.actions.gold import Right, mark_gold
from annotation.actions.make_repairs import make_repairs
from annotation.actions.repair import revise_repair, submit_repair
from annotation.choices import RepairChoice
from annotation.models import Decision, Item, Judgment, Response
from core.errors import Refused
from core.models import Event
from curation.models import Feedback, PinnedBody

from .conftest import conversation, store
from .decided import decided_preferences, repaired_answers


@pytest.fixture
def mine(team, repairs):
    """A lease on the repair of one answer."""
    store(team.project, conversation("What is a tuple?", "A tuple is a mutable list."))
    assert make_repairs(who=team.lead, campaign=repairs) == 1
    return claim(who=team.annotator, campaign=repairs)


def submit(team, mine, choice, text="", **more):
    return submit_repair(
        who=team.annotator,
        project=team.project,
        assignment_id=mine.pk,
        lease_token=mine.lease_token,
        choice=choice,
        text=text,
        **({"key": uuid4()} | more),
    )


def test_an_accepted_answer_is_worth_training_on(team, mine):
    submit(team, mine, RepairChoice.ACCEPT)
    (answer,) = repaired_answers(team.project)
    assert (answer.outcome, answer.response.text) == ("accepted", "A tuple is a mutable list.")
    assert not list(decided_preferences(team.project))


def test_a_fix_is_an_answer_and_beats_what_it_fixed(team, mine):
    done = submit(team, mine, RepairChoice.FIX, "A tuple is an immutable sequence.")
    (answer,) = repaired_answers(team.project)
    (preference,) = decided_preferences(team.project)
    assert (answer.outcome, answer.response.text) == ("fixed", "A tuple is an immutable sequence.")
    assert preference.winner == answer.response
    assert preference.loser.text == "A tuple is a mutable list."
    assert (preference.source, preference.strength, preference.counted) == ("repair", 2, 1)
    assert answer.judgment_ids == [done.judgment.pk]
    assert answer.response.parent == preference.loser


def test_a_dropped_answer_never_comes_out(team, mine):
    submit(team, mine, RepairChoice.DROP)
    assert not list(repaired_answers(team.project))
    assert Decision.objects.get().outcome == "dropped"


@pytest.mark.parametrize("text", ["", "  A tuple is a  mutable list. \r\n"])
def test_a_fix_that_changes_nothing_is_refused(team, mine, text):
    with pytest.raises(Refused, match="unchanged"):
        submit(team, mine, RepairChoice.FIX, text)
    assert not Judgment.objects.exists()
    assert not Response.objects.filter(origin="fix").exists()


def test_the_same_fix_sent_twice_is_one_fix(team, mine):
    key = uuid4()
    for _ in range(2):
        submit(team, mine, RepairChoice.FIX, "A tuple is an immutable sequence.", key=key)
    assert Response.objects.filter(origin="fix").count() == 1
    assert Item.objects.filter(kind="pair").count() == 1


def test_taking_a_fix_back_closes_its_preference_and_another_fix_opens_its_own(team, mine):
    done = submit(team, mine, RepairChoice.FIX, "A tuple is an immutable sequence.")
    again = {"who": team.annotator, "project": team.project, "judgment_id": done.judgment.pk}
    revise_repair(**again, choice=RepairChoice.DROP)
    assert not list(decided_preferences(team.project))
    assert not list(repaired_answers(team.project))
    revise_repair(**again, choice=RepairChoice.FIX, text="A tuple cannot be changed.")
    (preference,) = decided_preferences(team.project)
    assert preference.winner.text == "A tuple cannot be changed."
    assert done.judgment.revisions.count() == 3


def test_a_fix_taken_back_and_made_again_counts_again_and_each_step_left_its_event(team, mine):
    done = submit(team, mine, RepairChoice.FIX, "A tuple is an immutable sequence.")
    again = {"who": team.annotator, "project": team.project, "judgment_id": done.judgment.pk}
    revise_repair(**again, choice=RepairChoice.ACCEPT)
    revise_repair(**again, choice=RepairChoice.FIX, text="A tuple is an immutable sequence.")
    (preference,) = decided_preferences(team.project)
    assert preference.winner.text == "A tuple is an immutable sequence."
    steps = Event.objects.filter(subject_id=str(preference.item_id)).order_by("pk")
    assert list(steps.values_list("from_state", "to_state")) == [
        ("", "decided"),
        ("decided", "closed"),
        ("closed", "decided"),
    ]


def test_the_preference_of_two_who_wrote_the_same_fix_stands_until_both_took_it_back(team, people):
    twice = create_campaign(who=team.lead, project=team.project, name="Twice", kind="repair", overlap=2)
    store(team.project, conversation("What is a tuple?", "A tuple is a mutable list."))
    make_repairs(who=team.lead, campaign=twice)
    given = {}
    for who in people(2):
        lease = claim(who=who, campaign=twice)
        given[who] = submit_repair(
            who=who,
            project=team.project,
            assignment_id=lease.pk,
            lease_token=lease.lease_token,
            key=uuid4(),
            choice=RepairChoice.FIX,
            text="A tuple is an immutable sequence.",
        ).judgment
    preference = Item.objects.get(kind="pair")
    states = []
    for who, judgment in given.items():
        revise_repair(
            who=who, project=team.project, judgment_id=judgment.pk, choice=RepairChoice.FIX, text=who.email
        )
        preference.refresh_from_db()
        states.append(preference.state)
    assert states == ["decided", "closed"]


def test_the_preference_for_a_fix_goes_with_the_repair_that_becomes_gold(team, mine):
    done = submit(team, mine, RepairChoice.FIX, "A tuple is an immutable sequence.")
    mark_gold(who=team.lead, item=Item.objects.get(pk=mine.item_id), right=Right("fix", "It is wrong."))
    assert Item.objects.get(kind="pair").state == "closed"
    again = {"who": team.annotator, "project": team.project, "judgment_id": done.judgment.pk}
    revise_repair(**again, choice=RepairChoice.FIX, text="A tuple cannot be changed.")
    assert not Decision.objects.exists()
    assert not Item.objects.filter(kind="pair", state="decided").exists()


def test_what_a_person_writes_passes_the_redaction(team, mine):
    submit(team, mine, RepairChoice.FIX, "Ask jane.doe@example.com, she knows tuples.")
    assert "jane.doe@example.com" not in Response.objects.get(origin="fix").text


def test_complaints_are_repaired_first_and_their_bodies_are_pinned(team, repairs):
    for n in range(5):
        store(team.project, conversation(f"Question {n}?", f"Answer {n}."))
    bad = store(team.project, conversation("Why?", "Because."))
    Feedback.objects.create(project=team.project, trace=bad.trace, rating=-1, origin="user")
    assert make_repairs(who=team.lead, campaign=repairs, limit=3) == 3
    assert claim(who=team.annotator, campaign=repairs).item.version == bad
    assert PinnedBody.objects.count() == 3


def test_an_answer_is_queued_for_repair_once(team, repairs):
    store(team.project, conversation("Why?", "Because."))
    assert make_repairs(who=team.lead, campaign=repairs) == 1
    assert make_repairs(who=team.lead, campaign=repairs) == 0
