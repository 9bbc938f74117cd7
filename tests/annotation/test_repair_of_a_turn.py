"""One turn inside a conversation is repaired like a last answer: seen in its place, fixed, and what came after stays out."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from annotation.actions.claim import claim
from annotation.actions.from_backlog import repair_from_backlog
from annotation.actions.make_repairs import make_repairs
from annotation.actions.repair import submit_repair
from annotation.choices import RepairChoice
from annotation.exchange import afterwards, as_of, question, response_of, turns_of
from annotation.models import Item, Pair, Response
from annotation.shown import shown_blind
from core.errors import Refused
from curation.actions.backlog import open_item
from curation.conversation import message, message_text, new_conversation

from .conftest import store
from .decided import decided_preferences, repaired_answers

SAID = [
    message("system", "Be brief."),
    message("user", "What is a list?"),
    message("assistant", "A tuple."),
    message("user", "And a tuple?"),
    message("assistant", "A list."),
    message("user", "Thanks."),
    message("assistant", "You are welcome."),
]


def talk(**more):
    made = new_conversation(list(SAID))
    made.update(more)
    return made


def texts(messages):
    return [message_text(one) for one in messages]


def test_each_turn_answers_what_was_asked_before_it():
    whole = talk(retrieval=[{"document_id": "d", "text": "t", "score": 1.0}])
    assert turns_of(whole) == [2, 4, None]
    then = as_of(whole, 4)
    assert texts(question(then)) == ["What is a list?", "A tuple.", "And a tuple?"]
    assert texts(response_of(then)) == ["A list."]
    assert texts(afterwards(whole, 4)) == ["Thanks.", "You are welcome."]
    assert then["retrieval"] == []
    assert as_of(whole, None) == whole
    assert afterwards(whole, None) == []


def test_a_turn_of_tools_alone_and_one_that_nobody_answered_are_no_turns():
    call = {"role": "assistant", "parts": [{"type": "tool_call", "id": "1", "name": "f", "arguments": {}}]}
    held = [
        message("user", "Do it."),
        call,
        message("user", "Well?"),
        message("assistant", "Done."),
        message("user", "?"),
    ]
    assert turns_of(new_conversation(held)) == [3]


@pytest.fixture
def backlog(team, repairs):
    version = store(team.project, talk())
    return open_item(
        who=team.lead, project=team.project, reason="wrong_answer", trace=version.trace, version=version
    )


@pytest.fixture
def mine(team, repairs, backlog):
    """A lease on the repair of the second turn."""
    made = repair_from_backlog(who=team.lead, backlog=backlog, turn=4)
    assignment = claim(who=team.annotator, campaign=repairs)
    assert assignment.item == made
    return assignment


def submit(team, mine, choice, text=""):
    return submit_repair(
        who=team.annotator,
        project=team.project,
        assignment_id=mine.pk,
        lease_token=mine.lease_token,
        key=uuid4(),
        choice=choice,
        text=text,
    )


def test_the_page_shows_the_conversation_with_this_turn_to_edit_and_what_followed_folded(team, mine):
    page = team.client(team.annotator).get(f"/p/{team.project.slug}/annotation/repair/").content.decode()
    assert 'data-original="A list."' in page
    before, after = page.split('data-original="A list."')
    assert "What is a list?" in before
    assert "You are welcome." not in before
    folded = after.split("repair__later")[1].split("</details>")[0]
    assert "You are welcome." in folded
    assert "2 turns that came after it" in folded


def test_the_api_shows_the_turn_and_not_what_followed(team, mine):
    shown = shown_blind(mine)
    assert shown["answer"]["text"] == "A list."
    assert texts(shown["prompt"]) == ["What is a list?", "A tuple.", "And a tuple?"]


def test_a_fix_stands_at_its_turn_and_beats_what_stood_there(team, mine):
    submit(team, mine, RepairChoice.FIX, "A sequence that cannot be changed.")
    (answer,) = repaired_answers(team.project)
    (preference,) = decided_preferences(team.project)
    assert (answer.response.turn, answer.response.text) == (4, "A sequence that cannot be changed.")
    assert (preference.winner.turn, preference.loser.turn, preference.loser.text) == (4, 4, "A list.")
    item = reverse("annotation:item", kwargs={"slug": team.project.slug, "item_id": preference.item_id})
    page = team.client(team.lead).get(item).content.decode()
    assert "And a tuple?" in page
    assert "Thanks." not in page


def test_the_last_answer_of_the_same_conversation_is_still_queued_by_itself(team, repairs, mine):
    assert make_repairs(who=team.lead, campaign=repairs) == 1
    turns = Item.objects.filter(kind="repair").values_list("repair__response__turn", flat=True)
    assert sorted(turns, key=str) == [4, None]


def test_the_same_words_at_two_turns_are_two_answers(team, repairs):
    said = [
        message("user", "One?"),
        message("assistant", "Yes."),
        message("user", "Two?"),
        message("assistant", "Yes."),
    ]
    version = store(team.project, new_conversation(said))
    for turn in (1, None):
        made = make_repairs(who=team.lead, campaign=repairs, version_ids=[version.pk], turn=turn)
        assert made == 1
    assert Response.objects.filter(version=version).count() == 2


@pytest.mark.parametrize("turn", [1, 3, 5, 600])
def test_what_is_no_turn_is_refused(team, backlog, turn):
    with pytest.raises(Refused, match="no answer in words"):
        repair_from_backlog(who=team.lead, backlog=backlog, turn=turn)
    assert not Item.objects.exists()


def test_a_lead_chooses_the_turn_from_the_backlog(team, repairs, backlog):
    client = team.client(team.lead)
    detail = client.get(
        reverse("curation:backlog_item", args=[team.project.slug, backlog.pk])
    ).content.decode()
    address = reverse("annotation:backlog-turns", kwargs={"slug": team.project.slug, "item_id": backlog.pk})
    assert address in detail
    page = client.get(address).content.decode()
    assert page.count("Repair turn") == 3
    client.post(
        reverse("annotation:backlog-repair", kwargs={"slug": team.project.slug, "item_id": backlog.pk}),
        {"turn": "2"},
    )
    backlog.refresh_from_db()
    assert backlog.resolution == "repair"
    assert Item.objects.get(pk=backlog.produced).repair.response.text == "A tuple."
    assert client.get(address).status_code == 404


def test_annotators_do_not_choose_turns(team, backlog):
    address = reverse("annotation:backlog-turns", kwargs={"slug": team.project.slug, "item_id": backlog.pk})
    assert team.client(team.annotator).get(address).status_code == 403


def test_the_database_refuses_a_fix_elsewhere_and_a_pair_across_turns(team, mine):
    original = mine.item.repair.response
    held = {"project": team.project, "version": original.version, "messages": [], "text": "x"}
    with pytest.raises(IntegrityError, match="stands where its original stood"), transaction.atomic():
        Response.objects.create(**held, origin="fix", parent=original, turn=2, content_hash="0" * 64)
    other = Response.objects.create(**held, origin="production", turn=2, content_hash="1" * 64)
    item = Item.objects.create(
        project=team.project,
        campaign=mine.item.campaign,
        kind="pair",
        version=original.version,
        fingerprint="f",
        slots_asked=1,
        slots_left=1,
    )
    with pytest.raises(IntegrityError, match="stand at one turn"), transaction.atomic():
        Pair.objects.create(item=item, response_a=original, response_b=other, source="variants")
    with pytest.raises(IntegrityError, match="response_turn_answers_something"), transaction.atomic():
        Response.objects.create(**held, origin="production", turn=0, content_hash="2" * 64)
