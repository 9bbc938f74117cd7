"""Every kind of object page, filled with texts that would like to break it."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import NARROW, WIDE, Visit
from tests.browser.filled import Filled, fill
from tests.conftest import Team


def opens_well(window: Visit, paths: list[str]) -> None:
    for path in paths:
        for width in (WIDE, NARROW):
            window.resize(width)
            assert window.open(path) == 200, path
            assert window.sideways() == 0, f"{path} scrolls sideways at {width} px"
        assert window.page.locator("h1").count() == 1, f"{path} needs one h1"
    assert window.complaints == []


@pytest.fixture
def filled(team: Team) -> Filled:
    return fill(team)


def test_pages_of_a_data_lead(visit: Callable[..., Visit], team: Team, filled: Filled) -> None:
    opens_well(visit(team.lead), filled.of_a_lead())


def test_pages_of_an_engineer(visit: Callable[..., Visit], team: Team, filled: Filled) -> None:
    opens_well(visit(team.engineer, dark=True), filled.of_an_engineer())


def test_pages_of_an_annotator(visit: Callable[..., Visit], team: Team, filled: Filled) -> None:
    opens_well(visit(team.annotator), filled.of_an_annotator())
