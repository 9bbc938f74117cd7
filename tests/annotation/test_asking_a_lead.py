"""Q: a question goes to the leads with its item, the answer comes back, and may become an example."""

from uuid import uuid4

import pytest
from django.urls import reverse

from annotation.actions.ask import answer_question, ask_lead, make_example
from annotation.actions.claim import claim
from annotation.actions.publish_text import attach_text, publish_text
from annotation.models import Item, Question
from core.errors import PermissionRefused, Refused

from .conftest import queue_pairs


@pytest.fixture
def lease(team, campaign):
    queue_pairs(campaign, 1)
    return claim(who=team.annotator, campaign=campaign)


def ask(team, lease, text="Is a joke an answer?", **more):
    return ask_lead(
        who=team.annotator,
        project=team.project,
        assignment_id=lease.pk,
        lease_token=lease.lease_token,
        text=text,
        **({"key": uuid4()} | more),
    )


def test_the_pair_goes_back_to_the_queue_and_not_to_its_asker(team, campaign, lease, people):
    ask(team, lease)
    assert Item.objects.get().slots_left == 2
    assert claim(who=team.annotator, campaign=campaign) is None
    assert claim(who=people(1)[0], campaign=campaign) is not None


def test_the_answer_gives_the_asker_the_pair_again(team, campaign, lease):
    answer_question(who=team.lead, question=ask(team, lease), text="No.")
    again = claim(who=team.annotator, campaign=campaign)
    assert again.item_id == lease.item_id


def test_the_same_question_delivered_twice_is_asked_once(team, lease):
    key = uuid4()
    assert ask(team, lease, key=key) == ask(team, lease, key=key)
    assert Question.objects.count() == 1


def test_what_is_asked_is_redacted(team, lease):
    assert "jane.doe@example.com" not in ask(team, lease, "May jane.doe@example.com stand there?").text


def test_only_leads_answer_and_only_once(team, lease):
    question = ask(team, lease)
    with pytest.raises(PermissionRefused):
        answer_question(who=team.annotator, question=question, text="Yes.")
    answer_question(who=team.lead, question=question, text="No.")
    with pytest.raises(Refused, match="already"):
        answer_question(who=team.second_lead, question=question, text="Yes.")


def test_an_answer_becomes_an_example_of_the_next_version(team, campaign, lease):
    rules = publish_text(
        who=team.lead, project=team.project, kind="guidelines", name="House", text="Be fair."
    )
    attach_text(who=team.lead, campaign=campaign, kind="guidelines", asset=rules.asset)
    answer = answer_question(who=team.lead, question=ask(team, lease), text="No.")
    answer.refresh_from_db()
    version = make_example(who=team.lead, answer=answer)
    campaign.refresh_from_db()
    assert (version.number, campaign.guidelines) == (2, version)
    assert version.body["examples"][0]["answer"] == "No."
    answer.question.item.campaign.refresh_from_db()
    with pytest.raises(Refused, match="already"):
        make_example(who=team.lead, answer=answer)


def test_without_guidelines_there_is_nothing_to_carry_it(team, lease):
    answer = answer_question(who=team.lead, question=ask(team, lease), text="No.")
    with pytest.raises(Refused, match="no guidelines"):
        make_example(who=team.lead, answer=answer)


def test_the_way_through_the_pages(team, campaign, lease):
    rules = publish_text(
        who=team.lead, project=team.project, kind="guidelines", name="House", text="Be fair."
    )
    attach_text(who=team.lead, campaign=campaign, kind="guidelines", asset=rules.asset)
    slug = {"slug": team.project.slug}
    mine, lead = team.client(team.annotator), team.client(team.lead)
    sent = mine.post(
        reverse("annotation:ask", kwargs=slug),
        {"assignment": lease.pk, "lease_token": lease.lease_token, "question": "Why?", "key": uuid4()},
        headers={"X-Winnow-Judging": "1"},
    )
    assert sent.headers["X-Winnow-Answer"] == "asked"
    page = reverse("annotation:item", kwargs={**slug, "item_id": lease.item_id})
    assert page in lead.get(reverse("inbox", kwargs=slug)).content.decode()
    assert "Why?" in lead.get(page).content.decode()
    question = Question.objects.get()
    where = {**slug, "question_id": question.pk}
    lead.post(reverse("annotation:answer-question", kwargs=where), {"text": "Because."})
    lead.post(reverse("annotation:make-example", kwargs=where))
    work = mine.get(reverse("annotation:my-work", kwargs=slug)).content.decode()
    assert "Because." in work
    campaign.refresh_from_db()
    assert campaign.guidelines.number == 2
