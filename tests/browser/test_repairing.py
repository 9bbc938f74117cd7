"""Repairs in a real browser: the cover, the turn's label, the report and the practice before, by keyboard."""

from collections.abc import Callable

import pytest

from annotation.actions.campaigns import create_campaign
from annotation.actions.choose_keys import choose_keys
from annotation.actions.make_repairs import make_repairs
from annotation.actions.practice_setup import set_practice, write_practice_item
from annotation.models import AnnotatorProfile, Campaign, Item, Judgment, PracticeAnswer
from tests.annotation.conftest import conversation, store
from tests.browser.conftest import Visit
from tests.browser.test_judging import answered
from tests.conftest import Team

Visits = Callable[..., Visit]
PANE = ".repair__pane >> nth=0"


@pytest.fixture
def mending(team: Team) -> Team:
    """Two answers that wait to be mended."""
    campaign = create_campaign(who=team.lead, project=team.project, name="Mend", kind="repair", overlap=1)
    for thing in ("tuple", "set"):
        store(team.project, conversation(f"What is a {thing}?", f"A {thing} is a mutable list."))
    assert make_repairs(who=team.lead, campaign=campaign) == 2
    return team


def address(team: Team) -> str:
    return f"/p/{team.project.slug}/annotation/repair/"


def test_warned_of_material_is_covered_until_one_looks(mending: Team, visit: Visits) -> None:
    Item.objects.update(sensitive=True)
    AnnotatorProfile.objects.create(project=mending.project, user=mending.annotator, sensitive_ok=True)
    window = visit(mending.annotator)
    page = window.page
    window.open(address(mending))
    assert page.is_visible("[data-cover]")
    assert not page.is_visible(PANE)
    page.keyboard.press("1")
    assert page.is_visible("[data-cover]")
    page.keyboard.press("Enter")
    assert page.is_visible(PANE)
    assert not page.is_visible("[data-cover]")
    page.keyboard.press("1")
    page.wait_for_load_state()
    answered(1)
    assert not window.complaints


def test_the_turn_is_labelled_and_decided_by_keyboard(mending: Team, visit: Visits) -> None:
    window = visit(mending.annotator)
    page = window.page
    window.open(address(mending))
    page.keyboard.press("7")
    assert page.is_checked("[name=act][value=refuse]")
    page.keyboard.press("3")
    page.wait_for_load_state()
    answered(1)
    said = Judgment.objects.get().revisions.get()
    assert (said.choice, said.act) == ("drop", "refuse")


def test_an_answer_is_reported_by_keyboard_and_the_next_one_comes(mending: Team, visit: Visits) -> None:
    window = visit(mending.annotator)
    page = window.page
    window.open(address(mending))
    first = page.get_attribute("[data-repair]", "data-assignment")
    page.keyboard.press("f")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"[data-repair]:not([data-assignment='{first}'])")
    assert Item.objects.filter(state="flagged").count() == 1


def test_practice_is_gone_through_with_ones_own_keys(mending: Team, visit: Visits) -> None:
    campaign = Campaign.objects.get()
    choose_keys(who=mending.annotator, mode="plain", keys={"drop": "0"})
    write_practice_item(
        who=mending.lead,
        campaign=campaign,
        question="What is a list?",
        answer_a="A tuple.",
        answer_b="",
        right=["drop"],
        explanation="It is wrong.",
    )
    set_practice(who=mending.lead, campaign=campaign, asked=1, right=1)
    window = visit(mending.annotator)
    page = window.page
    window.open(address(mending))
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-practice]")
    assert page.get_attribute("[data-press=drop]", "aria-keyshortcuts") == "0"
    page.keyboard.press("3")
    page.keyboard.press("0")
    page.wait_for_selector(".explained")
    assert PracticeAnswer.objects.get().choice == "drop"
    page.keyboard.press("Enter")
    page.wait_for_selector("text=you have passed")
    assert not window.complaints
