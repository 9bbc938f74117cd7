"""Answers come back once, unswapped, under the person who gave them, and by the rules of votes given here."""

from collections import Counter

import pytest
from django.db import connection

from annotation.actions.claim import claim
from annotation.actions.make_items import NewItem, make_items
from annotation.actions.profile import profile_of
from annotation.actions.responses import NewResponse, store_responses
from annotation.actions.submit import submit_judgment
from annotation.bridge.refusals import open_refusals
from annotation.choices import Shown
from annotation.eligibility import own_surrogates
from annotation.models import (
    ArgillaAnswer,
    ArgillaRecord,
    ArgillaRefusal,
    Assignment,
    Decision,
    Item,
    Judgment,
    JudgmentRevision,
    JudgmentSpan,
)
from core.models import AuditEntry
from curation.conversation import message

from ..conftest import conversation, queue_pairs, store
from .conftest import record_of

pytestmark = [pytest.mark.stack, pytest.mark.django_db]


def rows() -> Counter:
    """How many rows every table of the app, the audit and the events have."""
    tables = [one for one in connection.introspection.table_names() if one.startswith("annotation_")]
    found = Counter()
    with connection.cursor() as cursor:
        for table in [*tables, "core_auditentry", "core_event"]:
            cursor.execute(f"SELECT count(*), coalesce(sum(hashtext(t::text)::bigint), 0) FROM {table} t")
            found[table] = cursor.fetchone()
    return found


def latest(item, person):
    """What this person's vote says now."""
    return Judgment.objects.get(item=item, profile__user=person).revisions.order_by("-number")[0]


def test_answers_are_unswapped_whatever_side_a_record_drew(there, campaign, team):
    items = queue_pairs(campaign, 10)
    there.push(campaign)
    me = there.sign_in(team.annotator)
    for item in items:
        me.answer(item, "left_clear")
    assert there.pull(campaign)["counted"] == 10
    for item in items:
        said = latest(item, team.annotator)
        assert (said.choice, said.strength) == ("b" if record_of(item).swapped else "a", 2)
        assert said.judgment.assignment.swapped == record_of(item).swapped
    assert {one.swapped for one in ArgillaRecord.objects.all()} == {True, False}


def test_a_second_pull_writes_nothing(there, campaign, team, people):
    items = queue_pairs(campaign, 6)
    others = people(2)
    there.push(campaign)
    for who in (team.annotator, *others):
        person = there.sign_in(who)
        for n, item in enumerate(items):
            person.answer(item, ["left", "tie", "right_clear"][n % 3], reasons=["wrong"], why="So it is.")
    first = there.pull(campaign)
    assert (first["counted"], first["uncounted"]) == (12, 6)
    before = rows()
    again = there.pull(campaign)
    assert again["known"] == 18
    after = rows()
    changed = {table for table in before if before[table] != after[table]}
    assert changed == {"core_auditentry"}, "a person asked for the pull, and that is all there is to say"
    assert AuditEntry.objects.filter(verb="annotation.pull_argilla").count() == 2


def test_what_comes_over_the_overlap_is_kept_uncounted_and_the_first_answers_count(there, campaign, people):
    (item,) = queue_pairs(campaign, 1)
    crowd = people(4)
    there.push(campaign)
    for who in crowd:
        there.sign_in(who).answer(item, "tie")
    assert there.pull(campaign)["uncounted"] == 2
    slots = {one.profile.user: one.slot for one in Judgment.objects.select_related("profile__user")}
    assert [slots[who] for who in crowd] == [1, 2, None, None]
    assert Decision.objects.get(item=item).counted == 2
    item.refresh_from_db()
    assert (item.state, item.slots_left) == ("decided", 0)


def test_an_answer_changed_there_is_a_revision_here(there, campaign, team):
    (item,) = queue_pairs(campaign, 1)
    there.push(campaign)
    me = there.sign_in(team.annotator)
    response = me.answer(item, "tie")
    there.pull(campaign)
    me.change(response, "both_bad", why="Both invent a function.")
    assert there.pull(campaign)["revised"] == 1
    me.change(response, "both_bad", why="Both invent a function.")
    assert not there.pull(campaign).keys() & {"revised", "counted", "uncounted"}
    said = JudgmentRevision.objects.order_by("number").values_list("number", "choice", "rationale")
    assert list(said) == [(1, "tie", ""), (2, "both_bad", "Both invent a function.")]
    assert Judgment.objects.count() == 1
    assert Decision.objects.get(item=item).outcome == "both_bad"


def test_an_answer_removed_and_given_anew_there_is_a_revision_too(there, campaign, team):
    (item,) = queue_pairs(campaign, 1)
    there.push(campaign)
    me = there.sign_in(team.annotator)
    response = me.answer(item, "tie")
    there.pull(campaign)
    assert me.api.delete(f"/responses/{response}").status_code == 200
    me.answer(item, "cannot_judge")
    assert there.pull(campaign)["revised"] == 1
    assert latest(item, team.annotator).choice == "cannot"


def test_drafts_are_nothing_and_a_discarded_pair_is_a_skip(there, campaign, team):
    one, two = queue_pairs(campaign, 2)
    there.push(campaign)
    me = there.sign_in(team.annotator)
    me.answer(one, "left", status="draft")
    me.answer(two, "left", status="discarded")
    result = there.pull(campaign)
    assert (result["drafts"], result["skipped"]) == (1, 1)
    assert not Judgment.objects.exists()
    assert Assignment.objects.get().state == "skipped"
    assert claim(who=team.annotator, campaign=campaign).item == one


def test_a_discarded_pair_that_is_answered_after_all_counts(there, campaign, team):
    (item,) = queue_pairs(campaign, 1)
    there.push(campaign)
    me = there.sign_in(team.annotator)
    response = me.answer(item, "left", status="discarded")
    there.pull(campaign)
    me.change(response, "tie")
    assert there.pull(campaign)["counted"] == 1


def test_an_answer_discarded_afterwards_stands_and_a_lead_is_told(there, campaign, team):
    (item,) = queue_pairs(campaign, 1)
    there.push(campaign)
    me = there.sign_in(team.annotator)
    response = me.answer(item, "tie")
    there.pull(campaign)
    me.change(response, "tie", status="discarded")
    assert there.pull(campaign)["refused"] == 1
    assert latest(item, team.annotator).choice == "tie"
    assert [one.code for one in open_refusals(campaign)] == ["discarded_after_vote"]


def test_a_vote_given_here_is_not_given_again_there(there, campaign, team):
    (item,) = queue_pairs(campaign, 1)
    there.push(campaign)
    mine = claim(who=team.annotator, campaign=campaign)
    submit_judgment(
        who=team.annotator, project=team.project, assignment_id=mine.pk, lease_token=mine.lease_token,
        key=mine.pk, shown=Shown.TIE,
    )  # fmt: skip
    there.sign_in(team.annotator).answer(item, "left")
    assert there.pull(campaign)["refused"] == 1
    assert (Judgment.objects.count(), latest(item, team.annotator).choice) == (1, "tie")
    assert ArgillaRefusal.objects.get().code == "already_answered"


def test_a_lease_held_here_ends_with_the_answer_given_there(there, campaign, team):
    (item,) = queue_pairs(campaign, 1)
    there.push(campaign)
    mine = claim(who=team.annotator, campaign=campaign)
    there.sign_in(team.annotator).answer(item, "left")
    assert there.pull(campaign)["counted"] == 1
    mine.refresh_from_db()
    item.refresh_from_db()
    assert (mine.state, item.slots_left) == ("released", 1)


def test_what_a_lead_reported_is_taken_out_of_sight_there(there, campaign, team, people):
    item, other = queue_pairs(campaign, 2)
    there.push(campaign)
    record = record_of(item).record_id
    there.sign_in(team.annotator).answer(item, "left")
    Item.objects.filter(pk=item.pk).update(state="flagged")
    result = there.pull(campaign)
    assert (result["withdrawn"], result["uncounted"]) == (1, 1)
    with there.owner() as api:
        assert api.get(f"/records/{record}").status_code == 404
        assert api.get(f"/records/{record_of(other).record_id}").status_code == 200


def test_every_answer_can_be_walked_back_to_its_response(there, campaign, team):
    (item,) = queue_pairs(campaign, 1)
    there.push(campaign)
    response = there.sign_in(team.annotator).answer(item, "left")
    there.pull(campaign)
    answer = ArgillaAnswer.objects.get()
    assert (answer.response_id, answer.judgment.item, answer.record.item) == (response, item, item)


def test_marks_land_on_the_response_that_stood_on_the_side(there, campaign, team):
    items = queue_pairs(campaign, 4)
    there.push(campaign)
    me = there.sign_in(team.annotator)
    marked = [{"start": 0, "end": 6, "label": "ungrounded"}]
    for item in items:
        me.answer(item, "tie", ungrounded_left=marked)
    there.pull(campaign)
    for item in items:
        span = JudgmentSpan.objects.get(revision__judgment__item=item)
        pair = item.pair
        assert span.response == (pair.response_b if record_of(item).swapped else pair.response_a)
        assert (span.quote, span.label, span.response.text[span.start : span.end]) == (
            "Answer",
            "ungrounded",
            "Answer",
        )


def test_ones_own_conversation_is_not_judged_there_either(there, campaign, team):
    (own,) = own_surrogates(profile_of(who=team.annotator, project=team.project))[:1]
    version = store(team.project, conversation("What is a list?", "A list."), user_key=own)
    found = [NewResponse(version.pk, "production", "m", [message("assistant", one)]) for one in ("A.", "B.")]
    responses = store_responses(project_id=team.project.pk, found=found)
    (made,) = make_items(campaign=campaign, found=[NewItem(version.pk, tuple(responses), "variants", 0.5)])
    there.push(campaign)
    there.sign_in(team.annotator).answer(Item.objects.get(pk=made), "tie")
    assert there.pull(campaign)["refused"] == 1
    assert [one.code for one in open_refusals(campaign)] == ["not_eligible"]
