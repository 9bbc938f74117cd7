"""The page of what came in: live numbers, what was not taken, and rows that are taken after all."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.jobs.runner import run
from core.models import Job
from curation import refusals
from curation.actions.ingest_batch import ingest_batch
from curation.actions.settle_traces import settle_traces
from curation.actions.tally_minutes import tally_minutes
from curation.formats import record as record_form
from curation.ingest.items import read_records
from curation.models import IngestBatch, Refusal
from tests.conftest import Team
from tests.curation.records import record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_grace(settings: Any) -> None:
    settings.SETTLE_GRACE_SECONDS = 0


def send(team: Team, *values: Any) -> IngestBatch:
    data = b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in values)
    items = read_records(io.BytesIO(data), place="f.jsonl")
    report = ingest_batch(who=team.lead, project=team.project, route="jsonl", items=items)
    return IngestBatch.objects.get(pk=report.batch_id)


def page(team: Team, path: str, status: int = 200) -> str:
    response = team.client(team.lead).get(f"/p/{team.project.slug}/curation/{path}")
    assert response.status_code == status, response.content[:500]
    return str(response.content.decode())


@pytest.fixture
def filled(team: Team) -> Team:
    mail = [{"role": "user", "content": "Mail me at ada@example.org"}]
    now = datetime.now(UTC).isoformat()
    send(
        team,
        record(ts=now, request={"model": "m", "messages": mail}),
        record(request_id="r2", colour="red"),
        b"{",
    )
    settle_traces()
    return team


def test_an_empty_project_is_told_how_to_send(team: Team) -> None:
    html = page(team, "ingest/")
    assert "Connect your product" in html
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in html
    assert "hx-trigger" not in html
    assert "Everything that came in was taken" in page(team, "refusals/")


def test_the_page_shows_rate_quantiles_lag_and_batches(filled: Team) -> None:
    html = page(filled, "ingest/")
    for shown in (
        "3 rows in 1 batches",
        "Redacting and storing a batch",
        "p95",
        "Event to stored",
        "nothing is overdue",
        "66.67",
    ):
        assert shown in html, shown
    assert "rows a second" in html


def test_a_tally_changes_no_number_of_the_page(filled: Team) -> None:
    IngestBatch.objects.update(received_at=datetime.now(UTC) - timedelta(minutes=9),
                               finished_at=datetime.now(UTC) - timedelta(minutes=9))  # fmt: skip
    before = page(filled, "ingest/totals/?window=24h")
    assert tally_minutes(filled.project.pk) == 1
    assert page(filled, "ingest/totals/?window=24h") == before


def test_it_asks_again_every_few_seconds_unless_it_stands_still(filled: Team) -> None:
    assert 'hx-trigger="every 5s"' in page(filled, "ingest/")
    assert 'hx-trigger="every 5s"' in page(filled, "ingest/now/")
    still = page(filled, "ingest/?live=off")
    assert "every" not in still.split("<h2>Batches</h2>")[0].split('class="gauges"')[1]
    assert "every" not in page(filled, "ingest/now/?live=off")


def test_the_totals_name_kinds_and_reasons_but_never_values(filled: Team) -> None:
    html = page(filled, "ingest/totals/?window=15m")
    for shown in (
        "Malformed json",
        "Unknown field",
        "email",
        "the newest 1 traces",
        "Default of the project",
    ):
        assert shown in html, shown
    assert "ada@example.org" not in html


def test_windows_are_chosen_by_the_url_and_nonsense_is_a_day(filled: Team) -> None:
    assert "minutes from now" in page(filled, "ingest/course/?window=15m")
    assert "days from now" in page(filled, "ingest/course/?window=7d")
    assert "hours from now" in page(filled, "ingest/course/?window=%27")


def test_reasons_are_counted_by_code_inside_one_project(filled: Team, other_team: Team) -> None:
    send(other_team, b"{", b"[")
    found = refusals.reasons(filled.project.pk)
    assert {one["code"]: one["count"] for one in found} == {"malformed_json": 1, "unknown_field": 1}
    assert refusals.reasons(other_team.project.pk)[0]["count"] == 2


@pytest.mark.parametrize(
    ("narrowed", "count"),
    [("code=unknown_field", 1), ("route=jsonl", 2), ("route=otlp", 0), ("day=2020-01-01", 0), ("day=x", 0), ("batch=x", 0),
     (f"batch={'x' * 36}", 0)],
)  # fmt: skip
def test_refused_rows_are_narrowed_by_the_url(filled: Team, narrowed: str, count: int) -> None:
    assert page(filled, f"refusals/?{narrowed}").count('class="table__title mono"') == count


def test_refused_rows_of_today_and_of_one_batch(filled: Team) -> None:
    batch = IngestBatch.objects.get()
    today = datetime.now(UTC).date()
    assert page(filled, f"refusals/?day={today}&batch={batch.pk}").count('class="table__title mono"') == 2


def test_a_refused_row_shows_its_place_and_its_redacted_text(filled: Team) -> None:
    refusal = Refusal.objects.get(code="unknown_field")
    html = page(filled, f"refusals/{refusal.pk}/")
    for shown in ("f.jsonl", "colour", "Keyed hash", "Replay", "What was kept of it"):
        assert shown in html, shown


def test_a_conflict_shows_both_sides(filled: Team) -> None:
    later = [{"role": "user", "content": "Something else from bob@example.org"}]
    send(filled, record(request={"model": "m", "messages": later}))
    refusal = Refusal.objects.get(code="conflict")
    html = page(filled, f"refusals/{refusal.pk}/")
    assert "Both sides" in html
    assert "<ins>" in html
    assert "<del>" in html
    assert "bob@example.org" not in html
    assert "ada@example.org" not in html


@pytest.fixture
def learned(monkeypatch: Any) -> None:
    """A later release in which records may have this field."""
    monkeypatch.setitem(record_form.FIELDS, "colour", record_form.FIELDS["language"])


def test_a_lead_replays_one_row_and_sees_what_came_of_it(filled: Team, learned: None) -> None:
    refusal = Refusal.objects.get(code="unknown_field")
    client = filled.client(filled.lead)
    answer = client.post(f"/p/acme/curation/refusals/{refusal.pk}/replay/", follow=True)
    assert "Replayed: accepted." in answer.content.decode()
    assert IngestBatch.objects.get(route="replay").accepted == 1
    again = client.post(f"/p/acme/curation/refusals/{refusal.pk}/replay/", follow=True)
    assert "replayed before" in again.content.decode()


def test_a_lead_replays_all_of_one_reason_in_the_background(filled: Team, learned: None) -> None:
    client = filled.client(filled.lead)
    assert "Replay them all" in page(filled, "refusals/?code=unknown_field")
    answer = client.post("/p/acme/curation/refusals/replay/", {"code": "unknown_field"}, follow=True)
    assert 'hx-trigger="every 2s"' in answer.content.decode()
    run(str(Job.objects.get(kind="curation.replay").pk))
    done = page(filled, "refusals/replaying/?code=unknown_field")
    assert "accepted 1" in done
    assert "hx-trigger" not in done
    assert "Replay them all" not in page(filled, "refusals/?code=unknown_field")


def test_an_engineer_looks_but_does_not_replay(filled: Team) -> None:
    refusal = Refusal.objects.get(code="unknown_field")
    client = filled.client(filled.engineer)
    assert client.get(f"/p/acme/curation/refusals/{refusal.pk}/").status_code == 200
    assert client.post(f"/p/acme/curation/refusals/{refusal.pk}/replay/").status_code == 403
    assert client.post("/p/acme/curation/refusals/replay/", {"code": "unknown_field"}).status_code == 403


def test_a_stranger_finds_no_refused_row(filled: Team, other_team: Team) -> None:
    refusal = Refusal.objects.get(code="unknown_field")
    client = other_team.client(other_team.lead)
    assert client.get(f"/p/other/curation/refusals/{refusal.pk}/").status_code == 404
    assert client.post(f"/p/other/curation/refusals/{refusal.pk}/replay/").status_code == 404
    assert client.get("/p/acme/curation/ingest/now/").status_code == 404
