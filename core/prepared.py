"""Statements that a connection parses and plans once: for the few that run thousands of times a minute.

Django binds parameters into the text, so that PostgreSQL meets every statement for the first time, and for short ones that costs
more than running them. Here parameters travel apart, and psycopg prepares what it has seen often enough (`prepare_threshold`).
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import Cursor


def select(sql: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of one statement."""
    with _executed(sql, given) as cursor:
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def execute(sql: str, given: Mapping[str, Any]) -> int:
    """How many rows one statement wrote."""
    with _executed(sql, given) as cursor:
        return int(cursor.rowcount)


def _executed(sql: str, given: Mapping[str, Any]) -> CursorWrapper:
    """Under Django's own cursor, which counts, logs and translates errors as everywhere."""
    with connection.cursor() as own:
        database, bound = own.db, Cursor(own.connection)
    wrap = database.make_debug_cursor if database.queries_logged else database.make_cursor
    cursor: CursorWrapper = wrap(bound)
    cursor.execute(sql, given)
    return cursor
