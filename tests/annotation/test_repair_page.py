"""The repair page beside accept, fix and drop: report, what the turn should have done, the cover, practice before work."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from annotation.actions.claim import claim
from annotation.actions.make_repairs import make_repairs
from annotation.actions.practice_setup import pick_practice_item, set_practice, write_practice_item
from annotation.actions.profile import profile_of
from annotation.models import AnnotatorProfile, Assignment, Item, Judgment, PracticeAnswer, PracticeTry

from .conftest import conversation, store
from .decided import repaired_answers


def url(team, name, **more):
    return reverse(f"annotation:{name}", kwargs={"slug": team.project.slug, **more})


@pytest.fixture
def queued(team, repairs) -> Item:
    store(team.project, conversation("What is a tuple?", "A tuple is a mutable list."))
    assert make_repairs(who=team.lead, campaign=repairs) == 1
    return Item.objects.get()


def form(html, **more):
    """The hidden fields of the page, and what is said."""
    found = {
        name: re.search(rf'name="{name}" value="([^"]+)"', html)[1]
        for name in ("assignment", "lease_token", "key")
    }
    return found | more


def opened(team):
    client = team.client(team.annotator)
    response = client.get(url(team, "repair"))
    assert response.status_code == 200
    return client, response.content.decode()


# ---- report --------------------------------------------------------------------------------------------------


def test_a_reported_answer_is_given_to_nobody_until_a_lead_has_looked(team, queued, people):
    client, html = opened(team)
    said = client.post(url(team, "repair-flag"), form(html, reason="personal_data"), follow=True)
    assert "Nobody is shown this answer" in said.content.decode()
    queued.refresh_from_db()
    assert queued.state == "flagged"
    (other,) = people(1)
    assert claim(who=other, campaign=queued.campaign) is None
    inbox = team.client(team.lead).get(reverse("inbox", kwargs={"slug": team.project.slug})).content.decode()
    assert url(team, "item", item_id=queued.pk) in inbox
    team.client(team.lead).post(url(team, "item-reopen", item_id=queued.pk))
    assert claim(who=other, campaign=queued.campaign).item == queued


def test_an_answer_given_to_what_was_reported_meanwhile_is_kept_uncounted(team, queued):
    client, html = opened(team)
    Item.objects.update(state="flagged")
    said = client.post(url(team, "repair-submit"), form(html, choice="accept"), follow=True)
    assert "Saved as an extra" in said.content.decode()
    assert not Judgment.objects.get().counted
    assert not list(repaired_answers(team.project))


def test_a_reason_nobody_knows_reports_nothing(team, queued):
    client, html = opened(team)
    refused = client.post(url(team, "repair-flag"), form(html, reason="boring"))
    assert refused.status_code == 409
    queued.refresh_from_db()
    assert queued.state == "open"


# ---- what the turn should have done --------------------------------------------------------------------------


def test_what_the_turn_should_have_done_is_kept_shown_and_handed_on(team, queued):
    client, html = opened(team)
    client.post(url(team, "repair-submit"), form(html, choice="accept", act="clarify"))
    assert Judgment.objects.get().revisions.get().act == "clarify"
    (answer,) = repaired_answers(team.project)
    assert answer.act == "clarify"
    page = team.client(team.lead).get(url(team, "item", item_id=queued.pk)).content.decode()
    assert "Should ask back" in page


def test_it_is_changed_with_the_decision_and_the_earlier_one_stays(team, queued):
    client, html = opened(team)
    client.post(url(team, "repair-submit"), form(html, choice="accept", act="clarify"))
    change = url(team, "repair-revise", assignment_id=Assignment.objects.get().pk)
    before = client.get(change).content.decode()
    assert re.search(r'name="act" value="clarify"[^>]* checked', before)
    client.post(change, {"choice": "drop", "act": "refuse"})
    said = Judgment.objects.get().revisions.order_by("number").values_list("choice", "act")
    assert list(said) == [("accept", "clarify"), ("drop", "refuse")]


def test_an_act_nobody_knows_is_refused_and_what_was_written_comes_back(team, queued):
    client, html = opened(team)
    sent = form(html, choice="fix", text="A tuple cannot be changed.", act="dance", rationale="Because.")
    refused = client.post(url(team, "repair-submit"), sent)
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "There is no such label for a turn." in page
    assert "A tuple cannot be changed.</textarea>" in page
    assert "Because.</textarea>" in page
    assert not Judgment.objects.exists()


# ---- the cover -----------------------------------------------------------------------------------------------


@pytest.fixture
def warned(team, queued) -> Item:
    Item.objects.update(sensitive=True)
    profile = profile_of(who=team.annotator, project=team.project)
    AnnotatorProfile.objects.filter(pk=profile.pk).update(sensitive_ok=True)
    return queued


def test_warned_of_material_is_covered_and_passing_it_on_costs_nothing(team, warned):
    client, html = opened(team)
    assert "data-covered" in html
    assert "This may be hard to read" in html
    client.post(url(team, "repair-skip"), form(html, reason="sensitive"))
    assert Assignment.objects.get().state == "skipped"
    warned.refresh_from_db()
    assert (warned.state, warned.slots_left) == ("open", 1)


def test_a_refused_decision_and_an_answer_given_before_are_not_covered_again(team, warned):
    client, html = opened(team)
    refused = client.post(
        url(team, "repair-submit"), form(html, choice="fix", text="A tuple is a mutable list.")
    )
    assert refused.status_code == 409
    assert "data-covered" not in refused.content.decode()
    client.post(url(team, "repair-submit"), form(html, choice="accept"))
    change = url(team, "repair-revise", assignment_id=Assignment.objects.get().pk)
    assert "data-covered" not in client.get(change).content.decode()


def test_who_has_not_said_yes_is_not_given_it(team, warned, people):
    (other,) = people(1)
    assert claim(who=other, campaign=warned.campaign) is None


# ---- practice before repairs ---------------------------------------------------------------------------------


@pytest.fixture
def guarded(team, queued):
    """Two written repairs to practise on, both to be right; work waits behind them."""
    for n, right in enumerate(("drop", "fix")):
        write_practice_item(
            who=team.lead,
            campaign=queued.campaign,
            question=f"Question {n}?",
            answer_a=f"Answer {n}.",
            answer_b="",
            right=[right],
            explanation=f"Because {n}.",
        )
    return set_practice(who=team.lead, campaign=queued.campaign, asked=2, right=2)


def practise(team, campaign, choices):
    """Through the whole round on the pages; the page it ends on."""
    client = team.client(team.annotator)
    client.post(url(team, "practice-start", campaign_id=campaign.pk))
    PracticeTry.objects.update(started_at=timezone.now() - timedelta(minutes=1))
    for _ in range(2):
        html = client.get(url(team, "practice", campaign_id=campaign.pk)).content.decode()
        assert "Needs fixing" in html
        item, number = (
            re.search(r'name="item" value="([^"]+)"', html)[1],
            re.search(r"Question (\d)", html)[1],
        )
        after = client.post(
            url(team, "practice-answer", campaign_id=campaign.pk),
            {"item": item, "try": 1, "choice": choices[int(number)], "active_ms": "1200"},
            follow=True,
        ).content.decode()
        assert f"Because {number}." in after
    return client.get(url(team, "practice", campaign_id=campaign.pk)).content.decode()


def test_work_waits_behind_the_round_and_opens_when_it_is_passed(team, guarded):
    client = team.client(team.annotator)
    to_practice = client.get(url(team, "repair"))
    assert to_practice.status_code == 302
    assert to_practice.url == url(team, "practice", campaign_id=guarded.pk)
    html = practise(team, guarded, {0: "drop", 1: "fix"})
    assert url(team, "repair") in html
    assert PracticeAnswer.objects.filter(active_ms=1200).count() == 2
    assert not Judgment.objects.exists()
    assert "A tuple is a mutable list." in client.get(url(team, "repair")).content.decode()


def test_who_fails_sees_why_and_is_given_no_work(team, guarded):
    html = practise(team, guarded, {0: "accept", 1: "fix"})
    assert "Because 0." in html
    assert team.client(team.annotator).get(url(team, "repair")).status_code == 302


def test_a_decided_repair_is_practised_on_with_its_question(team, queued, repairs):
    client, html = opened(team)
    client.post(url(team, "repair-submit"), form(html, choice="drop"))
    pick_practice_item(
        who=team.lead, campaign=repairs, source=queued.pk, right=["drop"], explanation="It is wrong."
    )
    set_practice(who=team.lead, campaign=repairs, asked=1, right=1)
    client.post(url(team, "practice-start", campaign_id=repairs.pk))
    shown = client.get(url(team, "practice", campaign_id=repairs.pk)).content.decode()
    assert "What is a tuple?" in shown
    assert "A tuple is a mutable list." in shown


def test_a_choice_of_pairs_is_no_answer_to_a_repair(team, guarded):
    client = team.client(team.annotator)
    client.post(url(team, "practice-start", campaign_id=guarded.pk))
    html = client.get(url(team, "practice", campaign_id=guarded.pk)).content.decode()
    item = re.search(r'name="item" value="([^"]+)"', html)[1]
    refused = client.post(
        url(team, "practice-answer", campaign_id=guarded.pk),
        {"item": item, "try": 1, "choice": "left", "key": uuid4()},
    )
    assert refused.status_code == 400
    assert "choice" in refused.content.decode()
    assert not PracticeAnswer.objects.exists()
