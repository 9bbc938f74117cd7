"""Submitting: once, unswapped, counted only while a slot is free, and never changed afterwards."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now

from annotation.actions.campaigns import create_campaign
from annotation.actions.claim import claim
from annotation.actions.give_back import sweep_leases
from annotation.actions.profile import choose_value, define_axis
from annotation.actions.revise import revise_judgment
from annotation.actions.submit import submit_judgment
from annotation.choices import Shown
from annotation.models import (
    AnnotatorProfile,
    Assignment,
    Decision,
    Item,
    Judgment,
    JudgmentGroup,
    JudgmentRevision,
)
from core.errors import NotFound, Refused
from core.models import AuditEntry, Event

from .conftest import queue_pairs


def submit(who, assignment, shown=Shown.LEFT, **more):
    return submit_judgment(
        who=who,
        project=assignment.project,
        assignment_id=assignment.pk,
        lease_token=assignment.lease_token,
        shown=shown,
        **({"key": uuid4()} | more),
    )


def expire(assignment):
    Assignment.objects.filter(pk=assignment.pk).update(leased_until=Now() - timedelta(seconds=1))
    sweep_leases()


@pytest.mark.parametrize(("swapped", "choice"), [(False, "a"), (True, "b")])
def test_the_left_answer_is_stored_as_the_response_that_stood_there(team, campaign, swapped, choice):
    queue_pairs(campaign, 1)
    mine = claim(who=team.annotator, campaign=campaign)
    Assignment.objects.filter(pk=mine.pk).update(swapped=swapped)
    done = submit(team.annotator, mine, Shown.LEFT_CLEAR)
    revision = done.judgment.revisions.get()
    assert (revision.choice, revision.strength) == (choice, 2)


def test_both_sides_are_drawn(team, campaign, people):
    queue_pairs(campaign, 12)
    drawn = {claim(who=who, campaign=campaign).swapped for who in people(20)}
    assert drawn == {True, False}


def test_the_same_key_again_changes_nothing(team, campaign):
    queue_pairs(campaign, 1)
    mine, key = claim(who=team.annotator, campaign=campaign), uuid4()
    first = submit(team.annotator, mine, key=key)
    again = submit(team.annotator, mine, key=key)
    assert (first.how, again.how) == ("counted", "again")
    assert again.judgment == first.judgment
    assert Judgment.objects.count() == JudgmentRevision.objects.count() == 1


def test_a_second_answer_under_another_key_is_refused(team, campaign):
    queue_pairs(campaign, 1)
    mine = claim(who=team.annotator, campaign=campaign)
    submit(team.annotator, mine)
    with pytest.raises(Refused, match="already answered"):
        submit(team.annotator, mine, Shown.RIGHT)


def test_a_late_answer_counts_while_the_slot_is_free(team, campaign):
    (item,) = queue_pairs(campaign, 1)
    mine = claim(who=team.annotator, campaign=campaign)
    expire(mine)
    assert submit(team.annotator, mine).how == "counted"
    item.refresh_from_db()
    assert item.slots_left == 1


def test_a_late_answer_is_kept_uncounted_when_others_hold_the_slots(team, campaign, people):
    (item,) = queue_pairs(campaign, 1)
    mine = claim(who=team.annotator, campaign=campaign)
    expire(mine)
    one, two = people(2)
    first, second = claim(who=one, campaign=campaign), claim(who=two, campaign=campaign)
    late = submit(team.annotator, mine)
    assert late.how == "uncounted"
    assert late.judgment.slot is None
    assert submit(one, first).how == submit(two, second).how == "counted"
    item.refresh_from_db()
    assert (item.slots_left, item.state) == (0, "decided")
    assert Decision.objects.get(item=item).counted == 2


def test_answering_in_one_tab_ends_the_other(team, campaign):
    queue_pairs(campaign, 1)
    old = claim(who=team.annotator, campaign=campaign)
    expire(old)
    new = claim(who=team.annotator, campaign=campaign)
    assert submit(team.annotator, new).how == "counted"
    with pytest.raises(Refused, match="already answered"):
        submit(team.annotator, old)


def test_a_late_answer_from_an_old_tab_counts_and_ends_the_newer_lease(team, campaign):
    (item,) = queue_pairs(campaign, 1)
    old = claim(who=team.annotator, campaign=campaign)
    expire(old)
    new = claim(who=team.annotator, campaign=campaign)
    assert submit(team.annotator, old).how == "counted"
    item.refresh_from_db()
    assert item.slots_left == 1
    assert Assignment.objects.get(pk=new.pk).state == "released"
    with pytest.raises(Refused, match="already answered"):
        submit(team.annotator, new)


def test_the_decision_follows_the_votes(team, campaign, people):
    (item,) = queue_pairs(campaign, 1)
    for who in people(2):
        mine = claim(who=who, campaign=campaign)
        submit(who, mine, Shown.RIGHT_CLEAR if mine.swapped else Shown.LEFT_CLEAR)
    decision = Decision.objects.get(item=item)
    assert (decision.outcome, decision.strength, decision.votes) == ("a", 2, {"a": 2})
    assert decision.response == item.pair.response_a


def test_disagreement_is_a_conflict_and_names_no_winner(team, campaign, people):
    (item,) = queue_pairs(campaign, 1)
    for who, shown in zip(people(2), (Shown.LEFT, Shown.TIE), strict=True):
        submit(who, claim(who=who, campaign=campaign), shown)
    decision = Decision.objects.get(item=item)
    assert (decision.outcome, decision.response) == ("conflict", None)


def test_a_revision_is_added_and_the_decision_moves_with_it(team, campaign):
    (item,) = queue_pairs(campaign, 1)
    mine = claim(who=team.annotator, campaign=campaign)
    done = submit(team.annotator, mine, Shown.TIE)
    again = {"who": team.annotator, "project": team.project, "judgment_id": done.judgment.pk}
    revise_judgment(**again, shown=Shown.BOTH_BAD, rationale="Both invent a function.")
    revise_judgment(**again, shown=Shown.BOTH_BAD, rationale="Both invent a function.")
    assert list(done.judgment.revisions.order_by("number").values_list("choice", flat=True)) == [
        "tie",
        "both_bad",
    ]
    assert Decision.objects.get(item=item).outcome == "both_bad"


def test_nobody_revises_anothers_vote(team, campaign, people):
    queue_pairs(campaign, 1)
    done = submit(team.annotator, claim(who=team.annotator, campaign=campaign))
    with pytest.raises(NotFound):
        revise_judgment(who=people(1)[0], project=team.project, judgment_id=done.judgment.pk, shown=Shown.TIE)


def test_groups_are_frozen_when_the_vote_is_given(team, campaign):
    queue_pairs(campaign, 1)
    axis = define_axis(who=team.lead, project=team.project, name="locale", values=["de", "en"])
    choose_value(who=team.annotator, project=team.project, axis=axis, value="de")
    submit(team.annotator, claim(who=team.annotator, campaign=campaign))
    choose_value(who=team.annotator, project=team.project, axis=axis, value="en")
    assert JudgmentGroup.objects.get().value == "de"


def test_an_answer_leaves_an_audit_entry_and_an_event_that_do_not_say_what_was_chosen(team, campaign):
    queue_pairs(campaign, 1)
    done = submit(team.annotator, claim(who=team.annotator, campaign=campaign), Shown.LEFT)
    entry = AuditEntry.objects.get(verb="annotation.submit", subject_id=str(done.judgment.pk))
    assert entry.actor_id == str(team.annotator.pk)
    assert Event.objects.filter(name="judgment.submitted", subject_id=str(done.judgment.pk)).count() == 1
    assert "left" not in str(entry.data)


def test_the_time_cannot_exceed_how_long_the_pair_was_held(team, campaign):
    queue_pairs(campaign, 1)
    done = submit(team.annotator, claim(who=team.annotator, campaign=campaign), active_ms=3_600_000)
    assert done.judgment.revisions.get().active_ms < 60_000


def test_what_is_typed_passes_the_redaction(team, campaign):
    queue_pairs(campaign, 1)
    mine = claim(who=team.annotator, campaign=campaign)
    done = submit(team.annotator, mine, rationale="Ask jane.doe@example.com about\x00 it")
    stored = done.judgment.revisions.get().rationale
    assert "jane.doe@example.com" not in stored
    assert "\x00" not in stored


@pytest.mark.parametrize(
    ("more", "why"),
    [({"tags": ["nonsense"]}, "no such reason"), ({"rationale": "x" * 4001}, "longer than")],
)
def test_what_the_campaign_does_not_know_is_refused_and_the_lease_stays(team, campaign, more, why):
    queue_pairs(campaign, 1)
    mine = claim(who=team.annotator, campaign=campaign)
    with pytest.raises(Refused, match=why):
        submit(team.annotator, mine, **more)
    mine.refresh_from_db()
    assert mine.state == "leased"


@pytest.mark.parametrize(
    "table", ["annotation_judgment", "annotation_judgmentrevision", "annotation_response"]
)
@pytest.mark.parametrize("act", ["UPDATE {} SET project_id = project_id", "DELETE FROM {}"])
def test_the_app_cannot_change_or_remove_a_vote(team, campaign, table, act):
    queue_pairs(campaign, 1)
    submit(team.annotator, claim(who=team.annotator, campaign=campaign))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act.format(table))


def test_a_counted_vote_beyond_what_was_asked_is_refused_by_the_database(team, campaign, people):
    (item,) = queue_pairs(campaign, 1)
    done = submit(team.annotator, claim(who=team.annotator, campaign=campaign))
    (other,) = people(1)
    theirs = claim(who=other, campaign=campaign)
    for slot in (1, 3):
        with pytest.raises(DatabaseError), transaction.atomic():
            Judgment.objects.create(project=team.project, item=item, profile=theirs.profile, slot=slot)
    with pytest.raises(DatabaseError), transaction.atomic():
        Item.objects.filter(pk=item.pk).update(slots_left=3)
    with pytest.raises(DatabaseError), transaction.atomic():
        Judgment.objects.create(project=team.project, item=item, profile=done.judgment.profile, slot=2)


def test_a_vote_is_of_one_project_one_person_and_as_simulated_as_its_author(team, other_team, campaign):
    (item,) = queue_pairs(campaign, 1)
    mine = claim(who=team.annotator, campaign=campaign)

    def refused(**fields):
        given = {"project": team.project, "item": item, "profile": mine.profile, "slot": 1} | fields
        with pytest.raises(DatabaseError), transaction.atomic():
            Judgment.objects.create(**given)

    elsewhere = AnnotatorProfile.objects.create(project=other_team.project, user=team.annotator)
    refused(profile=elsewhere)
    refused(project=other_team.project)
    robot = AnnotatorProfile.objects.create(project=team.project, user=team.lead, simulated=True)
    refused(profile=robot)
    refused(profile=robot, simulated=True, assignment=mine)
    for change in ({"simulated": False}, {"user": team.admin}, {"project": other_team.project}):
        with pytest.raises(DatabaseError), transaction.atomic():
            AnnotatorProfile.objects.filter(pk=robot.pk).update(**change)
    Judgment.objects.create(project=team.project, item=item, profile=robot, slot=1, simulated=True)


def test_a_cap_cannot_be_taken_away(team):
    define_axis(who=team.lead, project=team.project, name="region", values=["north", "south"])
    capped = create_campaign(who=team.lead, project=team.project, name="Capped", caps={"region": 1})
    queue_pairs(capped, 1)
    for loosened in ({"caps": {"region": 2}}, {"caps": {}}, {}):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Item.objects.update(quota=loosened)
