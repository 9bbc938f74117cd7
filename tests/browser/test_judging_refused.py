"""Answers given offline that the server then refuses, with second thoughts queued behind them: the last word is kept."""

from typing import TYPE_CHECKING

from annotation.actions.change_campaign import patch_campaign
from annotation.models import Campaign, Judgment, JudgmentRevision
from tests.browser.conftest import Visits
from tests.browser.test_judging import answered, pairs, shown  # noqa: F401
from tests.browser.test_judging_hands import CARD, desk
from tests.conftest import Team

if TYPE_CHECKING:
    from playwright.sync_api import Page


def ask_for_reasons(team: Team) -> None:
    """From now on the server refuses an answer without a reason; pages that are open do not know it."""
    campaign = Campaign.objects.get(project=team.project)
    patch_campaign(who=team.lead, campaign=campaign, patch={"rules": {"requires": ["tags"]}})


def write(page: "Page", text: str) -> None:
    page.keyboard.press("r")
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    page.keyboard.press("Escape")


def all_sent(page: "Page") -> None:
    page.wait_for_selector("[data-sync][data-state=saved]", timeout=15_000)


def test_a_change_behind_a_refused_answer_is_sent_in_its_place(pairs: Team, visit: Visits) -> None:  # noqa: F811
    window = visit(pairs.annotator)
    page = window.page
    window.open(desk(pairs))
    ask_for_reasons(pairs)
    page.context.set_offline(True)
    first = shown(page)
    page.keyboard.press("2")
    page.keyboard.press("u")
    page.keyboard.press("w")
    write(page, "On second thought it is made up.")
    page.keyboard.press("4")
    page.wait_for_selector("[data-sync][data-state=offline]")
    page.context.set_offline(False)
    all_sent(page)
    answered(1)
    kept = JudgmentRevision.objects.get(judgment__assignment_id=first)
    swapped = kept.judgment.assignment.swapped  # type: ignore[union-attr]
    assert (kept.choice, kept.tags) == ("a" if swapped else "b", ["ungrounded"])
    assert kept.rationale == "On second thought it is made up."
    assert page.is_hidden("[data-refusals]")
    assert shown(page) != first


def test_an_answer_refused_by_something_that_is_not_ours_waits_on_its_pair_too(
    pairs: Team,  # noqa: F811
    visit: Visits,
) -> None:
    window = visit(pairs.annotator)
    page = window.page
    window.open(desk(pairs))
    first = shown(page)
    page.context.route("**/judge/answer/", lambda route: route.fulfill(status=413, body="Too large"))
    page.keyboard.press("2")
    page.wait_for_selector("[data-refusals]:not([hidden])")
    page.context.unroute("**/judge/answer/")
    page.keyboard.press("3")
    assert shown(page) == first
    page.keyboard.press("Enter")
    answered(2)
    assert Judgment.objects.get(assignment_id=first).revisions.get().choice in "ab"


def test_an_answer_refused_with_its_change_waits_on_its_pair_as_it_was_said_last(
    pairs: Team,  # noqa: F811
    visit: Visits,
) -> None:
    window = visit(pairs.annotator)
    page = window.page
    window.open(desk(pairs))
    ask_for_reasons(pairs)
    page.context.set_offline(True)
    first = shown(page)
    write(page, "It is short.")
    page.keyboard.press("2")
    page.keyboard.press("u")
    write(page, "It is too short.")
    page.keyboard.press("4")
    page.wait_for_selector("[data-sync][data-state=offline]")
    page.context.set_offline(False)
    page.wait_for_selector("[data-refusals]:not([hidden])", timeout=15_000)
    all_sent(page)
    assert page.inner_text("[data-refusals]").count("at least one reason") == 1
    page.keyboard.press("w")
    page.keyboard.press("3")
    assert shown(page) == first
    assert page.input_value(f"{CARD} [name=rationale]") == "It is too short."
    assert page.get_attribute(f"{CARD} [data-choice][value=right]", "aria-pressed") == "true"
    page.keyboard.press("w")
    page.keyboard.press("Enter")
    answered(2)
    assert Judgment.objects.get(assignment_id=first).revisions.get().rationale == "It is too short."


def test_an_answer_refused_while_it_is_changed_goes_with_the_change(pairs: Team, visit: Visits) -> None:  # noqa: F811
    window = visit(pairs.annotator)
    page = window.page
    window.open(desk(pairs))
    ask_for_reasons(pairs)
    page.context.set_offline(True)
    first = shown(page)
    page.keyboard.press("2")
    page.keyboard.press("u")
    write(page, "Half a thought")
    page.context.set_offline(False)
    page.wait_for_selector("[data-refusals]:not([hidden])", timeout=15_000)
    assert shown(page) == first
    assert page.input_value(f"{CARD} [name=rationale]") == "Half a thought"
    page.keyboard.press("w")
    page.keyboard.press("4")
    answered(1)
    kept = Judgment.objects.get(assignment_id=first).revisions.get()
    assert (kept.rationale, kept.tags) == ("Half a thought", ["ungrounded"])


def test_answers_a_closed_page_left_wait_on_their_pair_in_the_next(pairs: Team, visit: Visits) -> None:  # noqa: F811
    window = visit(pairs.annotator)
    page = window.page
    window.open(desk(pairs))
    ask_for_reasons(pairs)
    first = shown(page)
    page.context.route("**/judge/answer/", lambda route: route.abort())
    write(page, "It is short.")
    page.keyboard.press("2")
    page.keyboard.press("u")
    write(page, "It is too short.")
    page.keyboard.press("4")
    page.wait_for_selector("[data-sync][data-state=offline]")
    page.context.unroute("**/judge/answer/")
    page.evaluate(
        """() => Object.keys(localStorage).filter((key) => key.startsWith("winnow.answers")).forEach((key) => {
            localStorage.setItem(key, JSON.stringify({ ...JSON.parse(localStorage.getItem(key)), at: Date.now() - 60_000 }));
        })"""
    )
    page.reload()
    page.wait_for_selector("[data-refusals]:not([hidden])", timeout=15_000)
    all_sent(page)
    card = f"[data-assignment='{first}']"
    for _answer in range(3):
        if shown(page) == first:
            break
        page.keyboard.press("w")
        page.keyboard.press("3")
    assert page.input_value(f"{card} [name=rationale]") == "It is too short."
    assert page.get_attribute(f"{card} [data-choice][value=right]", "aria-pressed") == "true"
