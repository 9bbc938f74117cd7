"""Hands that are quicker than eyes, and second thoughts: double clicks, held keys, undo twice, answers that come back."""

import time

from annotation.actions.campaigns import create_campaign
from annotation.actions.change_campaign import patch_campaign
from annotation.models import Assignment, Campaign, Judgment, JudgmentRevision
from tests.annotation.conftest import queue_pairs
from tests.browser.conftest import RELEASE, Visits
from tests.browser.test_judging import answered, pairs, shown  # noqa: F401
from tests.conftest import Team

CARD = "[data-card]:not([hidden])"


def desk(team: Team) -> str:
    return f"/p/{team.project.slug}/annotation/judge/"


def test_a_double_click_and_a_held_key_answer_one_pair(pairs: Team, visit: Visits) -> None:  # noqa: F811
    window = visit(pairs.annotator)
    page = window.page
    window.open(desk(pairs))
    page.dblclick(f"{CARD} [data-choice][value=tie]")
    answered(1)
    page.click(f"{CARD} [data-choice][value=tie]")
    answered(2)
    page.wait_for_selector(CARD)
    page.keyboard.down("3")
    for _repeat in range(3):
        page.keyboard.down("3")
    page.keyboard.up("3")
    page.wait_for_selector("[data-sync][data-state=saved]")
    page.wait_for_timeout(300)
    answered(3)
    assert not window.complaints


def test_the_end_of_a_round_gives_back_what_was_behind_it(pairs: Team, visit: Visits) -> None:  # noqa: F811
    window = visit(pairs.annotator)
    page = window.page
    page.context.unroute(RELEASE)
    window.open(desk(pairs) + "?round=1")
    with page.expect_response("**/judge/answer/"):
        page.keyboard.press("3")
    page.wait_for_selector("[data-round-end]:not([hidden])")
    window.open("/healthz")
    until = time.monotonic() + 5
    while Assignment.objects.filter(state="leased").exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert not Assignment.objects.filter(state="leased").exists()


def test_a_page_with_nothing_left_looks_again_by_itself(team: Team, visit: Visits) -> None:
    campaign = create_campaign(who=team.lead, project=team.project, name="Which is better", overlap=2)
    window = visit(team.annotator)
    page = window.page
    page.clock.install()
    window.open(desk(team))
    assert page.is_visible("[data-end]")
    page.focus("[data-end] a >> nth=0")
    page.clock.run_for(21_000)
    page.wait_for_timeout(500)
    assert page.evaluate("document.activeElement.closest('[data-end] a') !== null")
    queue_pairs(campaign, 1)
    page.clock.run_for(21_000)
    page.wait_for_selector(CARD)
    assert not window.complaints


def test_two_answers_taken_back_are_both_changed(pairs: Team, visit: Visits) -> None:  # noqa: F811
    window = visit(pairs.annotator)
    page = window.page
    window.open(desk(pairs))
    older = shown(page)
    page.keyboard.press("2")
    newer = shown(page)
    page.keyboard.press("2")
    answered(2)
    page.keyboard.press("u")
    page.keyboard.press("u")
    assert shown(page) == older
    page.keyboard.press("3")
    assert shown(page) == newer
    page.keyboard.press("6")
    page.wait_for_function(f"document.querySelector('{CARD}')?.dataset.assignment !== '{newer}'")
    page.wait_for_selector("[data-sync][data-state=saved]")
    page.wait_for_timeout(300)
    for assignment, choice in ((older, "tie"), (newer, "both_bad")):
        latest = JudgmentRevision.objects.filter(judgment__assignment_id=assignment).latest("number")
        assert (latest.choice, latest.number) == (choice, 2)
    assert page.is_hidden("[data-refusals]")


def test_a_refused_answer_waits_on_its_pair_with_the_word_of_why(pairs: Team, visit: Visits) -> None:  # noqa: F811
    window = visit(pairs.annotator)
    page = window.page
    window.open(desk(pairs))
    first = shown(page)
    campaign = Campaign.objects.get(project=pairs.project)
    patch_campaign(who=pairs.lead, campaign=campaign, patch={"rules": {"requires": ["tags"]}})
    page.keyboard.press("r")
    page.keyboard.type("It is short.")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    page.wait_for_selector("[data-refusals]:not([hidden])")
    assert "at least one reason" in page.inner_text("[data-refusals]")
    assert shown(page) != first
    page.keyboard.press("w")
    page.keyboard.press("3")
    assert shown(page) == first
    assert page.input_value(f"{CARD} [name=rationale]") == "It is short."
    assert page.get_attribute(f"{CARD} [data-choice][value=left]", "aria-pressed") == "true"
    page.keyboard.press("w")
    page.keyboard.press("Enter")
    answered(2)
    kept = Judgment.objects.get(assignment_id=first).revisions.get()
    assert (kept.rationale, kept.tags) == ("It is short.", ["ungrounded"])
    assert Assignment.objects.get(pk=first).state == "submitted"
