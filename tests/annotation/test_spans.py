"""Marks on answers: exact quotes in code points, on the response that stood on the side, kept with every revision."""

import json
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from annotation.actions.claim import claim
from annotation.actions.make_items import NewItem, make_items
from annotation.actions.responses import NewResponse, store_responses
from annotation.actions.revise import revise_judgment
from annotation.actions.spans import spans_of
from annotation.actions.submit import submit_judgment
from annotation.choices import Shown
from annotation.models import Assignment, JudgmentSpan, Pair
from annotation.spans import SpanGiven, spans_from_text
from core.errors import Refused
from curation.conversation import message

from .conftest import conversation, queue_pairs, store

HARD = "Emoji 👩‍👩‍👧 first.\r\nThen é (two code points) and 🎉 **ungrounded** words."


@pytest.fixture
def mine(team, campaign):
    """A lease on a pair whose first answer is hard to count in, unswapped."""
    version = store(campaign.project, conversation("What?", HARD, passages=["One.", "Two."]))
    found = [
        NewResponse(version.pk, "production", name, [message("assistant", text)])
        for name, text in (("m1", HARD), ("m2", "Another answer."))
    ]
    pair = tuple(store_responses(project_id=campaign.project_id, found=found))
    make_items(campaign=campaign, found=[NewItem(version.pk, pair, "variants", 1.0)])
    lease = claim(who=team.annotator, campaign=campaign)
    Assignment.objects.filter(pk=lease.pk).update(swapped=False)
    return lease


def mark(quote, text=HARD, **more):
    at = text.index(quote)
    return SpanGiven(
        **(
            {"side": "left", "start": at, "end": at + len(quote), "quote": quote, "label": "ungrounded"}
            | more
        )
    )


def submit(who, lease, *spans):
    return submit_judgment(
        who=who, project=lease.project, assignment_id=lease.pk, lease_token=lease.lease_token,
        key=uuid4(), shown=Shown.LEFT, spans=spans,
    ).judgment  # fmt: skip


@pytest.mark.parametrize("quote", ["👩‍👩‍👧", "first.\r\nThen", "é (", "e", "🎉 **ungrounded** words."])
def test_a_mark_is_kept_in_code_points_with_its_quote(team, mine, quote):
    submit(team.annotator, mine, mark(quote, passage=1))
    kept = JudgmentSpan.objects.select_related("response").get()
    assert kept.response.text[kept.start : kept.end] == kept.quote == quote
    assert (kept.passage, kept.document_id) == (1, "doc-1")


def test_a_mark_counted_in_utf16_is_refused_and_nothing_is_stored(team, mine):
    at = len(HARD[: HARD.index("ungrounded")].encode("utf-16-le")) // 2
    wrong = mark("ungrounded", start=at, end=at + 10)
    with pytest.raises(Refused) as refused:
        submit(team.annotator, mine, wrong)
    assert refused.value.code == "span_elsewhere"
    assert not mine.item.judgments.exists()


def test_a_mark_on_a_swapped_side_lies_on_the_response_that_stood_there(team, mine):
    Assignment.objects.filter(pk=mine.pk).update(swapped=True)
    submit(team.annotator, mine, mark("ungrounded", side="right"))
    pair = Pair.objects.get(item=mine.item)
    assert JudgmentSpan.objects.get().response_id == pair.response_a_id


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "nonsense",
        "[" * 100_000,
        "[1]",
        "true",
        '[{"side": "left"}]',
        '[{"side": "left", "start": true, "end": 2, "quote": "Em", "label": "wrong"}]',
        '[{"side": "left", "start": -1, "end": 2, "quote": "Em", "label": "wrong"}]',
        '[{"side": "left", "start": 0, "end": 2, "quote": "Em", "label": "lovely"}]',
        '[{"side": "left", "start": 0, "end": 2, "quote": "Em", "label": ["wrong"]}]',
        '[{"side": {}, "start": 0, "end": 2, "quote": "Em", "label": {}}]',
        '[{"side": "both", "start": 0, "end": 2, "quote": "Em", "label": "wrong"}]',
        '[{"side": "left", "start": 0, "end": 2, "quote": "Em", "label": "wrong", "passage": "1"}]',
        json.dumps([{}] * 51),
    ],
)
def test_what_is_no_mark_is_refused(text):
    with pytest.raises(Refused):
        spans_from_text(text)


def test_a_passage_the_answer_was_not_given_is_refused(team, mine):
    with pytest.raises(Refused, match="not given"):
        submit(team.annotator, mine, mark("ungrounded", passage=2))


def test_marks_follow_a_revision_unless_they_are_changed(team, mine):
    judgment = submit(team.annotator, mine, mark("ungrounded"))
    own = {"who": team.annotator, "project": team.project, "judgment_id": judgment.pk}
    second = revise_judgment(**own, shown=Shown.RIGHT)
    assert [one.quote for one in spans_of(second)] == ["ungrounded"]
    third = revise_judgment(**own, shown=Shown.RIGHT, spans=[mark("words")])
    assert [one.quote for one in spans_of(third)] == ["words"]
    assert revise_judgment(**own, shown=Shown.RIGHT, spans=[mark("words")]) == third
    fourth = revise_judgment(**own, shown=Shown.RIGHT, spans=[])
    assert spans_of(fourth) == ()
    assert JudgmentSpan.objects.count() == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"quote": "something else"},
        {"start": 1, "end": 4, "quote": "Emo"},
        {"start": 5, "end": 5, "quote": ""},
        {"start": 0, "end": 9_999, "quote": HARD},
        {"label": "lovely"},
    ],
)
def test_the_database_keeps_no_mark_that_does_not_quote_its_answer(team, mine, wrong):
    judgment = submit(team.annotator, mine)
    right = {"start": 0, "end": 5, "quote": "Emoji", "label": "wrong"}
    response = Pair.objects.get(item=mine.item).response_a
    with pytest.raises(DatabaseError), transaction.atomic():
        JudgmentSpan.objects.create(
            project=team.project, revision=judgment.revisions.get(), response=response, **(right | wrong)
        )


def test_the_database_keeps_no_mark_on_an_answer_of_another_pair(team, mine, campaign):
    judgment = submit(team.annotator, mine)
    other = Pair.objects.get(item=queue_pairs(campaign, 1)[0]).response_a
    with pytest.raises(DatabaseError, match="pair its revision judges"), transaction.atomic():
        JudgmentSpan.objects.create(
            project=team.project, revision=judgment.revisions.get(), response=other,
            start=0, end=6, quote=other.text[:6], label="wrong",
        )  # fmt: skip


def test_a_mark_is_never_changed_or_removed(team, mine):
    submit(team.annotator, mine, mark("ungrounded"))
    for attack in (
        lambda: JudgmentSpan.objects.update(label="wrong"),
        lambda: JudgmentSpan.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attack()


def test_the_form_and_the_api_take_marks_and_give_them_back(team, mine, client):
    client = team.client(team.annotator)
    one = {"side": "left", "start": 0, "end": 5, "quote": "Emoji", "label": "unsafe", "passage": None}
    body = {
        "assignment": str(mine.pk), "lease_token": str(mine.lease_token), "choice": "left", "spans": [one],
    }  # fmt: skip
    url = f"/api/v1/projects/{team.project.slug}/judgments/"
    answer = client.post(url, body, "application/json", headers={"Idempotency-Key": str(uuid4())})
    assert (answer.status_code, answer.json()["spans"]) == (201, [one])
    page = reverse("annotation:revise", kwargs={"slug": team.project.slug, "assignment_id": mine.pk})
    assert "Emoji" in client.get(page).content.decode()
    client.post(page, {"choice": "left", "spans": json.dumps([one | {"label": "wrong"}])})
    assert [s.label for s in JudgmentSpan.objects.order_by("pk")] == ["unsafe", "wrong"]


def test_a_claim_gives_the_text_that_offsets_count_in(team, campaign):
    queue_pairs(campaign, 1)
    url = f"/api/v1/projects/{team.project.slug}/campaigns/{campaign.pk}/claim/"
    claimed = team.client(team.annotator).post(url, {}, "application/json").json()
    assert claimed["left"]["text"].startswith("Answer ")
