"""What a full disk answers, without filling one: no file of the database grows beyond its largest."""

from __future__ import annotations

import resource
from pathlib import Path
from types import TracebackType

import psycopg

from benchmarks.traffic.server import children_of
from devtools.postgres import SUPERUSER, Cluster

MEGABYTE = 1 << 20
_ROWS, _HEX = 20_000, 90
"""Rows of 1,440 bytes, which stay beside their columns as those of small spans do: together more than a WAL segment, which has
to be written all the same."""


class no_room:
    """Holds from now on, also for connections that are made later; ends with the block."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster, self.limit = cluster, largest(cluster) // MEGABYTE * MEGABYTE

    def __enter__(self) -> None:
        self._set(self.limit)

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._set(resource.RLIM_INFINITY)

    def _set(self, limit: int) -> None:
        postmaster = int((self.cluster.data / "postmaster.pid").read_text().split()[0])
        for pid in [postmaster, *children_of(postmaster)]:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


def largest(cluster: Cluster) -> int:
    """Bytes of the largest file of its tables."""
    return max(_size(file) for file in (cluster.data / "base").rglob("*"))


def swell_spans(cluster: Cluster) -> None:
    """The newest day's spans get the largest file there is: what a transaction wrote that was taken back."""
    with psycopg.connect(cluster.url(SUPERUSER)) as superuser:
        newest = (
            "SELECT tableoid::regclass::text, trace_id, span_id FROM curation_span ORDER BY day DESC LIMIT 1"
        )
        found = superuser.execute(newest).fetchone()
        assert found is not None
        table, trace, span = found
        superuser.execute(
            f"ALTER TABLE {table} SET (autovacuum_enabled = false, toast.autovacuum_enabled = false)"
        )
        superuser.commit()
        superuser.execute("SET LOCAL session_replication_role = replica")
        other = "jsonb_build_object('span_id', 'swell-' || one, 'body', '\\x' || repeat(md5(one::text), %s))"
        superuser.execute(
            f"INSERT INTO {table} SELECT (jsonb_populate_record(spans, {other})).*"
            f" FROM {table} AS spans, generate_series(1, %s) AS one WHERE trace_id = %s AND span_id = %s",
            (_HEX, _ROWS, trace, span),
        )
        superuser.rollback()


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
