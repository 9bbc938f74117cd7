"""The price book on its page: what holds, the next version, and what a change of prices comes to before it is written."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from curation.models import CostRevision, DroppedDay
from curation.price_books import book_of
from tests.annotation.conftest import conversation, store
from tests.conftest import Team

pytestmark = pytest.mark.django_db
ENTRY = {"pattern": "m-1", "from": "2026-01-01", "input": 18.75, "output": 0.005}


def page(team: Team, path: str, status: int = 200) -> str:
    response = team.client(team.lead).get(f"/p/{team.project.slug}/curation/{path}")
    assert response.status_code == status, response.content[:500]
    return str(response.content.decode())


def send(team: Team, content: bytes, who: Any = None) -> str:
    file = SimpleUploadedFile("book.json", content, content_type="application/json")
    answer = team.client(who or team.lead).post(
        "/p/acme/curation/prices/next/", {"book": file, "note": "from the list of today"}, follow=True
    )
    return str(answer.content.decode())


def call(model: str = "m-1") -> dict[str, Any]:
    return {
        "span_id": "1" * 16, "operation": "chat", "provider": "p", "model_requested": model, "model_answered": model,
        "usage": {"input_tokens": 1_000_000, "output_tokens": 0}, "started_at": "2026-11-20T09:00:00+00:00",
        "ended_at": "", "ttft_ms": None, "latency_ms": 1.0, "status": "ok", "error_type": "", "cost_usd": None,
    }  # fmt: skip


def test_the_page_shows_the_book_that_holds_exactly(team: Team) -> None:
    assert "Holds now" in page(team, "prices/")
    assert "Version 2 holds from now on." in send(team, json.dumps({"entries": [ENTRY]}).encode())
    html = page(team, "prices/")
    assert "m-1" in html
    assert "18.750" in html, "no price is rounded"
    assert "0.005" in html
    assert "from the list of today" in html


def test_an_earlier_version_is_kept_and_says_that_it_does_not_hold(team: Team) -> None:
    send(team, json.dumps({"entries": [ENTRY]}).encode())
    assert "This is version 1; version 2 holds." in page(team, "prices/?version=1")
    page(team, "prices/?version=9", status=404)
    page(team, "prices/?version=x", status=404)


def test_what_was_downloaded_can_be_sent_back_changed(team: Team) -> None:
    book = json.loads(page(team, "prices/book.json"))
    assert "This is the price book that holds already." in send(team, json.dumps(book).encode())
    book["entries"].append(ENTRY)
    assert "Version 2 holds" in send(team, json.dumps(book).encode())


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"{", "not JSON"), (b"[]", "cannot be used"), (b'{"entries": [{"pattern": "a"}]}', "entry 1")],
)
def test_a_book_that_cannot_be_used_says_where_it_is_wrong(team: Team, content: bytes, said: str) -> None:
    assert said in send(team, content)
    assert book_of(team.project.pk).number == 1


def test_a_change_of_prices_is_seen_before_it_is_written(team: Team) -> None:
    version = store(team.project, conversation("a", "b", calls=[call()]))
    send(team, json.dumps({"entries": [ENTRY]}).encode())
    address = "prices/preview/?version=2&since=2026-11-01"
    html = page(team, address)
    assert "1 conversation would get another cost" in html
    assert "18.8" in html
    assert not CostRevision.objects.exists()
    team.client(team.lead).post("/p/acme/curation/prices/preview/", {"version": "2", "since": "2026-11-01"})
    assert str(CostRevision.objects.get(version=version).cost_usd) == "18.75000000"
    assert "Nothing would change" in page(team, address)
    assert "$ 18.75" in page(team, f"traces/{version.trace_id}/")


def test_more_than_one_can_wait_for_is_left_to_the_command(team: Team, monkeypatch: Any) -> None:
    store(team.project, conversation("a", "b", calls=[call()]))
    monkeypatch.setattr("curation.price_views.MOST_AT_ONCE", 0)
    assert "manage.py reprice" in page(team, "prices/preview/?version=1&since=2026-11-01")


def test_an_engineer_reads_prices_and_changes_none(team: Team) -> None:
    client = team.client(team.engineer)
    assert client.get("/p/acme/curation/prices/").status_code == 200
    assert client.get("/p/acme/curation/prices/preview/?version=1").status_code == 403
    send(team, json.dumps({"entries": [ENTRY]}).encode(), who=team.engineer)
    assert book_of(team.project.pk).number == 1


def test_costs_tokens_senders_and_kept_days_stand_in_the_ledger(team: Team) -> None:
    store(team.project, conversation("a", "b"), service="desk", model="m-1")
    html = page(team, "ingest/ledger/")
    for shown in ("desk", "1 without a price", "m-1", "2026-11-20", "WINNOW_RETENTION_DAYS is not set"):
        assert shown in html, shown
    assert not DroppedDay.objects.exists()


def test_the_ledger_names_the_day_that_goes_next(team: Team, settings: Any) -> None:
    settings.RETENTION_DAYS = 30
    store(team.project, conversation("a", "b"))
    assert "Texts are kept for 30 days." in page(team, "ingest/ledger/")


def test_an_empty_project_has_an_empty_ledger(team: Team) -> None:
    html = page(team, "ingest/ledger/")
    assert "No trace has settled yet" in html
    assert "No token may send yet" in html
