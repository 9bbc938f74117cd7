"""A conversation destroyed while people are asked about it: its items close under whoever holds them, and pages go on."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from annotation.actions.claim import claim
from annotation.actions.make_pairs import make_pairs
from annotation.actions.make_repairs import make_repairs
from annotation.actions.repair import submit_repair
from annotation.actions.submit import submit_judgment
from annotation.choices import RepairChoice, Shown
from annotation.models import Assignment, Decision, Item, JudgmentSpan, Pair, Response
from annotation.spans import SpanGiven
from core import jobs
from core.jobs import enqueue
from core.models import Event
from core.prepared import select
from core.roles import ingest_role
from curation.actions.reredact import run_reredaction
from curation.models import ConversationVersion, Reredaction, Trace
from curation.ruling.followers import erase_copies

from .conftest import conversation, store
from .test_pages import url


def destroy(team, version, *, follow=True):
    """A next version stands, the body of this one goes, and who follows does what it must."""
    newer = ConversationVersion.objects.create(
        project=team.project,
        trace=version.trace,
        number=version.number + 1,
        day=version.day,
        content_hash="0" * 64,
        key_id=version.key_id,
        rules_id=version.rules_id,
    )
    Trace.objects.filter(pk=version.trace_id).update(current=newer)
    run = Reredaction.objects.create(
        project=team.project, rules_id=version.rules_id, erase=True, reason="missed", requested_by=team.lead
    )
    with ingest_role(), connection.cursor() as cursor:
        cursor.execute("SELECT curation_erase_body(%s, %s)", [version.pk, run.pk])
        assert cursor.fetchone() == (True,)
    return erase_copies(team.lead, team.project, [version.pk], "redaction missed a name") if follow else {}


@pytest.fixture
def sides(team, campaign):
    """Two pairs; the versions of the first one's answers."""
    made = []
    for n in range(2):
        for variant in ("one", "two"):
            made.append(
                store(
                    team.project,
                    conversation(f"What is a list, {n}?", f"It is {n} {variant}."),
                    variant=variant,
                )
            )
    make_pairs(who=team.lead, campaign=campaign)
    return made


@pytest.mark.parametrize("side", [0, 1])
def test_a_pair_one_side_of_which_is_destroyed_closes_under_its_judge(team, campaign, sides, side):
    items = Item.objects.filter(pair__response_a__version__in=sides[:2])
    held = [claim(who=team.annotator, campaign=campaign)]
    held.append(claim(who=team.annotator, campaign=campaign, besides=[held[0].pk]))
    counts = destroy(team, sides[side])
    assert counts["items people were asked"] == 1
    (closed,) = items
    assert closed.state == "closed"
    assert {one.item_id: one.state for one in Assignment.objects.filter(pk__in=[h.pk for h in held])}[
        closed.pk
    ] == "released"
    page = team.client(team.annotator).get(url(team, "judge"))
    assert page.status_code == 200
    assert "What is a list, 1?" in page.content.decode()
    assert Event.objects.get(name="item.closed").data == {"destroyed": True}
    assert erase_copies(team.lead, team.project, [sides[side].pk], "again")["items people were asked"] == 0


def test_a_repair_that_is_destroyed_leaves_the_page_to_the_next(team, repairs):
    versions = [
        store(team.project, conversation(f"What is {thing}?", f"{thing} is a list."))
        for thing in ("one", "two")
    ]
    make_repairs(who=team.lead, campaign=repairs)
    client = team.client(team.annotator)
    assert client.get(url(team, "repair")).status_code == 200
    held = Assignment.objects.get(state="leased").item
    assert destroy(team, held.version)["items people were asked"] == 1
    page = client.get(url(team, "repair"))
    assert page.status_code == 200
    other = next(one for one in versions if one.pk != held.version_id)
    assert Assignment.objects.get(state="leased").item.version_id == other.pk


def test_what_was_decided_over_it_is_training_data_no_longer(team, campaign, sides, people):
    for person in people(2):
        mine = claim(who=person, campaign=campaign)
        submit_judgment(
            who=person, project=team.project, assignment_id=mine.pk, lease_token=mine.lease_token,
            key=mine.pk, shown=Shown.TIE,
        )  # fmt: skip
    decided = Decision.objects.standing().get()
    destroy(team, decided.item.version)
    assert not Decision.objects.standing().exists()


def test_the_answers_copied_from_it_lose_their_words_and_what_was_begun_about_them(team, campaign, sides):
    lease = claim(who=team.annotator, campaign=campaign)
    Assignment.objects.filter(pk=lease.pk).update(draft={"rationale": "It says one."})
    pair = lease.item.pair
    counts = destroy(team, pair.response_a.version)
    assert counts["answers people were shown"] == 1
    pair = Pair.objects.get(pk=pair.pk)
    assert (pair.response_a.text, pair.response_a.messages) == ("", [])
    assert pair.response_b.text != ""
    assert Assignment.objects.get(pk=lease.pk).draft == {}
    assert (
        erase_copies(team.lead, team.project, [pair.response_a.version_id], "again")[
            "answers people were shown"
        ]
        == 0
    )


def test_marks_on_it_keep_their_places_and_lose_their_quotes(team, campaign, sides):
    lease = claim(who=team.annotator, campaign=campaign)
    left = lease.item.pair.response_b if lease.swapped else lease.item.pair.response_a
    given = SpanGiven(side="left", start=0, end=5, quote=left.text[:5], label="wrong")
    submit_judgment(
        who=team.annotator, project=team.project, assignment_id=lease.pk, lease_token=lease.lease_token,
        key=lease.pk, shown=Shown.TIE, spans=[given],
    )  # fmt: skip
    destroy(team, left.version)
    mark = JudgmentSpan.objects.get()
    assert (mark.start, mark.end, mark.quote) == (0, 5, "")


def test_a_fix_of_it_loses_its_words_too(team, repairs):
    version = store(team.project, conversation("What is one?", "one is a list."))
    make_repairs(who=team.lead, campaign=repairs)
    lease = claim(who=team.annotator, campaign=repairs)
    submit_repair(
        who=team.annotator, project=team.project, assignment_id=lease.pk, lease_token=lease.lease_token,
        key=lease.pk, choice=RepairChoice.FIX, text="one is a list of ones.",
    )  # fmt: skip
    assert destroy(team, version)["answers people were shown"] == 2
    assert set(Response.objects.values_list("origin", "text")) == {("production", ""), ("fix", "")}


@pytest.mark.parametrize("page", ["revise", "item"])
def test_a_page_of_what_was_destroyed_says_so(team, campaign, sides, page):
    lease = claim(who=team.annotator, campaign=campaign)
    submit_judgment(
        who=team.annotator, project=team.project, assignment_id=lease.pk, lease_token=lease.lease_token,
        key=lease.pk, shown=Shown.TIE,
    )  # fmt: skip
    destroy(team, lease.item.version)
    client, at = {
        "revise": (team.client(team.annotator), {"assignment_id": lease.pk}),
        "item": (team.client(team.lead), {"item_id": lease.item_id}),
    }[page]
    answer = client.get(reverse(f"annotation:{page}", kwargs={"slug": team.project.slug, **at}))
    assert answer.status_code == 404
    assert "was destroyed" in answer.content.decode()


def test_a_run_that_was_cancelled_leaves_no_copies_of_what_it_had_destroyed(team, campaign, sides):
    lease = claim(who=team.annotator, campaign=campaign)
    destroy(team, lease.item.version, follow=False)
    run = Reredaction.objects.get()
    job = enqueue(kind="curation.reredact", project_id=team.project.pk, payload={"run": str(run.pk)})
    running = jobs.claim(job.pk)
    running.cancelled = True
    assert run_reredaction(running) is None
    assert Item.objects.get(pk=lease.item_id).state == "closed"
    assert Response.objects.get(pk=lease.item.pair.response_a_id).text == ""


def test_answers_lose_their_words_only_where_their_conversation_was_destroyed(sides):
    with pytest.raises(DatabaseError, match="only where the conversation"), transaction.atomic():
        select("SELECT annotation_erase_answers(%(version)s)", {"version": sides[0].pk})


def as_its_owner(sql, *given):
    """Whoever may write the table at all: the trigger is what refuses."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(sql, given)


@pytest.mark.parametrize("change", ["text = ''", "text = '', messages = '[]'", "generator = 'else'"])
def test_an_answer_whose_conversation_stands_is_emptied_by_nobody(sides, change):
    with pytest.raises(DatabaseError, match="append-only"):
        as_its_owner(f"UPDATE annotation_response SET {change}")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE annotation_response SET text = 'other' WHERE version_id = %s",
        "UPDATE annotation_response SET text = '', messages = '[]', generator = '' WHERE version_id = %s",
        "DELETE FROM annotation_response WHERE version_id = %s",
    ],
)
def test_one_whose_conversation_was_destroyed_is_emptied_and_nothing_else(team, sides, change):
    destroy(team, sides[0])
    with pytest.raises(DatabaseError, match="append-only"):
        as_its_owner(change, sides[0].pk)
