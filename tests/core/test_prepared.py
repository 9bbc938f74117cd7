"""Statements that run often are prepared by their connection, and behave like all others."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Project
from core.prepared import execute, select

pytestmark = pytest.mark.django_db
NAMED = "SELECT p.name FROM accounts_project p WHERE p.slug = %(slug)s"


def test_a_statement_seen_often_is_prepared_once(other_team: object) -> None:
    for _time in range(8):
        select(NAMED, {"slug": "acme"})
    prepared = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT p.name FROM accounts_project p%%'"
    assert select(prepared, {}) == [(1,)]


def test_it_gives_what_a_cursor_would() -> None:
    Project.objects.create(slug="wheat", name="Wheat")
    assert select(NAMED, {"slug": "wheat"}) == [("Wheat",)]
    assert (
        execute("UPDATE accounts_project SET name = %(name)s", {"name": "Chaff"}) == Project.objects.count()
    )


def test_what_the_database_refuses_is_djangos_error_and_only_its_savepoint_is_lost() -> None:
    taken = "INSERT INTO accounts_project (id, slug, name) SELECT id, slug, name FROM accounts_project"
    Project.objects.create(slug="wheat", name="Wheat")
    with pytest.raises(IntegrityError), transaction.atomic():
        execute(taken, {})
    assert select("SELECT 1", {}) == [(1,)]


def test_it_is_counted_where_statements_are_counted() -> None:
    with CaptureQueriesContext(connection) as seen:
        select(NAMED, {"slug": "wheat"})
        execute("SELECT 1", {})
    assert len(seen) == 2
