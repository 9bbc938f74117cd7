"""Beside the judging: guidelines, sections, questions, fixes, one's own keys, and signing in again in place."""

import pytest

from annotation.actions.choose_keys import choose_keys
from annotation.actions.publish_text import attach_text, publish_text
from annotation.models import (
    AnnotatorProfile,
    Campaign,
    GuidelinesRead,
    Item,
    Judgment,
    JudgmentRevision,
    Question,
    Response,
)
from tests.browser.conftest import Visits
from tests.browser.test_judging import answered, pairs, shown  # noqa: F401
from tests.conftest import Team

CARD = "[data-card]:not([hidden])"
PASSWORD = "a long password"


def desk(team: Team) -> str:
    return f"/p/{team.project.slug}/annotation/judge/"


@pytest.fixture
def guided(pairs: Team) -> Team:  # noqa: F811
    """The pairs are judged under guidelines and a policy."""
    campaign = Campaign.objects.get(project=pairs.project)
    for kind, text in (
        ("guidelines", "Prefer what is true."),
        ("policy", "1. Truth\nSo.\n\n2.1 Refusals\nNo."),
    ):
        made = publish_text(who=pairs.lead, project=pairs.project, kind=kind, name="House", text=text)
        attach_text(who=pairs.lead, campaign=campaign, kind=kind, asset=made.asset)
    return pairs


def test_guidelines_are_read_once_and_again_when_decisions_change(guided: Team, visit: Visits) -> None:
    window = visit(guided.annotator)
    page = window.page
    window.open(desk(guided))
    page.wait_for_selector("[data-guidelines-panel][open] [data-asked]")
    page.keyboard.press("3")
    assert not Judgment.objects.exists()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-guidelines-panel][open]", state="detached")
    page.keyboard.press("l")
    page.wait_for_selector("[data-section-panel][open] [data-section='2.1']")
    page.keyboard.type("refus")
    page.keyboard.press("Enter")
    publish_text(
        who=guided.lead, project=guided.project, kind="guidelines", name="House", text="Prefer what is short.",
        changes_decisions=True,
    )  # fmt: skip
    first = shown(page)
    page.keyboard.press("r")
    page.keyboard.type("It is true.")
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    page.wait_for_selector("[data-guidelines-panel][open] ins")
    assert not Judgment.objects.exists()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-guidelines-panel][open]", state="detached")
    assert shown(page) == first
    assert page.get_attribute(f"{CARD} [data-choice][value=tie]", "aria-pressed") == "true"
    page.keyboard.press("Enter")
    answered(1)
    told = JudgmentRevision.objects.get()
    assert (told.choice, told.section, told.rationale) == ("tie", "2.1", "It is true.")
    assert told.guidelines is not None
    assert told.guidelines.number == 2
    assert str(told.judgment.assignment_id) == first
    assert GuidelinesRead.objects.count() == 2
    page.keyboard.press("3")
    answered(2)
    assert [one for one in window.complaints if "409" not in one] == []


def test_the_better_answer_is_fixed_and_a_lead_is_asked(pairs: Team, visit: Visits) -> None:  # noqa: F811
    window = visit(pairs.annotator)
    page = window.page
    window.open(desk(pairs))
    first = shown(page)
    page.keyboard.press("e")
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector(f"{CARD} [data-side=left] textarea:focus")
    page.keyboard.press("Control+A")
    page.keyboard.type("A list is a sequence one may change: 1 2 3.")
    page.wait_for_selector(f"{CARD} [data-mend-diff] ins")
    page.keyboard.press("Control+Enter")
    answered(2)
    assert shown(page) == first
    assert Response.objects.get(origin="fix").text == "A list is a sequence one may change: 1 2 3."
    page.keyboard.press("q")
    page.keyboard.type("Is a joke an answer?")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[data-sync][data-state=saved]")
    page.wait_for_function(f"document.querySelector('{CARD}')?.dataset.assignment !== '{first}'")
    page.wait_for_timeout(500)
    assert Question.objects.get().text == "Is a joke an answer?"
    assert not window.complaints


def test_no_key_is_lost_to_focus(pairs: Team, visit: Visits) -> None:  # noqa: F811
    window = visit(pairs.annotator)
    page = window.page
    window.open(desk(pairs))
    for click in (
        ".reason >> nth=1",
        "[data-act=diff]",
        "[data-act=sync]",
        "[data-evidence] summary >> nth=0",
    ):
        page.click(f"{CARD} {click}")
        before = page.is_checked(f"{CARD} [data-press='tag:unsafe']")
        page.keyboard.press("n")
        assert page.is_checked(f"{CARD} [data-press='tag:unsafe']") is not before, click
    page.click(f"{CARD} .answer__name >> nth=0")
    page.evaluate("window.dispatchEvent(new Event('blur')); window.dispatchEvent(new Event('focus'))")
    first = shown(page)
    page.keyboard.press("3")
    assert shown(page) != first


def test_ones_own_keys_hold_and_are_shown(pairs: Team, visit: Visits) -> None:  # noqa: F811
    choose_keys(who=pairs.annotator, mode="alt", keys={"tie": "."})
    window = visit(pairs.annotator)
    page = window.page
    window.open(desk(pairs))
    tie = f"{CARD} [data-choice][value=tie]"
    assert page.get_attribute(tie, "aria-keyshortcuts") == "Alt+."
    first = shown(page)
    page.keyboard.press("2")
    page.keyboard.press(".")
    assert shown(page) == first
    page.keyboard.press("Alt+.")
    assert shown(page) != first
    answered(1)


def test_single_keys_can_be_off(pairs: Team, visit: Visits) -> None:  # noqa: F811
    choose_keys(who=pairs.annotator, mode="off", keys={})
    window = visit(pairs.annotator)
    page = window.page
    window.open(desk(pairs))
    first = shown(page)
    for key in ("1", "3", "k", "?"):
        page.keyboard.press(key)
    assert shown(page) == first
    assert not page.is_visible("dialog#keys")
    page.keyboard.press("ArrowLeft")
    assert shown(page) != first


def test_signing_in_again_in_place_sends_what_waited(pairs: Team, visit: Visits) -> None:  # noqa: F811
    window = visit(pairs.annotator)
    page = window.page
    window.open(desk(pairs))
    page.context.clear_cookies()
    page.keyboard.press("3")
    page.wait_for_selector("[data-sign-in-panel][open] input[type=password]:focus")
    page.keyboard.type("not it")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-sign-in-error]:not([hidden])")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-sync][data-state=saved]", timeout=15_000)
    answered(1)
    page.keyboard.press("3")
    answered(2)


def test_a_browser_that_keeps_nothing_still_sends_every_answer(pairs: Team, visit: Visits) -> None:  # noqa: F811
    window = visit(pairs.annotator)
    page = window.page
    page.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
    )
    window.open(desk(pairs))
    page.context.set_offline(True)
    page.keyboard.press("3")
    page.wait_for_selector("[data-sync][data-state=offline]")
    assert "stores nothing" in page.inner_text("[data-announce]")
    page.context.set_offline(False)
    page.wait_for_selector("[data-sync][data-state=saved]", timeout=15_000)
    answered(1)


def test_a_fault_of_the_server_holds_up_one_answer_only(pairs: Team, visit: Visits) -> None:  # noqa: F811
    window = visit(pairs.annotator)
    page = window.page
    window.open(desk(pairs))
    failed: list[str] = []

    def fail_the_first(route) -> None:  # type: ignore[no-untyped-def]
        assignment = (route.request.post_data or "").split("assignment=")[1][:36]
        if not failed:
            failed.append(assignment)
        route.fulfill(status=500, body="x") if assignment == failed[0] else route.continue_()

    page.route("**/judge/answer/", fail_the_first)
    page.keyboard.press("3")
    page.wait_for_selector("[data-sync][data-state=failing]")
    page.keyboard.press("3")
    page.wait_for_timeout(2_000)
    answered(1)
    page.unroute("**/judge/answer/")
    page.wait_for_selector("[data-sync][data-state=saved]", timeout=20_000)
    answered(2)


def test_two_windows_with_one_store_lose_no_answer(pairs: Team, visit: Visits) -> None:  # noqa: F811
    window = visit(pairs.annotator)
    page, other = window.page, window.page.context.new_page()
    window.open(desk(pairs))
    page.context.set_offline(True)
    page.keyboard.press("3")
    page.keyboard.press("3")
    page.wait_for_selector("[data-sync][data-state=offline]")
    page.context.set_offline(False)
    other.goto(window.address + desk(pairs))
    other.keyboard.press("4")
    page.wait_for_selector("[data-sync][data-state=saved]", timeout=20_000)
    other.wait_for_selector("[data-sync][data-state=saved]", timeout=20_000)
    assert Judgment.objects.count() >= 2


def test_warned_of_material_is_covered_until_one_looks(pairs: Team, visit: Visits) -> None:  # noqa: F811
    Item.objects.update(sensitive=True)
    AnnotatorProfile.objects.create(project=pairs.project, user=pairs.annotator, sensitive_ok=True)
    window = visit(pairs.annotator)
    page = window.page
    window.open(desk(pairs))
    assert page.is_visible(f"{CARD} [data-cover]")
    assert not page.is_visible(f"{CARD} .answer__body >> nth=0")
    first = shown(page)
    page.keyboard.press("3")
    assert shown(page) == first
    page.keyboard.press("m")
    assert not page.is_visible(f"{CARD} [data-marker]")
    page.keyboard.press("Enter")
    assert page.is_visible(f"{CARD} .answer__body >> nth=0")
    page.keyboard.press("3")
    assert shown(page) != first
