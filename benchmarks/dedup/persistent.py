"""The persistent index: insert and probe beside datasketch on Redis, bytes a document, and what ten times as many documents cost.

Both sides get texts that are signed already. Ours stores, looks up, verifies by exact similarity and keeps the edges, durably; the
peer stores and looks up. What is compared is CPU time, of the client and of the server it speaks to.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.contract import Row
from benchmarks.dedup.stored import Batch, documents, signed

BATCH = 1_000
MEASURED = 8
PEER_STORED, PEER_MEASURED = 5_000, 2_000
TABLES = ("distincttext", "band", "band_resting", "signature", "duplicateedge", "starplace", "clusterwork", "cluster",
          "clustermember", "callform")  # fmt: skip


def rows(*, quick: bool) -> Iterator[Row]:
    """Needs an empty migrated database, and the Valkey of the wheel for the peer."""
    from accounts.models import Project
    from curation.signing.signer import warm

    warm()
    few, many = (5_000, 20_000) if quick else (100_000, 1_000_000)
    project = Project.objects.create(slug="persistent", name="Persistent")
    texts = documents(many + 3 * MEASURED * BATCH, seed=3)
    _fill(project, islice(texts, few), probing=True)
    yield Row(
        "bytes a document and view, indexes included", _bytes() / few, "bytes", "" if quick else "<= 2600"
    )
    _analyse()
    first = _measure(project, texts)
    yield Row(f"insert and probe, {BATCH} a batch, {few:,} stored", first.wall, "documents/s")
    peer, size = _peer(list(documents(PEER_STORED + PEER_MEASURED, seed=4)))
    yield Row("datasketch on Redis, the same", peer.wall, "documents/s")
    yield Row("datasketch on Redis, memory", size, "bytes a document")
    yield Row(
        "insert and probe, times datasketch on Redis", first.cpu / peer.cpu, "by CPU", "" if quick else ">= 6"
    )
    _fill(project, islice(texts, many - few), probing=False)
    _analyse()
    last = _measure(project, texts)
    yield Row(f"insert and probe, {BATCH} a batch, {many:,} stored", last.wall, "documents/s")
    yield Row("slowdown from few to many", first.cpu / last.cpu, "by CPU", "" if quick else "<= 1.4")
    yield Row("sequential scans in the plan of the probe", _scans(), "", "== 0")


class Speed:
    """Documents a second, by the clock and by CPU time of client and server."""

    def __init__(self, wall: float, cpu: float) -> None:
        self.wall, self.cpu = wall, cpu


def _speed(count: int, server: int, work: Callable[[], object]) -> Speed:
    wall, cpu = time.monotonic(), _cpu_seconds(server) + time.process_time()
    work()
    return Speed(
        count / (time.monotonic() - wall), count / (_cpu_seconds(server) + time.process_time() - cpu)
    )


def _cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / float(os.sysconf("SC_CLK_TCK"))


def _fill(project: Any, texts: Iterator[str], *, probing: bool) -> None:
    """Publish all; probe and merge too where the index is measured afterwards, else only store."""
    from curation.dedup.merge import merge
    from curation.dedup.probe import probe
    from curation.models import ClusterWork

    while part := list(islice(texts, 5 * BATCH)):
        _publish(project, signed(project, part))
        if not probing:
            ClusterWork.objects.all().delete()
        while probing and probe(project.pk) + merge(project.pk):
            pass


def _publish(project: Any, batch: Batch) -> None:
    from django.db import transaction

    from curation.dedup.publish import publish

    with transaction.atomic():
        publish(project.pk, batch.texts)


def _measure(project: Any, texts: Iterator[str]) -> Speed:
    from django.db import connection

    from curation.dedup.probe import probe

    batches = [signed(project, list(islice(texts, BATCH))) for _ in range(MEASURED + 1)]

    def work(own: Sequence[Batch]) -> None:
        for batch in own:
            _publish(project, batch)
            while probe(project.pk, limit=BATCH):
                pass

    work(batches[:1])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (server,) = cursor.fetchone()
    return _speed(MEASURED * BATCH, server, lambda: work(batches[1:]))


def _analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ANALYZE curation_{table}")


def _bytes() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_total_relation_size(('curation_' || name)::regclass)) FROM unnest(%s::text[]) AS t(name)",
            [list(TABLES)],
        )
        return int(cursor.fetchone()[0])


def _scans() -> int:
    """In the plan the planner chooses by itself."""
    from django.db import connection

    from curation.dedup.probe import PROBE

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(id) FROM (SELECT id FROM curation_distincttext ORDER BY id DESC LIMIT %s) t",
            [BATCH],
        )
        (ids,) = cursor.fetchone()
        cursor.execute(f"EXPLAIN {PROBE}", [ids])
        return sum("Seq Scan" in line for (line,) in cursor.fetchall())


def _peer(texts: list[str]) -> tuple[Speed, float]:
    """datasketch's MinHashLSH of the same bands in Redis, rows from the same kernel; and its bytes a document."""
    from datasketch import MinHash, MinHashLSH

    from curation.signing.permutations import as_minhash
    from curation.signing.signer import sign
    from devtools.broker import Broker
    from devtools.place import Place

    root = Path(__file__).resolve().parents[2]
    with tempfile.TemporaryDirectory() as folder:
        server = Broker(Place.of(root), Path(folder))
        server.start()
        try:
            import redis

            told = redis.Redis(unix_socket_path=str(server.socket))
            storage = {
                "type": "redis",
                "basename": b"bench",
                "redis": {"unix_socket_path": str(server.socket)},
            }
            lsh = MinHashLSH(threshold=0.8, num_perm=128, params=(20, 6), storage_config=storage)
            made: list[MinHash] = [as_minhash(row) for row in sign(texts).rows]
            process = int(told.info("server")["process_id"])

            def insert(start: int, stop: int) -> None:
                with lsh.insertion_session(buffer_size=BATCH) as session:
                    for number in range(start, stop):
                        session.insert(f"d{number}", made[number])

            def work() -> None:
                for start in range(PEER_STORED, len(made), BATCH):
                    insert(start, start + BATCH)
                    for number in range(start, start + BATCH):
                        lsh.query(made[number])

            empty = int(told.info("memory")["used_memory"])
            insert(0, PEER_STORED)
            size = (int(told.info("memory")["used_memory"]) - empty) / PEER_STORED
            return _speed(PEER_MEASURED, process, work), size
        finally:
            server.stop()
