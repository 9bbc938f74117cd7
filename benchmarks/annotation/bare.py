"""The least a queue has to do, in bare psycopg: three tables without checks, one statement a claim, one transaction a vote.

A peer, not a product: no eligibility, no groups, no triggers, no foreign keys but one, no audit. What it reaches is what
this machine's PostgreSQL and Python leave to a queue.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import psycopg
from django.db import connection

TABLES = """
DROP TABLE IF EXISTS bare_vote, bare_lease, bare_item;
CREATE TABLE bare_item (id bigint PRIMARY KEY, slots_left int NOT NULL CHECK (slots_left >= 0), priority float NOT NULL);
CREATE INDEX ON bare_item (priority DESC, id) WHERE slots_left > 0;
CREATE TABLE bare_lease (id bigserial PRIMARY KEY, item bigint NOT NULL REFERENCES bare_item, who uuid NOT NULL,
    until timestamptz NOT NULL, state text NOT NULL, UNIQUE (item, who));
CREATE TABLE bare_vote (id bigserial PRIMARY KEY, item bigint NOT NULL, who uuid NOT NULL, choice text NOT NULL,
    UNIQUE (item, who));
INSERT INTO bare_item SELECT n, 3, random() FROM generate_series(1, %d) n;
GRANT ALL ON bare_item, bare_lease, bare_vote, bare_lease_id_seq, bare_vote_id_seq TO winnow_app;
"""
CLAIM = """
WITH picked AS (
    SELECT i.id FROM bare_item i WHERE i.slots_left > 0
      AND NOT EXISTS (SELECT FROM bare_lease l WHERE l.item = i.id AND l.who = %(who)s)
    ORDER BY i.priority DESC, i.id LIMIT 1 FOR UPDATE OF i SKIP LOCKED
), taken AS (UPDATE bare_item i SET slots_left = slots_left - 1 FROM picked WHERE i.id = picked.id RETURNING i.id)
INSERT INTO bare_lease (item, who, until, state) SELECT id, %(who)s, now() + interval '10 minutes', 'leased' FROM taken
RETURNING item
"""
LOCK = "SELECT id FROM bare_item WHERE id = %(item)s FOR UPDATE"
VOTE = "INSERT INTO bare_vote (item, who, choice) VALUES (%(item)s, %(who)s, 'tie')"
END = "UPDATE bare_lease SET state = 'submitted' WHERE item = %(item)s AND who = %(who)s"


def create(items: int) -> None:
    """The tables, with so many items that ask for three votes."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES % items)
        cursor.execute("VACUUM ANALYZE bare_item")


def claimed_and_voted(who: UUID) -> tuple[Callable[[], int | None], Callable[[int], None]]:
    """The two acts of one annotator on a connection of their own."""
    connection.ensure_connection()
    own = psycopg.connect(connection.connection.info.dsn, autocommit=True)

    def claim() -> int | None:
        row = own.execute(CLAIM, {"who": who}).fetchone()
        return row[0] if row else None

    def vote(item: int) -> None:
        with own.transaction():
            given = {"item": item, "who": who}
            own.execute(LOCK, given)
            own.execute(VOTE, given)
            own.execute(END, given)

    return claim, vote
