"""A draft goes with the lease to another device, is redacted, and is never a vote."""

import json
import re
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from annotation.actions.claim import claim
from annotation.actions.draft import save_draft
from annotation.actions.submit import submit_judgment
from annotation.choices import Shown
from annotation.models import Assignment, Decision, Judgment
from core.errors import Refused

from .conftest import queue_pairs


@pytest.fixture
def lease(team, campaign):
    queue_pairs(campaign, 1)
    return claim(who=team.annotator, campaign=campaign)


def save(team, lease, who=None, **draft):
    return save_draft(
        who=who or team.annotator,
        project=team.project,
        assignment_id=lease.pk,
        lease_token=lease.lease_token,
        draft=draft,
    )


def test_what_was_begun_is_on_the_page_of_another_device(team, lease):
    assert save(team, lease, rationale="Half a thought", tags=["wrong"], choice="left")
    page = team.client(team.annotator).get(reverse("annotation:judge", kwargs={"slug": team.project.slug}))
    html = page.content.decode()
    assert "Half a thought</textarea>" in html
    assert 'value="wrong" data-press="tag:wrong" aria-keyshortcuts="T" checked' in html


def test_marks_that_were_begun_are_there_on_another_device_and_quote_the_answers(team, lease):
    shown = lease.item.pair.response_b if lease.swapped else lease.item.pair.response_a
    mark = {"side": "left", "start": 0, "end": 6, "quote": shown.text[:6], "label": "wrong", "passage": None}
    assert save(team, lease, choice="left", spans=json.dumps([mark]))
    page = team.client(team.annotator).get(reverse("annotation:judge", kwargs={"slug": team.project.slug}))
    (field,) = re.findall(r'name="spans" value="([^"]+)"', page.content.decode())
    assert json.loads(unescape(field)) == [mark]
    with pytest.raises(Refused, match="does not quote"):
        save(team, lease, spans=json.dumps([mark | {"quote": "Ask jane.doe@example.com"}]))


def test_a_draft_is_no_vote(team, lease):
    save(team, lease, choice="left")
    assert not Judgment.objects.exists()
    assert not Decision.objects.exists()


def test_typed_words_are_redacted(team, lease):
    save(team, lease, rationale="Ask jane.doe@example.com")
    lease.refresh_from_db()
    assert "jane.doe" not in json.dumps(lease.draft)


def test_saving_starts_the_lease_anew(team, lease):
    Assignment.objects.filter(pk=lease.pk).update(leased_until=timezone.now())
    save(team, lease)
    lease.refresh_from_db()
    assert (lease.leased_until - timezone.now()).total_seconds() > 500


def test_after_the_answer_nothing_is_kept(team, lease):
    submit_judgment(
        who=team.annotator, project=team.project, assignment_id=lease.pk, lease_token=lease.lease_token,
        key=uuid4(), shown=Shown.LEFT,
    )  # fmt: skip
    assert not save(team, lease, choice="right")


def test_another_person_cannot_write_into_it(team, lease):
    assert not save(team, lease, who=team.lead, choice="right")


def test_a_page_of_somebody_signed_out_keeps_what_it_sends(team, lease):
    client = team.client(team.lead)
    answer = client.post(
        reverse("annotation:submit", kwargs={"slug": team.project.slug}),
        {"assignment": lease.pk, "lease_token": lease.lease_token, "choice": "left", "key": uuid4()},
        headers={"X-Winnow-Judging": "1", "X-Winnow-As": str(team.annotator.pk)},
    )
    assert answer.status_code == 403
    assert not Judgment.objects.exists()


@pytest.mark.parametrize("text", ["[" * 100_000, "true", "nonsense", '{"tags": null}', '{"tags": 5}'])
def test_what_is_no_draft_is_refused_and_the_one_that_was_stays(team, lease, text):
    save(team, lease, rationale="Half a thought")
    assert sent(team, lease, text) in (400, 409)
    assert Assignment.objects.get().draft["rationale"] == "Half a thought"


@pytest.mark.parametrize("tag", ["\x00wrong", "\ud800wrong", ["wrong"]])
def test_a_tag_that_cannot_be_stored_as_it_is_loses_nothing_else(team, lease, tag):
    assert sent(team, lease, json.dumps({"tags": [tag, "unsafe"], "rationale": "Half a thought"})) == 204
    draft = Assignment.objects.get().draft
    assert (draft["rationale"], draft["tags"][1]) == ("Half a thought", "unsafe")


def sent(team, lease, text):
    form = {"assignment": lease.pk, "lease_token": lease.lease_token, "draft": text}
    address = reverse("annotation:draft", kwargs={"slug": team.project.slug})
    return team.client(team.annotator).post(address, form).status_code
