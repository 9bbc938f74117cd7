"""A practice round in a real browser to its end: failed, tried again and passed, by keyboard and on a phone."""

import pytest

from annotation.actions.campaigns import create_campaign
from annotation.actions.practice_setup import set_practice
from annotation.models import Campaign, PracticeAnswer, PracticeTry, Qualification
from tests.annotation.conftest import queue_pairs
from tests.annotation.test_practice import written
from tests.browser.conftest import NARROW, Visit, Visits
from tests.conftest import Team

END = "h1:has-text('Practice for') >> visible=true"


@pytest.fixture
def guarded(team: Team) -> Campaign:
    """Work behind a round of two items; both must be right."""
    campaign = create_campaign(who=team.lead, project=team.project, name="Which is better", overlap=2)
    queue_pairs(campaign, 1)
    written(team, campaign, 2)
    return set_practice(who=team.lead, campaign=campaign, asked=2, right=2)


def arrive(visit: Visits, team: Team, **window: int) -> Visit:
    """The work was asked for; the round stands before it."""
    found: Visit = visit(team.annotator, **window)
    found.open(f"/p/{team.project.slug}/annotation/judge/")
    return found


def settled(window: Visit, selector: str) -> None:
    """The next page stands, and hears keys."""
    window.page.wait_for_selector(selector)
    window.page.wait_for_load_state()


def answer(window: Visit, *, rightly: bool) -> None:
    """The first answer of every item is the right one; its side is drawn anew in each try."""
    attempt = PracticeTry.objects.latest("number")
    item = window.page.input_value("[data-practice] [name=item]")
    swapped = attempt.swapped[[str(one) for one in attempt.items].index(item)]
    window.page.keyboard.press("2" if rightly != swapped else "4")
    settled(window, ".explained")


def go_through(window: Visit, *rightly: bool) -> None:
    """From the card before the round to the card at its end, with Enter alone between the answers."""
    for one in rightly:
        window.page.keyboard.press("Enter")
        settled(window, "[data-practice] [data-press]")
        answer(window, rightly=one)
    window.page.keyboard.press("Enter")
    settled(window, END)


def test_who_fails_reads_what_was_wrong_and_tries_again(team: Team, guarded: Campaign, visit: Visits) -> None:
    window = arrive(visit, team)
    page = window.page
    go_through(window, True, False)
    assert page.is_visible("text=1 of 2 right; 2 are needed")
    wrong = PracticeAnswer.objects.select_related("item").get(is_right=False).item
    (section,) = page.query_selector_all("section:has(dl.facts)")
    assert wrong.question in section.inner_text()
    assert "Because" in section.inner_text()
    page.click("text=See it again")
    settled(window, ".explained")
    page.keyboard.press("Enter")
    settled(window, END)
    assert page.is_visible("text=1 of 2 right; 2 are needed")
    go_through(window, True, True)
    assert page.is_visible("text=2 of 2 right: you have passed")
    assert not window.complaints


def test_who_passes_goes_on_to_the_work_with_one_key(team: Team, guarded: Campaign, visit: Visits) -> None:
    window = arrive(visit, team)
    page = window.page
    go_through(window, True, True)
    assert page.is_visible("text=2 of 2 right: you have passed")
    assert Qualification.objects.get().practice == PracticeTry.objects.get()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-card]:not([hidden])")
    assert not window.complaints


@pytest.mark.parametrize("rightly", [True, False], ids=["passed", "failed"])
def test_the_end_of_a_round_fits_a_phone(team: Team, guarded: Campaign, visit: Visits, rightly: bool) -> None:
    window = arrive(visit, team, width=NARROW)
    go_through(window, True, rightly)
    assert window.sideways() == 0
    button = window.page.query_selector("[data-key=Enter]")
    assert button is not None
    box = button.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 900
    assert not window.complaints


def test_a_held_key_stops_at_the_end_of_the_round(team: Team, guarded: Campaign, visit: Visits) -> None:
    window = arrive(visit, team)
    page = window.page
    page.keyboard.press("Enter")
    for rightly in (True, False):
        settled(window, "[data-practice] [data-press]")
        answer(window, rightly=rightly)
        if rightly:
            page.keyboard.press("Enter")
    page.keyboard.down("Enter")
    settled(window, END)
    page.keyboard.down("Enter")
    page.wait_for_timeout(500)
    assert page.is_visible("text=1 of 2 right; 2 are needed")
    assert PracticeTry.objects.count() == 1


def test_a_card_left_open_in_another_tab_leads_on_to_the_work(
    team: Team, guarded: Campaign, visit: Visits
) -> None:
    window = arrive(visit, team)
    go_through(window, True, False)
    other = arrive(visit, team)
    go_through(other, True, True)
    window.page.keyboard.press("Enter")
    settled(window, "text=you have passed")
    assert not window.complaints


def test_an_item_left_open_in_another_tab_answers_no_later_try(
    team: Team, guarded: Campaign, visit: Visits
) -> None:
    """Its sides are those of the earlier try."""
    window, other = arrive(visit, team), arrive(visit, team)
    other.page.keyboard.press("Enter")
    settled(other, "[data-practice] [data-press]")
    go_through(window, False, False)
    window.page.keyboard.press("Enter")
    settled(window, "[data-practice] [data-press]")
    other.page.keyboard.press("2")
    settled(other, "[data-practice]:has([name=try][value='2'])")
    assert other.page.is_visible("[data-practice] [data-press]")
    assert PracticeAnswer.objects.filter(practice__number=2).count() == 0
