"""Act as the ingest role for the length of a block: the only way to write bodies (invariant 1)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from core.schema import INGEST_ROLE


@contextmanager
def ingest_role() -> Iterator[None]:
    """Inside: may insert bodies and nothing else new. Needs an open transaction; ends with the block or with it."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(
            "ingest_role() belongs inside a transaction, so that a failure cannot leave the role behind."
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_user), set_config('role', %s, true)", [INGEST_ROLE])
        before = cursor.fetchone()[0]
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {before}")
