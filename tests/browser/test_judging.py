"""Judging in a real browser: by keyboard alone, without waiting, and without losing an answer."""

import re
import time
from uuid import UUID

import pytest

from annotation.actions.campaigns import create_campaign
from annotation.actions.make_pairs import make_pairs
from annotation.actions.make_repairs import make_repairs
from annotation.models import Assignment, Judgment, JudgmentRevision, Response
from tests.annotation.conftest import conversation, store
from tests.browser.conftest import NARROW, RELEASE, WIDE, Visits
from tests.conftest import Team

PAIRS = 5


@pytest.fixture
def pairs(team: Team) -> Team:
    """Five pairs that wait for judges."""
    campaign = create_campaign(who=team.lead, project=team.project, name="Which is better", overlap=2)
    for n in range(PAIRS):
        for variant in ("one", "two"):
            text = f"Answer **{variant}** to question {n}.\n\n" + "A list is a mutable sequence. " * (
                1 + 8 * n
            )
            passages = ["A list is a mutable sequence."]
            store(
                team.project, conversation(f"What is a list, {n}?", text, passages=passages), variant=variant
            )
    assert make_pairs(who=team.lead, campaign=campaign).total == PAIRS
    return team


def shown(page):  # type: ignore[no-untyped-def]
    """The assignment on the screen."""
    return page.get_attribute("[data-card]:not([hidden])", "data-assignment")


def answered(number: int) -> None:
    """Wait until the server holds that many answers."""
    until = time.monotonic() + 10
    while Judgment.objects.count() < number and time.monotonic() < until:
        time.sleep(0.05)
    assert Judgment.objects.count() == number


def test_a_whole_round_is_judged_by_keyboard_alone(pairs: Team, visit: Visits) -> None:
    window = visit(pairs.annotator)
    page = window.page
    assert window.open(f"/p/{pairs.project.slug}/annotation/judge/?round=3") == 200
    first = shown(page)
    page.keyboard.press("w")
    page.keyboard.press("r")
    page.keyboard.type("It says what the passage says. 123")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    second = shown(page)
    assert second != first
    page.keyboard.press("ArrowRight")
    page.keyboard.press("u")
    assert shown(page) == second
    assert (
        page.get_attribute(f"[data-assignment='{second}'] [data-choice][value=right]", "aria-pressed")
        == "true"
    )
    page.keyboard.press("5")
    page.wait_for_selector("[data-card]:not([hidden])")
    page.keyboard.press("6")
    page.wait_for_selector("[data-round-end]:not([hidden])")
    assert "3" in page.inner_text("[data-round-end]")
    page.wait_for_selector("[data-sync][data-state=saved]")
    answered(3)
    told = JudgmentRevision.objects.get(judgment__assignment_id=first)
    assert (told.tags, told.rationale) == (["ungrounded"], "It says what the passage says. 123")
    changed = JudgmentRevision.objects.filter(judgment__assignment_id=second).order_by("number")
    swapped = Assignment.objects.get(pk=second).swapped
    assert [(r.choice, r.strength) for r in changed] == [("a" if swapped else "b", n) for n in (1, 2)]
    assert not window.complaints


def test_an_answer_given_without_connection_is_kept_and_sent_later(pairs: Team, visit: Visits) -> None:
    window = visit(pairs.annotator)
    page = window.page
    window.open(f"/p/{pairs.project.slug}/annotation/judge/")
    page.context.set_offline(True)
    first = shown(page)
    page.keyboard.press("3")
    assert shown(page) != first
    page.wait_for_selector("[data-sync][data-state=offline]")
    assert not Judgment.objects.exists()
    page.context.set_offline(False)
    page.wait_for_selector("[data-sync][data-state=saved]", timeout=15_000)
    answered(1)
    assert str(Judgment.objects.get().assignment_id) == first


def test_an_answer_given_signed_out_waits_for_the_next_sign_in(pairs: Team, visit: Visits) -> None:
    window = visit(pairs.annotator)
    page = window.page
    window.open(f"/p/{pairs.project.slug}/annotation/judge/")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.keyboard.press("3")
    page.wait_for_selector("[data-sync][data-state=signed-out]")
    assert page.is_visible("[data-sign-in]")
    assert page.is_visible("[data-sign-in-panel] input[type=password]")
    assert not Judgment.objects.exists()
    page.context.add_cookies(cookies)
    page.wait_for_selector("[data-sync][data-state=saved]", timeout=15_000)
    answered(1)


def test_a_reload_keeps_the_pair_and_what_was_written(pairs: Team, visit: Visits) -> None:
    window = visit(pairs.annotator)
    page = window.page
    window.open(f"/p/{pairs.project.slug}/annotation/judge/")
    first = shown(page)
    page.keyboard.press("r")
    page.keyboard.type("Half a thought")
    page.reload()
    assert shown(page) == first
    assert page.input_value(f"[data-assignment='{first}'] [name=rationale]") == "Half a thought"


def test_leaving_the_page_gives_back_the_pair_that_was_fetched_ahead(pairs: Team, visit: Visits) -> None:
    window = visit(pairs.annotator)
    window.page.context.unroute(RELEASE)
    window.open(f"/p/{pairs.project.slug}/annotation/judge/")
    first = shown(window.page)
    window.open("/healthz")
    until = time.monotonic() + 10
    while not Assignment.objects.filter(state="released").exists() and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(0.5)
    states = dict(Assignment.objects.values_list("pk", "state"))
    assert sorted(states.values()) == ["leased", "released"]
    assert states[UUID(first)] == "leased"


def test_the_next_pair_is_painted_at_once(pairs: Team, visit: Visits) -> None:
    window = visit(pairs.annotator)
    page = window.page
    window.open(f"/p/{pairs.project.slug}/annotation/judge/")
    page.wait_for_timeout(300)
    first = shown(page)
    painted = page.evaluate(
        """() => new Promise((done) => {
            const began = performance.now();
            document.dispatchEvent(new KeyboardEvent("keydown", { key: "2", bubbles: true }));
            requestAnimationFrame(() => requestAnimationFrame(() => {
                const card = document.querySelector("[data-card]:not([hidden])");
                const box = card.querySelector("[data-side=left] .prose").getBoundingClientRect();
                done({
                    after: performance.now() - began,
                    assignment: card.dataset.assignment,
                    text: card.querySelector("[data-side=left]").innerText,
                    seen: box.width > 0 && box.height > 0 && box.top < innerHeight,
                });
            }));
        })"""
    )
    assert painted["assignment"] not in (None, first)
    assert painted["seen"]
    assert "Answer" in painted["text"]
    assert painted["after"] < 250


def test_differences_evidence_skip_and_keys_open_by_key(pairs: Team, visit: Visits) -> None:
    window = visit(pairs.annotator)
    page = window.page
    window.open(f"/p/{pairs.project.slug}/annotation/judge/")
    first = shown(page)
    card = f"[data-assignment='{first}']"
    page.keyboard.press("d")
    page.wait_for_selector(f"{card} [data-diff-side=left] del")
    page.keyboard.press("v")
    assert page.is_visible(f"{card} .passage >> nth=0")
    page.keyboard.press("?")
    assert page.is_visible("dialog#keys")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    assert page.is_visible(f"{card} [data-flag] button >> nth=0")
    page.keyboard.press("Escape")
    assert not page.is_visible(f"{card} [data-flag] button >> nth=0")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_function(f"!document.querySelector(`{card}`)")
    page.wait_for_selector("[data-sync][data-state=saved]")
    assert not window.complaints


def test_an_answer_is_changed_by_keyboard(pairs: Team, visit: Visits) -> None:
    window = visit(pairs.annotator)
    page = window.page
    window.open(f"/p/{pairs.project.slug}/annotation/judge/")
    page.keyboard.press("2")
    answered(1)
    judgment = Judgment.objects.get()
    window.open(f"/p/{pairs.project.slug}/annotation/judge/{judgment.assignment_id}/")
    assert page.get_attribute("[data-choice][value=left]", "aria-pressed") == "true"
    page.keyboard.press("t")
    page.keyboard.press("4")
    page.wait_for_url("**/annotation/work/")
    latest = judgment.revisions.order_by("-number")[0]
    assert (judgment.revisions.count(), latest.tags) == (2, ["wrong"])
    assert not window.complaints


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("dark", [False, True])
def test_the_page_fits_every_window(pairs: Team, visit: Visits, width: int, dark: bool) -> None:
    window = visit(pairs.annotator, dark=dark, width=width)
    window.open(f"/p/{pairs.project.slug}/annotation/judge/")
    assert window.sideways() == 0
    assert window.page.is_visible("[data-card]:not([hidden]) [data-choice][value=left]")
    assert not window.complaints


def test_the_page_names_no_model_and_loads_little(pairs: Team, visit: Visits) -> None:
    window = visit(pairs.annotator)
    window.open(f"/p/{pairs.project.slug}/annotation/judge/")
    html = window.page.content()
    for response in Response.objects.all():
        assert str(response.pk) not in html
    assert not re.search(r'"(?:one|two)"', html)


def test_an_answer_is_mended_by_keyboard(team: Team, visit: Visits) -> None:
    campaign = create_campaign(who=team.lead, project=team.project, name="Mend", kind="repair", overlap=1)
    store(team.project, conversation("What is a tuple?", "A tuple is a mutable list."))
    make_repairs(who=team.lead, campaign=campaign)
    window = visit(team.annotator)
    page = window.page
    window.open(f"/p/{team.project.slug}/annotation/repair/")
    page.keyboard.press("k")
    assert page.is_visible("[data-skip] button >> nth=0")
    page.keyboard.press("Escape")
    assert not page.is_visible("[data-skip] button >> nth=0")
    page.keyboard.press("e")
    page.keyboard.press("Control+A")
    page.keyboard.type("A tuple is an immutable sequence.")
    page.wait_for_selector("[data-diff-target] ins")
    page.click("[data-act=original]")
    assert page.input_value("#repair-text") == "A tuple is a mutable list."
    assert page.is_hidden("[data-act=original]")
    page.keyboard.press("Control+Z")
    assert page.input_value("#repair-text") == "A tuple is an immutable sequence."
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    page.wait_for_load_state()
    answered(2)
    assert Response.objects.get(origin="fix").text == "A tuple is an immutable sequence."
    assert not window.complaints
