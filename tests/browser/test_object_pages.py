"""Every kind of object page, filled with texts that would like to break it: wide and narrow, light and dark, nothing faint."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from core import embedding
from tests.browser.conftest import NARROW, WIDE, Visit
from tests.browser.curated import curate
from tests.browser.filled import fill
from tests.browser.test_themes import CONTRASTS
from tests.conftest import Team

SHOTS = os.environ.get("WINNOW_SHOTS", "")
"""A folder for pictures of every page, for whoever wants to look."""


def problems(window: Visit, path: str, width: int) -> Iterator[str]:
    """What is wrong with this page at this width, in either theme."""
    window.resize(width)
    window.page.emulate_media(reduced_motion="reduce")
    if (status := window.open(path)) != 200:
        yield f"answers {status}"
    yield from faults(window, f"{path} {width}")


def faults(window: Visit, name: str) -> Iterator[str]:
    """What is wrong with the page as it stands, in either theme."""
    if window.sideways():
        yield "scrolls sideways"
    if window.page.locator("h1").count() != 1:
        yield "needs one h1"
    yield from stumbles(window)
    for theme in ("light", "dark"):
        window.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        yield from (f"{theme}: {faint}" for faint in window.page.evaluate(CONTRASTS))
        if SHOTS:
            shot = re.sub(r"[^a-z0-9_]+", "-", f"{name} {theme}".lower())
            window.page.screenshot(path=f"{SHOTS}/{shot}.png", full_page=True)


def stumbles(window: Visit) -> Iterator[str]:
    """What axe finds that keeps somebody from using the page."""
    for one in Axe().run(window.page).response["violations"]:
        if one["impact"] in ("serious", "critical"):
            yield f"{one['id']}: {one['nodes'][0]['html'][:200]}"


def wrong(window: Visit, paths: list[str]) -> list[str]:
    """Everything wrong with these pages, and what the console complained about."""
    found = [
        f"{path} at {width} px {one}"
        for path in paths
        for width in (WIDE, NARROW)
        for one in problems(window, path, width)
    ]
    return found + window.complaints


def test_every_object_page_opens_well_for_those_who_work_on_it(
    visit: Callable[..., Visit], team: Team, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SETTLE_GRACE_SECONDS = 0
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)
    filled = fill(team)
    assert wrong(visit(team.lead), filled.of_a_lead() + curate(team)) == []
    assert wrong(visit(team.engineer), filled.of_an_engineer()) == []
    assert wrong(visit(team.annotator), filled.of_an_annotator()) == []
