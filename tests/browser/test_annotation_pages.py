"""Every page of annotation, full and empty: wide and narrow, light and dark, nothing faint, nothing a screen reader trips over."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.annotated import LONG, Annotated, annotate
from tests.browser.conftest import NARROW, WIDE, Visit
from tests.browser.test_object_pages import faults, wrong
from tests.conftest import Team

pytestmark = pytest.mark.browser


@pytest.fixture
def annotated(team: Team, settings: Any) -> Annotated:
    """A project full of judging."""
    settings.ARGILLA_SERVERS = ["https://argilla.example.org"]
    return annotate(team)


def test_every_page_of_leads(visit: Callable[..., Visit], annotated: Annotated) -> None:
    assert wrong(visit(annotated.team.lead), annotated.of_a_lead()) == []


def test_every_page_of_annotators(visit: Callable[..., Visit], annotated: Annotated) -> None:
    assert wrong(visit(annotated.team.annotator), annotated.of_an_annotator()) == []


def test_every_page_of_newcomers(visit: Callable[..., Visit], annotated: Annotated) -> None:
    assert wrong(visit(annotated.person), annotated.of_a_newcomer()) == []


def test_a_list_of_people_is_looked_through_and_done(
    visit: Callable[..., Visit], annotated: Annotated
) -> None:
    window = visit(annotated.team.lead)
    found = []
    for width in (WIDE, NARROW):
        window.resize(width)
        window.open(annotated.page("invite-people"))
        window.page.fill(
            "#id_pasted", f"email,name,team\nnew{width}@x.example,{LONG},{LONG[:70]}\nnobody,,\n"
        )
        window.page.click("text=See what would happen")
        window.page.wait_for_selector("text=Line 3")
        found += faults(window, f"invite plan {width}")
        window.page.click("text=Do this line")
        window.page.wait_for_selector("text=1 link was made")
        found += faults(window, f"invite done {width}")
        window.open(annotated.page("invite-people"))
        window.page.fill("#link_name", f"Team {width} {LONG[:60]}")
        window.page.click("text=Make the team link")
        window.page.wait_for_selector("[data-copy]")
        found += faults(window, f"join link {width}")
    assert found + window.complaints == []


def test_every_setting_is_readable_once_unfolded(visit: Callable[..., Visit], annotated: Annotated) -> None:
    window = visit(annotated.team.lead)
    found = []
    for width in (WIDE, NARROW):
        window.resize(width)
        window.open(annotated.page("campaign-settings", annotated.campaign.pk))
        window.page.click("details.more > summary")
        found += faults(window, f"settings unfolded {width}")
    assert found + window.complaints == []


def test_the_diversity_board_shows_who_is_there_and_what_would_help_and_hides_small_groups(
    visit: Callable[..., Visit], annotated: Annotated
) -> None:
    window = visit(annotated.team.lead)
    window.open(annotated.page("diversity", annotated.campaign.pk))
    people = window.page.inner_text("section[aria-labelledby=who-1] tbody tr:first-child")
    assert people.split()[:4] == ["All", "strata", "14", "57"]
    published = window.page.locator("section", has=window.page.locator("h2", has_text="Locale"))
    assert published.locator("dd").all_inner_texts() == ["not shown", "≈ 50\u202f%", "not shown"]
    assert published.get_by_label("Groups by stratum").locator("tbody td").all_inner_texts() == [
        "not shown",
        "covered",
        "not shown",
    ]
    assert "lacks people of under 30 (age band)" in window.page.inner_text("section[aria-labelledby=next]")
    assert "is shown from 20 people on either side" in published.inner_text()
    window.page.keyboard.press("Tab")
    window.page.locator("main summary").first.focus()
    window.page.keyboard.press("Enter")
    assert window.page.locator("main details[open] table").first.is_visible()
    window.page.click("text=Invite people")
    window.page.wait_for_url("**/annotation/people/")
    assert window.complaints == []
