"""Old days are dropped whole; heads, counts and what is in use stay, and nothing brings dropped content back."""

import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from core.actors import system
from core.errors import NotFound
from core.models import AuditEntry
from curation.actions.ingest_batch import ingest_batch
from curation.actions.retention import drop_old_days
from curation.actions.settle_traces import settle_traces
from curation.bodies import load, pin
from curation.ingest.blobs import read_blob
from curation.ingest.items import read_records
from curation.models import Blob, ConversationVersion, DroppedDay, Refusal, Span, Trace
from curation.retention import days_kept
from tests.conftest import Team
from tests.curation.records import record

pytestmark = pytest.mark.django_db
OLD = datetime.now(UTC) - timedelta(days=40)
YOUNG = datetime.now(UTC) - timedelta(days=3)
RETENTION = system("a test")


@pytest.fixture(autouse=True)
def no_grace(settings: Any) -> None:
    settings.SETTLE_GRACE_SECONDS = 0


@pytest.fixture(autouse=True)
def days_of_no_other_test(db: None) -> None:
    """A test that commits leaves its days behind; inside this test's transaction the owner takes the old ones away."""
    week_ago = f"{datetime.now(UTC) - timedelta(days=7):%Y%m%d}"
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits JOIN pg_partitioned_table ON partrelid = inhparent"
            " WHERE partstrat = 'r' AND right(inhrelid::regclass::text, 8) < %s",
            [week_ago],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE {name}")
        cursor.execute("SET ROLE winnow_app")


def deliver(team: Team, number: int, at: datetime = OLD, question: str = "What is a list?") -> Any:
    row = record(trace_id=f"{number:032x}", request_id=f"r{number}", ts=at.isoformat())
    row["request"]["messages"] = [{"role": "user", "content": question}]
    items = read_records(io.BytesIO(json.dumps(row).encode()), place="t")
    return ingest_batch(who=team.lead, project=team.project, route="jsonl", items=items)


def settled(
    team: Team, number: int, at: datetime = OLD, question: str = "What is a list?"
) -> ConversationVersion:
    deliver(team, number, at, question)
    settle_traces()
    version = Trace.objects.get(external_id=f"{number:032x}").current
    assert version is not None
    return version


def drop(days: int = 30) -> list[date]:
    return [one.day for one in drop_old_days(actor=RETENTION, days=days).days]


def test_an_old_day_is_dropped_and_its_heads_stay(team: Team) -> None:
    old, young = settled(team, 1), settled(team, 2, YOUNG)
    assert drop() == [OLD.date()]
    assert set(Span.objects.values_list("trace_id", flat=True)) == {young.trace_id}
    assert (Trace.objects.count(), ConversationVersion.objects.count()) == (2, 2)
    with pytest.raises(NotFound, match="past its retention time"):
        load(old)
    assert load(young).conversation["messages"]
    gone = DroppedDay.objects.get()
    assert (gone.day, gone.spans, gone.bodies) == (OLD.date(), 1, 1)
    assert gone.bytes > 0
    assert AuditEntry.objects.get(verb="retention.drop").subject_id == str(gone.day)
    assert OLD.date() not in [one.day for one in days_kept()]
    assert drop() == []


def test_a_conversation_that_is_in_use_still_opens(team: Team) -> None:
    used, unused = settled(team, 1), settled(team, 2)
    pin([used])
    drop()
    assert load(used).conversation["messages"]
    with pytest.raises(NotFound):
        load(unused)


def test_the_page_of_a_dropped_trace_says_so(team: Team) -> None:
    version = settled(team, 1)
    drop()
    page = team.client(team.lead).get(f"/p/{team.project.slug}/curation/traces/{version.trace_id}/")
    assert page.status_code == 200
    assert "retention" in page.content.decode()


def test_files_that_only_dropped_days_name_are_removed(team: Team, settings: Any) -> None:
    used = settled(team, 1, question="kept " * 60_000)
    settled(team, 2, question="gone " * 60_000)
    pin([used])
    done = drop_old_days(actor=RETENTION, days=30)
    assert done.files == 1
    blob = Blob.objects.get()
    [part] = load(used).conversation["messages"][-2]["parts"]
    assert part["sha256"] == blob.sha256
    assert read_blob(team.project.pk, blob.sha256)[1].startswith(b"kept")


def test_a_late_delivery_does_not_bring_a_dropped_day_back(team: Team) -> None:
    settled(team, 1)
    drop()
    again = deliver(team, 1)
    assert (again.accepted, again.redelivered) == (0, 1)
    other = deliver(team, 3)
    assert (other.accepted, other.refused, other.problems[0].code) == (0, 1, "past_retention")
    assert not Span.objects.exists()
    assert not Trace.objects.filter(external_id=f"{3:032x}").exists()


def test_refused_texts_go_with_the_day_they_came(team: Team) -> None:
    items = read_records(io.BytesIO(json.dumps(record(tpyo=1)).encode()), place="t")
    ingest_batch(who=team.lead, project=team.project, route="jsonl", items=items)
    assert Refusal.objects.with_body().get().has_body
    assert drop() == []


def test_a_day_that_is_not_settled_is_kept_for_the_next_round(team: Team, settings: Any) -> None:
    settings.SETTLE_GRACE_SECONDS = 3600
    deliver(team, 1)
    done = drop_old_days(actor=RETENTION, days=30)
    assert (done.days, done.kept) == ([], [OLD.date()])


def attempt(sql: str) -> str:
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        connection.cursor().execute(sql)
    return str(refused.value)


def test_the_last_week_cannot_be_dropped(team: Team) -> None:
    settled(team, 1, YOUNG)
    assert "younger than 7 days" in attempt(f"SELECT curation_drop_day('{YOUNG.date()}')")
    assert "younger than 7 days" in attempt("SELECT curation_drop_day(NULL)")
    assert drop(days=1) == []


def test_the_app_role_has_no_other_way_to_drop_a_day(team: Team) -> None:
    settled(team, 1)
    part = f"curation_span_{OLD:%Y%m%d}"
    for sql in (f"DROP TABLE {part}", f"ALTER TABLE curation_span DETACH PARTITION {part}"):
        assert "must be owner" in attempt(sql)
    for sql in (f"TRUNCATE {part}", f"DELETE FROM {part}", "DELETE FROM curation_span", "TRUNCATE curation_span",
                f"INSERT INTO curation_droppedday (day) VALUES ('{OLD.date()}')"):  # fmt: skip
        assert "permission denied" in attempt(sql)
    drop()
    assert "permission denied" in attempt("DELETE FROM curation_droppedday")
    assert "past its retention time" in attempt(f"SELECT curation_ensure_day('{OLD.date()}')")


def test_the_command_shows_first_and_drops_then(team: Team, capsys: Any) -> None:
    settled(team, 1)
    call_command("retention", "--days", "30", "--dry-run")
    assert f"{OLD.date()} would go" in capsys.readouterr().out
    assert Span.objects.exists()
    call_command("retention", "--days", "30")
    assert "1 days dropped, 0 files removed." in capsys.readouterr().out
    assert not Span.objects.exists()
    for days in ([], ["--days", "3"]):
        with pytest.raises(CommandError):
            call_command("retention", *days)
