"""The rows of `bench ingest`.

JSONL is compared with this machine's own binary COPY of the same records in the same run. Settling happens later and
is not inside the ingest rows; its own rate is a row of its own.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from itertools import cycle
from typing import Any

import orjson
from django.conf import settings

from accounts.models import ApiToken, Membership, Project, Role, User
from accounts.tokens import digest, new_secret
from benchmarks.contract import Row
from benchmarks.traffic import peers
from benchmarks.traffic.payloads import DATA, otlp
from benchmarks.traffic.server import HOST, Server, serving
from core.privacy import RuleSet, SurrogateKey, default_rules, redact, structured_rules
from curation.actions.settle_traces import settle_traces
from curation.models import Asset, AssetVersion, Trace
from curation.models.assets import AssetKind

TRACES, RECORDS, CONNECTIONS, LARGE = 32, 100, 6, 20 << 20


def measured(*, quick: bool) -> Iterator[Row]:
    """Ceilings and peers, then both routes through the running product, then settling."""
    if not DATA.is_dir():
        raise SystemExit("../shared/data/traces is absent: nothing to send.")
    finished = peers.prepare(500 if quick else 2_000)
    yield from _ceilings(finished, 1.0 if quick else 5.0)
    seconds = 3.0 if quick else float(os.environ.get("BENCH_SECONDS", "60"))
    structured = _sender("structured", structured_rules())
    with serving() as server:
        sent = _jsonl(server, *structured, seconds=min(seconds, 20))
        ceiling = peers.rate(peers.copy, finished, 1.0 if quick else 5.0)
        yield from _jsonl_rows(sent, ceiling)
        yield from _full_lane(server, finished, seconds=min(seconds, 20))
        yield from _otlp_rows(_otlp(server, *structured, seconds=seconds), server)
        yield from _large_body(server, structured[1])
    yield from _settling(seconds=2 if quick else 10)


def _ceilings(finished: list[peers.Shape], seconds: float) -> Iterator[Row]:
    for what, write in (
        ("COPY binary of finished rows, batch 500", peers.copy_finished),
        ("executemany ON CONFLICT, batch 500 (peer)", peers.executemany),
        ("Django bulk_create, batch 500 (peer)", peers.bulk_create),
    ):
        yield Row(what, peers.rate(write, finished, seconds), "records/s")


def _sender(slug: str, rules: RuleSet) -> tuple[str, str]:
    """(slug, secret) of a project whose traces pass these rules."""
    project = Project.objects.create(slug=slug, name=slug, training_use_default="allowed")
    owner = User.objects.create_user(f"{slug}@bench.example", None, name=slug)
    Membership.objects.create(project=project, user=owner, role=Role.ML_ENGINEER)
    secret = new_secret()
    ApiToken.objects.create(
        project=project, owner=owner, name="bench", prefix=secret[:12], token_sha256=digest(secret), scopes=["ingest"]
    )  # fmt: skip
    asset = Asset.objects.create(project=project, kind=AssetKind.REDACTION_RULES, name=rules.name)
    asset.current = AssetVersion.objects.create(
        project=project, asset=asset, number=1, sha256=rules.sha256, body=rules.as_data()
    )
    asset.save(update_fields=["current"])
    return slug, secret


def _jsonl(server: Server, slug: str, secret: str, *, seconds: float) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/x-ndjson"}
    path = f"/api/v1/projects/{slug}/traces:batch"
    wish = {"kind": "jsonl", "batch": RECORDS, "connections": CONNECTIONS, "path": path, "headers": headers}
    server.send(seconds=1.0, **wish)
    return server.send(seconds=seconds, **wish)


def _jsonl_rows(sent: dict[str, Any], ceiling: float) -> Iterator[Row]:
    rate = sent["rows"] / sent["wall"]
    yield Row("COPY binary with zstd, batch 500: the ceiling", ceiling, "records/s")
    yield Row("JSONL, batch 100, structured lane", rate, "records/s")
    yield Row("JSONL, structured lane, of the ceiling", rate / ceiling, "", ">= 0.22")
    yield from _common("JSONL, structured lane", sent)


def _full_lane(server: Server, finished: list[peers.Shape], *, seconds: float) -> Iterator[Row]:
    """With the tagger, where redacting is nearly all the work: compared with the redactor alone on one core."""
    sent = _jsonl(server, *_sender("full", default_rules()), seconds=seconds)
    alone = _redactor_alone([row[peers.BODY] for row in finished], seconds=3)
    yield Row("redactor alone, full lane, one core", alone, "MB/s")
    yield Row("JSONL, full lane", sent["bytes"] / sent["wall"] / 1e6, "MB/s", f">= {0.8 * alone:.3f}")
    yield from _common("JSONL, full lane", sent)


def _redactor_alone(bodies: list[bytes], *, seconds: float) -> float:
    size, began, key = 0, time.process_time(), SurrogateKey("bench", b"b" * 32)
    for body in cycle(bodies):
        redact(orjson.loads(body), keys=key, rules=default_rules())
        size += len(body)
        if time.process_time() - began > seconds:
            return size / (time.process_time() - began) / 1e6
    return 0.0


def _otlp(server: Server, slug: str, secret: str, *, seconds: float) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/x-protobuf"}
    wish = {
        "kind": "otlp",
        "batch": TRACES,
        "connections": CONNECTIONS,
        "path": "/v1/traces",
        "headers": headers,
    }
    server.send(seconds=1.0, **wish)
    return server.send(seconds=seconds, **wish)


def _otlp_rows(sent: dict[str, Any], server: Server) -> Iterator[Row]:
    what = f"OTLP protobuf, {TRACES} traces a request, {sent['wall']:.0f} s"
    yield Row(f"{what}, structured lane", sent["traces"] / sent["wall"], "traces/s", ">= 3000")
    yield Row("OTLP, spans", sent["rows"] / sent["wall"], "spans/s")
    yield from _common("OTLP", sent)
    yield Row("largest web worker, peak", server.resident_mb(), "MB resident", "<= 512")


def _large_body(server: Server, secret: str) -> Iterator[Row]:
    """One request of 20 MB, which is 31,000 spans."""
    template = otlp(TRACES, now=time.time_ns() - 10**9)
    body = b"".join(template.fresh() for _ in range(LARGE // len(template.fresh()) + 1))
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/x-protobuf"}
    connection, began = HTTPConnection(HOST, server.port, timeout=120), time.perf_counter()
    connection.request("POST", "/v1/traces", body, headers)
    if connection.getresponse().status != 200:
        raise SystemExit("a body of 20 MB was not taken")
    yield Row("one body of 20 MB, committed after", time.perf_counter() - began, "s")
    yield Row("largest web worker after it, peak", server.resident_mb(), "MB resident", "<= 512")


def _common(what: str, sent: dict[str, Any]) -> Iterator[Row]:
    taken = sorted(sent["seconds"])
    yield Row(f"{what}, p50", 1000 * taken[len(taken) // 2], "ms")
    yield Row(f"{what}, p99", 1000 * taken[int(len(taken) * 0.99)], "ms", "<= 250")
    yield Row(f"{what}, bytes", sent["bytes"] / sent["wall"] / 1e6, "MB/s")
    yield Row(f"{what}, told to come again", float(sum(sent["refused"].values())), "requests")
    for part, name in (("web", "web_cpu"), ("PostgreSQL", "database_cpu"), ("sender", "cpu")):
        yield Row(f"{what}, processor of the {part}", 1e6 * sent[name] / sent["rows"], "µs/row")


def _settling(*, seconds: float) -> Iterator[Row]:
    settings.SETTLE_GRACE_SECONDS = 0
    Trace.objects.filter(settle_after__isnull=False).update(settle_after=datetime(2020, 1, 1, tzinfo=UTC))
    began, cpu, settled = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - began < seconds and (taken := settle_traces()):
        settled += taken
    yield Row("settled later, one worker", settled / (time.perf_counter() - began), "traces/s")
    yield Row(
        "settled, processor of the worker", 1e6 * (time.process_time() - cpu) / max(1, settled), "µs/trace"
    )
