"""A database that an earlier release wrote is migrated to this one: every row is there, every invariant still holds."""

import gzip
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import errors, sql

from tests.upgrade.release_fixture import RELEASES

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
NAME = "winnow_upgrade"
OWNER = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
COUNTED = (
    "curation_trace",
    "curation_conversation_body",
    "annotation_item",
    "snapshots_snapshotrow",
    "snapshots_approval",
    "trainers_run",
    "trainers_modelversion",
    "core_auditentry",
)


def address(name: str) -> str:
    """The owner's URL with another database."""
    return urlunsplit(urlsplit(OWNER)._replace(path=f"/{name}"))


@pytest.fixture(
    scope="module", params=sorted(RELEASES.glob("*.sql.gz")), ids=lambda file: file.name.split(".sql")[0]
)
def upgraded(request: pytest.FixtureRequest) -> Iterator[tuple[dict[str, int], psycopg.Connection]]:
    """(rows per table before, a connection to the migrated database)."""
    with psycopg.connect(OWNER, autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME)))
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
        owner = server.info.user
    try:
        with psycopg.connect(address(NAME), autocommit=True) as database:
            written = gzip.decompress(request.param.read_bytes()).decode()
            database.execute(written.replace("ROLE winnow_owner", f"ROLE {owner}").encode())
            before = counts(database)
            migrate()
            yield before, database
    finally:
        with psycopg.connect(OWNER, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME)))


def counts(database: psycopg.Connection) -> dict[str, int]:
    found = {}
    for table in COUNTED:
        row = database.execute(
            sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", table))
        ).fetchone()
        assert row is not None
        found[table] = row[0]
    return found


def migrate() -> None:
    """As `./dev` does it, in a process of its own."""
    environment = {**os.environ, "DATABASE_OWNER_URL": address(NAME), "DATABASE_URL": address(NAME)}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--noinput", "-v", "0"],
        cwd=ROOT,
        env=environment,
        check=True,
    )


def test_every_row_is_still_there(upgraded: tuple[dict[str, int], psycopg.Connection]) -> None:
    before, database = upgraded
    assert all(before.values()), f"the fixture holds something everywhere: {before}"
    assert counts(database) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE snapshots_snapshotrow SET reason = 'accepted'",
        "DELETE FROM snapshots_approval",
        "UPDATE annotation_response SET text = ''",
        "INSERT INTO curation_conversation_body SELECT * FROM curation_conversation_body",
        "ALTER TABLE snapshots_snapshotrow DISABLE TRIGGER ALL",
    ],
)
def test_what_was_sealed_stays_sealed(
    upgraded: tuple[dict[str, int], psycopg.Connection], statement: str
) -> None:
    database = upgraded[1]
    with database.transaction(force_rollback=True):
        database.execute("SET LOCAL ROLE winnow_app")
        with pytest.raises(errors.InsufficientPrivilege):
            database.execute(statement)


def test_every_leaf_is_still_the_hash_of_its_row(upgraded: tuple[dict[str, int], psycopg.Connection]) -> None:
    wrong = (
        upgraded[1]
        .execute(
            "SELECT count(*) FROM snapshots_rowcontent"
            " WHERE body IS NOT NULL AND leaf <> encode(sha256('\\x00'::bytea || salt || body), 'hex')"
        )
        .fetchone()
    )
    assert wrong == (0,)
