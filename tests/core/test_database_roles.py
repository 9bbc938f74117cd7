"""The app role runs the product and can neither rewrite history nor store a body past the choke point."""

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Project
from core import audit
from core.actors import system
from core.models import AuditEntry, Event
from core.roles import ingest_role
from tests.conftest import Team


def attempt(sql: str) -> str:
    """The database's refusal of that statement; fails the test when it is let through."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError as error:
        return str(error)
    pytest.fail(f"the database allowed: {sql}")


@pytest.fixture
def entry(team: Team) -> AuditEntry:
    audit.emit(subject=team.project, name="project.created", project_id=team.project.pk, to_state="open")
    number = audit.record(
        actor=system("test"), verb="project.create", subject=team.project, project_id=team.project.pk
    )
    return AuditEntry.objects.get(pk=number)


def test_tests_run_as_the_app_role(team: Team) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("winnow_app",)


@pytest.mark.parametrize("table", ["core_auditentry", "core_event"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET project_id = NULL", "DELETE FROM {}", "TRUNCATE {}"])
def test_history_cannot_be_rewritten(entry: AuditEntry, table: str, sql: str) -> None:
    assert "permission denied" in attempt(sql.format(table))
    assert AuditEntry.objects.filter(pk=entry.pk).exists()
    assert Event.objects.filter(name="project.created").exists()


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE core_auditentry DISABLE TRIGGER ALL",
        "DROP TRIGGER core_event_append_only ON core_event",
        "SET session_replication_role = replica",
    ],
)
def test_triggers_cannot_be_switched_off(team: Team, sql: str) -> None:
    refusal = attempt(sql)
    assert "must be owner" in refusal or "permission denied" in refusal


@pytest.mark.parametrize("table", ["curation_span", "curation_conversation_body", "curation_pinnedbody"])
def test_bodies_are_not_written_outside_the_ingest_role(team: Team, table: str) -> None:
    assert "permission denied" in attempt(f"INSERT INTO {table} DEFAULT VALUES")
    assert "permission denied" in attempt(f"DELETE FROM {table}")


def test_a_new_day_partition_gives_the_app_role_no_way_around(team: Team) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT curation_ensure_day('2026-01-02')")
    assert "permission denied" in attempt("INSERT INTO curation_span_20260102 DEFAULT VALUES")
    assert "no partition" in attempt("SELECT curation_ensure_day('1999-12-31')")


def test_the_ingest_role_can_do_nothing_but_write_bodies(team: Team) -> None:
    with transaction.atomic(), ingest_role():
        for sql in ("SELECT * FROM accounts_user", "UPDATE curation_trace SET service = ''"):
            assert "permission denied" in attempt(sql)
    assert Project.objects.filter(pk=team.project.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_the_ingest_role_needs_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="inside a transaction"), ingest_role():
        pass
