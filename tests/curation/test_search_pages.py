"""The search field over the traces and its endpoint: what is found is marked, what is typed wrong says what to do."""

from __future__ import annotations

from typing import Any

import pytest

from core import embedding
from curation.pipeline import run_curation
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]


@pytest.fixture(autouse=True)
def searched(team: Team, settle_at_once: None, structured_lane: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)
    arrive(team, ("Where is my <b>refund</b>?", long_answer(1)), ("Something else", long_answer(2)))
    run_curation(team.project)


def page(team: Team, query: str, who: Any = None) -> str:
    response = team.client(who or team.lead).get(f"/p/{team.project.slug}/curation/traces/?{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_what_was_found_is_marked_and_escaped(team: Team) -> None:
    text = page(team, "q=refunds")
    assert "<mark>refund</mark>" in text
    assert "<b>refund" not in text
    assert "Something else" not in text
    assert "1 in all" in text


def test_filters_and_search_stand_together_in_the_address(team: Team) -> None:
    assert "No trace passes these filters" in page(team, "q=refund&kind=code")
    assert "<mark>refund</mark>" in page(team, "q=refund&difficulty=easy&since=2020-01-01")
    assert "No trace passes these filters" in page(team, "q=refund&until=2020-01-01")
    assert "No trace passes these filters" in page(team, "since=yesterday")


def test_a_query_without_a_word_says_what_to_do(team: Team) -> None:
    assert "There is no word to look for" in page(team, "q=%22%22")


def test_who_may_not_read_traces_may_not_search_them(team: Team, other_team: Team) -> None:
    for who, status in ((team.annotator, 403), (other_team.lead, 404)):
        address = f"/p/{team.project.slug}/curation/traces/?q=refund"
        assert team.client(who).get(address).status_code == status


def test_the_endpoint_gives_the_stretch_in_pieces(team: Team) -> None:
    found = team.client(team.lead).get(f"/api/v1/projects/{team.project.slug}/search?q=refund").json()
    assert (found["total"], found["indexing"], found["after"]) == (1, False, "")
    (hit,) = found["results"]
    assert [piece["text"] for piece in hit["snippet"]["pieces"] if piece["found"]] == ["refund"]
    refused = team.client(team.lead).get(f"/api/v1/projects/{team.project.slug}/search?q=")
    assert refused.status_code == 409
    assert refused.json()["title"] == "query empty"
