"""A span opens by keyboard and loads what it said; the page of what came in asks again until it is told to stand still."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from curation.actions.ingest_batch import ingest_batch
from curation.actions.settle_traces import settle_traces
from curation.ingest.items import read_records
from curation.models import Trace
from tests.browser.conftest import NARROW, Visit
from tests.conftest import Team
from tests.curation.records import record


@pytest.fixture
def trace(team: Team, settings: Any) -> Trace:
    """One real trace, settled."""
    settings.SETTLE_GRACE_SECONDS = 0
    items = read_records(io.BytesIO(json.dumps(record()).encode()), place="f.jsonl")
    ingest_batch(who=team.lead, project=team.project, route="jsonl", items=items)
    settle_traces()
    return Trace.objects.get()


@pytest.mark.parametrize("width", [1440, NARROW])
def test_a_span_opens_by_keyboard(visit: Callable[..., Visit], team: Team, trace: Trace, width: int) -> None:
    window = visit(team.lead, width=width)
    window.open(f"/p/acme/curation/traces/{trace.pk}/")
    window.page.keyboard.press("j")
    assert window.page.evaluate("document.activeElement.tagName") == "SUMMARY"
    window.page.keyboard.press("Enter")
    window.page.wait_for_selector(".span__body .attributes")
    assert "gen_ai.input.messages" in window.page.locator(".span__body").first.inner_text()
    assert window.sideways() == 0
    assert window.complaints == []


def test_the_page_asks_again_until_it_stands_still(
    visit: Callable[..., Visit], team: Team, trace: Trace
) -> None:
    window = visit(team.lead)
    asked: list[str] = []
    window.page.on("request", lambda request: asked.append(request.url))
    window.open("/p/acme/curation/ingest/")
    window.page.wait_for_selector("#flow-totals")
    with window.page.expect_request("**/ingest/now/**", timeout=15_000):
        pass
    window.page.keyboard.press("p")
    window.page.wait_for_url("**live=off")
    window.page.wait_for_selector("#flow-totals")
    asked.clear()
    window.page.wait_for_timeout(6_000)
    assert [url for url in asked if "/ingest/now/" in url] == []
    assert window.complaints == []
