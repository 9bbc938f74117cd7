"""The curation board by keyboard: losses and members row by row, strata cell by cell, the threshold live and without a reload."""

from collections.abc import Callable
from typing import Any

import pytest

from core import embedding
from curation.models import Cluster
from curation.pipeline import run_curation
from tests.browser.conftest import NARROW, Visit
from tests.browser.test_themes import CONTRASTS
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer

BOARD = "/p/acme/curation/"


@pytest.fixture
def curated(team: Team, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Team:
    """A cluster of three, a failed call and a conversation of its own."""
    settings.SETTLE_GRACE_SECONDS = 0
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)
    text = long_answer(1)
    arrive(
        team,
        ("What now", text),
        ("What now", f"{text} and so it ends"),
        ("What now", f"{text} or does it"),
        ("It fails", None),
        ("<i>Other</i>", long_answer(2)),
    )
    run_curation(team.project)
    return team


def test_the_board_opens_onto_what_was_left_out(visit: Callable[..., Visit], curated: Team) -> None:
    window = visit(curated.lead)
    window.open(BOARD)
    window.page.keyboard.press("j")
    window.page.keyboard.press("Enter")
    window.page.wait_for_url("**/dropped/?reason=no_answer")
    assert "failed: timeout" in window.page.inner_text("main")
    window.open(BOARD)
    window.page.locator(".heatmap td a").first.focus()
    window.page.keyboard.press("Enter")
    window.page.wait_for_url("**/traces/?state=kept**")
    assert window.complaints == []


def test_members_are_walked_with_n_and_p(visit: Callable[..., Visit], curated: Team) -> None:
    cluster = Cluster.objects.get(project=curated.project, view="whole")
    window = visit(curated.lead)
    window.open(f"{BOARD}clusters/{cluster.pk}/")
    first = window.page.inner_text("tr[aria-current=true] .number")
    window.page.keyboard.press("n")
    window.page.wait_for_url("**member=**")
    assert window.page.inner_text("tr[aria-current=true] .number") <= first
    assert window.page.locator("[data-key=n]").count() == 0
    window.page.keyboard.press("p")
    window.page.wait_for_selector("[data-key=n]")
    assert window.page.locator(".diff ins, .diff del").count() > 0
    assert window.complaints == []


def test_the_slider_shows_other_pairs_without_a_reload(visit: Callable[..., Visit], curated: Team) -> None:
    window = visit(curated.lead)
    window.open(f"{BOARD}threshold/")
    window.page.evaluate("window.stayed = true")
    window.page.keyboard.press("t")
    for _step in range(3):
        window.page.keyboard.press("ArrowRight")
    window.page.wait_for_selector("text=Just below 0.83")
    assert window.page.input_value("#exactly") == "0.83"
    assert window.page.evaluate("window.stayed") is True
    assert window.page.evaluate("document.activeElement.id") == "t"
    assert window.complaints == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_is_cut_off_or_faint_on_a_narrow_screen(
    visit: Callable[..., Visit], curated: Team, dark: bool
) -> None:
    cluster = Cluster.objects.get(project=curated.project, view="whole")
    window = visit(curated.lead, width=NARROW, dark=dark)
    for path in ("", "dropped/?reason=near_duplicate", "clusters/", f"clusters/{cluster.pk}/", "threshold/"):
        assert window.open(BOARD + path) == 200
        assert window.sideways() == 0, path
        assert window.page.evaluate(CONTRASTS) == [], path
    assert window.complaints == []
