"""The same records by other ways, in the same run: what a COPY makes at most, and what people usually write."""

from __future__ import annotations

import io
import time
import uuid
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, ClassVar

import zstandard
from django.db import connection, models, transaction

from benchmarks.traffic.payloads import record_lines
from curation.formats.spans import Span
from curation.ingest.items import Item, read_records
from curation.ingest.moments import moment, new_id
from curation.ingest.store import SPAN_COLUMNS

BATCH = 500
BODY = list(SPAN_COLUMNS).index("body")
Shape = tuple[Any, ...]


class Peer(models.Model):
    """A plain table with the columns of a stored span and a unique key."""

    pk = models.CompositePrimaryKey("day", "trace_id", "span_id")
    day = models.DateField()
    trace_id = models.UUIDField()
    span_id = models.CharField(max_length=64)
    project_id = models.UUIDField()
    parent_span_id = models.CharField(max_length=64)
    name = models.TextField()
    kind = models.CharField(max_length=32)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=16)
    rules_id = models.BigIntegerField()
    body = models.BinaryField()
    batch_id = models.UUIDField()
    content_hmac = models.BinaryField()
    key_id = models.CharField(max_length=32)

    objects: ClassVar[models.Manager[Peer]] = models.Manager()

    class Meta:
        app_label = "benchmarks"
        db_table = "benchmark_span"

    def __str__(self) -> str:
        return self.span_id


def prepare(count: int) -> list[Shape]:
    """A table for the peers, and the rows to write: canonical bytes where the compressed body will be."""
    with connection.schema_editor() as editor:
        editor.create_model(Peer)
    project = uuid.uuid4()
    lines = io.BytesIO(b"".join(islice(record_lines(), count)))
    items = [one for one in read_records(lines, place="bench") if isinstance(one, Item)]
    return [_shape(one.span, one.raw, project) for one in items]


def _shape(span: Span, raw: bytes, project: uuid.UUID) -> Shape:
    start = moment(span["start"])
    return (start.date(), new_id(), span["span_id"], project, "", span["name"], span["kind"], start,
            moment(span["end"]), span["status"], 1, raw, project, b"h" * 32, "bench")  # fmt: skip


def rate(write: Callable[[Sequence[Shape]], None], rows: Sequence[Shape], seconds: float) -> float:
    """Rows per second of writing batches, each committed, for this long."""
    began, written = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        part = [_renamed(rows[(written + number) % len(rows)]) for number in range(BATCH)]
        with transaction.atomic():
            write(part)
        written += BATCH
    return written / (time.perf_counter() - began)


def _renamed(row: Shape) -> Shape:
    return (row[0], new_id(), *row[2:])


def _compressed(row: Shape, compressor: zstandard.ZstdCompressor) -> Shape:
    return (*row[:BODY], compressor.compress(row[BODY]), *row[BODY + 1 :])


def copy(rows: Sequence[Shape]) -> None:
    """Compressed and copied binary: the fastest way in that PostgreSQL has."""
    compressor = zstandard.ZstdCompressor(level=3)
    names = ", ".join(SPAN_COLUMNS)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY benchmark_span ({names}) FROM STDIN (FORMAT BINARY)") as out,
    ):
        out.set_types(list(SPAN_COLUMNS.values()))
        for row in rows:
            out.write_row(_compressed(row, compressor))


def copy_finished(rows: Sequence[Shape]) -> None:
    """Copied binary as they are: the database alone."""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY benchmark_span ({', '.join(SPAN_COLUMNS)}) FROM STDIN (FORMAT BINARY)") as out,
    ):
        out.set_types(list(SPAN_COLUMNS.values()))
        for row in rows:
            out.write_row(row)


def bulk_create(rows: Sequence[Shape]) -> None:
    """Django's bulk_create, bodies compressed."""
    compressor = zstandard.ZstdCompressor(level=3)
    names = list(SPAN_COLUMNS)
    Peer.objects.bulk_create(
        [Peer(**dict(zip(names, _compressed(row, compressor), strict=True))) for row in rows],
        ignore_conflicts=True,
    )


def executemany(rows: Sequence[Shape]) -> None:
    """INSERT … ON CONFLICT DO NOTHING by executemany, bodies compressed."""
    compressor = zstandard.ZstdCompressor(level=3)
    marks = ", ".join(["%s"] * len(SPAN_COLUMNS))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO benchmark_span ({', '.join(SPAN_COLUMNS)}) VALUES ({marks}) ON CONFLICT DO NOTHING",
            [_compressed(row, compressor) for row in rows],
        )
