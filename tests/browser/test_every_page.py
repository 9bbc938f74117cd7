"""Every page a role can reach from its navigation opens cleanly, wide and narrow, in both themes."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import NARROW, WIDE, Visit
from tests.conftest import Team

ROLES = ("annotator", "lead", "engineer", "admin")


def pages_of(window: Visit) -> list[str]:
    window.open("/")
    links = window.page.eval_on_selector_all(
        ".side a[href]", "found => found.map(a => a.getAttribute('href'))"
    )
    return sorted(set(links))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_in_the_navigation_opens_without_a_complaint(
    visit: Callable[..., Visit], team: Team, role: str, dark: bool
) -> None:
    window = visit(getattr(team, role), dark=dark)
    found = pages_of(window)
    assert "/" in found
    for path in found:
        for width in (WIDE, NARROW):
            window.resize(width)
            assert window.open(path) == 200, path
            assert window.sideways() == 0, f"{path} scrolls sideways at {width} px"
            assert window.page.locator("h1").count() == 1, f"{path} needs one h1"
            assert window.page.title(), path
    assert window.complaints == []


def test_signing_in_works_without_a_mouse(visit: Callable[..., Visit], team: Team) -> None:
    window = visit()
    window.open("/login/")
    window.page.keyboard.type(team.lead.email)
    window.page.keyboard.press("Tab")
    window.page.keyboard.type("a long password")
    window.page.keyboard.press("Enter")
    window.page.wait_for_url("**/")
    assert window.page.locator("h1").inner_text() == "Acme"
    assert window.complaints == []


def test_the_styleguide_shows_every_component_cleanly(visit: Callable[..., Visit], team: Team) -> None:
    for dark in (False, True):
        window = visit(team.admin, dark=dark)
        for width in (WIDE, NARROW, 320):
            window.resize(width)
            assert window.open("/styleguide/") == 200
            assert window.sideways() == 0, width
        assert window.complaints == []
