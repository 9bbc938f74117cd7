"""What was acknowledged is there exactly once, whatever broke meanwhile: worker, database, disk, or too many senders."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from benchmarks.traffic.server import HOST
from tests.curation.otlp_bodies import chat, joined
from tests.curation.records import record
from tests.stack.conftest import wait_until
from tests.stack.full_disk import MEGABYTE, largest, no_room
from tests.stack.production import Production, production

pytestmark = pytest.mark.stack
OTLP, JSONL = "/v1/traces", "/api/v1/projects/acme/traces:batch"
TYPES = {OTLP: "application/x-protobuf", JSONL: "application/x-ndjson"}
COME_AGAIN = {OTLP: {503}, JSONL: {429, 503}}


@dataclass
class Senders:
    """Threads that send until stopped, the same body again until it is acknowledged, as an SDK does."""

    port: int
    token: str
    padding: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)
    acknowledged: list[str] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    put_off: Counter[str] = field(default_factory=Counter)
    threads: list[threading.Thread] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def start(self, number: int) -> None:
        """So many, OTLP and JSON lines by turns."""
        for one in range(number):
            thread = threading.Thread(target=self._send, args=(OTLP if one % 3 else JSONL,))
            thread.start()
            self.threads.append(thread)

    def stop(self) -> None:
        """No new bodies; those on their way are delivered first."""
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive(), "a body was never acknowledged"
        assert not self.wrong

    def _send(self, path: str) -> None:
        while not self.stopping.is_set():
            for body, names in _spans(self.padding) if path == OTLP else _records():
                self._deliver(path, body)
                self.acknowledged += names

    def _deliver(self, path: str, body: bytes) -> None:
        while self._post(path, body) != 200 and not self.wrong:
            time.sleep(0.2)

    def _post(self, path: str, body: bytes) -> int:
        connection = HTTPConnection(HOST, self.port, timeout=10)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": TYPES[path]}
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            said = answer.read()
            if answer.status != 200 and (
                answer.status not in COME_AGAIN[path] or "Retry-After" not in answer.headers
            ):
                self.wrong.append(f"{path} answered {answer.status}: {said[:500]!r}")
                self.stopping.set()
            status = answer.status
            self.put_off[path] += status in COME_AGAIN[path]
        except (OSError, HTTPException):
            status = 0
        finally:
            connection.close()
        self.answers[status] += 1
        return status


def _spans(padding: int) -> Iterator[tuple[bytes, list[str]]]:
    """Two traces, the children in a request of their own before their parents."""
    traces = [(os.urandom(16), os.urandom(8), os.urandom(8)) for _ in range(2)]
    more = os.urandom(padding // 2).hex()
    children = [
        chat(trace_id=trace, span_id=child, parent_id=root, padding=more) for trace, root, child in traces
    ]
    parents = [chat(trace_id=trace, span_id=root) for trace, root, _ in traces]
    yield _body(children), [f"{trace.hex()}:{child.hex()}" for trace, _, child in traces]
    yield _body(parents), [f"{trace.hex()}:{root.hex()}" for trace, root, _ in traces]


def _body(requests: list[ExportTraceServiceRequest]) -> bytes:
    return bytes(joined(*requests).SerializeToString())


def _records() -> Iterator[tuple[bytes, list[str]]]:
    rows = [record(trace_id=os.urandom(16).hex(), request_id=os.urandom(16).hex()) for _ in range(5)]
    yield "\n".join(map(json.dumps, rows)).encode(), [row["trace_id"] for row in rows]


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Production, str]]:
    """Started once; with a token."""
    with production(tmp_path_factory.mktemp("faults")) as made:
        token = made.prepare()["token"]
        made.start_web()
        yield made, token


@pytest.fixture
def senders(product: tuple[Production, str]) -> Iterator[Senders]:
    """Not yet sending; stopped with the test."""
    made = Senders(product[0].port, product[1])
    yield made
    made.stopping.set()


def check(product: Production, senders: Senders) -> None:
    """Every acknowledged span and record is stored once; heads and batches count what is there."""
    assert senders.acknowledged
    rows = product.query(
        "SELECT t.external_id, s.span_id, s.content_hmac IS NULL"
        " FROM curation_trace t JOIN curation_span s ON s.day = t.day AND s.trace_id = t.id"
    )
    stored = Counter(trace if is_record else f"{trace}:{span}" for trace, span, is_record in rows)
    assert {name: stored[name] for name in senders.acknowledged if stored[name] != 1} == {}
    assert max(stored.values()) == 1
    counted = "SELECT (SELECT sum(span_count) FROM curation_trace), (SELECT sum(accepted) FROM curation_ingestbatch)"
    assert product.query(counted) == [(len(rows), len(rows))]
    assert product.query("SELECT count(*) FROM curation_trace WHERE span_count = 0") == [(0,)]


def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(
    product: tuple[Production, str], senders: Senders
) -> None:
    senders.start(4)
    for _ in range(2):
        time.sleep(1)
        product[0].kill_worker()
    time.sleep(2)
    senders.stop()
    check(product[0], senders)


def test_a_database_that_crashes_and_recovers_loses_and_doubles_nothing(
    product: tuple[Production, str], senders: Senders
) -> None:
    senders.start(4)
    time.sleep(1)
    product[0].break_database(seconds=1)
    time.sleep(2)
    senders.stop()
    assert senders.answers[503] > 0
    check(product[0], senders)


def test_a_full_disk_asks_to_come_again_and_goes_on_when_there_is_room(
    product: tuple[Production, str], senders: Senders
) -> None:
    senders.padding = 200_000
    senders.start(3)
    wait_until(
        lambda: largest(product[0].cluster) > 20 * MEGABYTE,
        seconds=60,
        why="a file beyond the size of a WAL segment",
    )
    with no_room(product[0].cluster):
        before = senders.answers[503]
        wait_until(lambda: senders.answers[503] > before + 5, seconds=30, why="refusals")
        assert product[0].query("SELECT 1") == [(1,)]
    taken = len(senders.acknowledged)
    wait_until(lambda: len(senders.acknowledged) > taken + 20, seconds=30, why="room again")
    senders.stop()
    check(product[0], senders)


def test_twice_as_many_senders_as_it_can_serve_are_told_to_come_again(
    product: tuple[Production, str], senders: Senders
) -> None:
    senders.padding = 60_000
    with product[0].storing_stands_still():
        senders.start(40)
        for path in (OTLP, JSONL):
            wait_until(
                lambda path=path: senders.put_off[path] > 0, seconds=30, why=f"{path} puts somebody off"
            )
    time.sleep(2)
    senders.stop()
    assert set(senders.answers) <= {0, 200, 429, 503}
    check(product[0], senders)


def test_many_senders_of_the_same_traces_wait_for_each_other(product: tuple[Production, str]) -> None:
    token, made = product[1], product[0]
    traces = [(os.urandom(16), os.urandom(8), os.urandom(8)) for _ in range(30)]
    spans = [chat(trace_id=trace, span_id=span) for trace, *both in traces for span in both]
    bodies = [_body(spans), _body(spans[::-1]), _body(spans[::2]), _body(spans[1::2])] * 2
    senders = Senders(made.port, token)
    threads = [threading.Thread(target=senders._deliver, args=(OTLP, body)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert senders.answers[200] == len(bodies)
    senders.acknowledged = [f"{trace.hex()}:{span.hex()}" for trace, *both in traces for span in both]
    check(made, senders)
    assert made.query("SELECT count(*) FROM pg_stat_database WHERE deadlocks > 0") == [(0,)]
