"""Real data through the whole way in: captured OTLP, and a seeded sample of production-like records."""

import gzip
import io
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from curation.actions.ingest_batch import ingest_batch
from curation.actions.ingest_file import ingest_file
from curation.actions.settle_traces import settle_traces
from curation.bodies import load_many
from curation.ingest.items import read_otlp
from curation.models import ConversationVersion, Receipt, Trace
from tests.conftest import Team

pytestmark = [pytest.mark.django_db, pytest.mark.long]
SAMPLE, SEED = 2000, 20261122


@pytest.fixture(autouse=True)
def no_grace(settings: Any) -> None:
    settings.SETTLE_GRACE_SECONDS = 0


def settle_all() -> int:
    taken = 0
    while count := settle_traces():
        taken += count
    return taken


def test_the_captured_genai_batch_settles_into_eleven_conversations(team: Team, shared_data: Path) -> None:
    folder = shared_data / "traces" / "otlp" / "genai"
    for name, as_json in (("genai.traces.00.pb", False), ("genai.traces.00.json", True)):
        items = read_otlp((folder / name).read_bytes(), as_json=as_json, place="request")
        report = ingest_batch(who=team.lead, project=team.project, route="otlp", items=items)
    assert (report.accepted, report.redelivered, report.conflicting, report.refused) == (0, 28, 0, 0)
    assert settle_all() == 11
    traces = Trace.objects.select_related("current")
    assert traces.filter(status="error").count() == 1
    assert traces.filter(escalated=True).count() == 1
    assert sum(one.current.tool_calls for one in traces if one.current) == 3
    pii = next(one.current for one in traces if one.current and "card" in one.current.redactions)
    assert {"email", "phone", "card", "iban", "secret"} <= set(pii.redactions)


@pytest.fixture(scope="module")
def sample(shared_data: Path) -> tuple[bytes, list[dict[str, Any]]]:
    """2,000 records that keep whole conversations together, and what is planted in them."""
    folder = shared_data / "traces"
    with gzip.open(folder / "traces-permissive.jsonl.gz") as stream:
        rows = stream.readlines()
    chosen = random.Random(SEED).sample(sorted({json.loads(row)["trace_id"] for row in rows}), 1900)
    kept = set(chosen)
    lines = [row for row in rows if json.loads(row)["trace_id"] in kept][:SAMPLE]
    ids = {json.loads(row)["request_id"] for row in lines}
    with gzip.open(folder / "traces-permissive.truth.jsonl.gz") as stream:
        truth = [one for one in map(json.loads, stream) if one["request_id"] in ids]
    return gzip.compress(b"".join(lines), 1), truth


def test_two_thousand_real_records_come_in_whole(
    team: Team, sample: tuple[bytes, list[dict[str, Any]]], tmp_path: Path
) -> None:
    packed, truth = sample
    file = tmp_path / "sample.jsonl.gz"
    file.write_bytes(packed)
    lines = [json.loads(line) for line in gzip.decompress(packed).splitlines()]
    unique = {one["request_id"] for one in lines}
    report = ingest_file(who=team.lead, project=team.project, path=file)
    assert (report.accepted, report.redelivered) == (len(unique), len(lines) - len(unique))
    assert (report.conflicting, report.refused) == (0, 0)
    assert report.redelivered == sum(one["kind"] == "redelivery" for one in truth)
    assert settle_all() == Trace.objects.count() == len({one["trace_id"] for one in lines})
    assert Trace.objects.filter(status="error").count() > 0
    assert_nothing_structured_leaks(truth, lines)


def assert_nothing_structured_leaks(truth: list[dict[str, Any]], lines: list[dict[str, Any]]) -> None:
    traces = {one["request_id"]: one["trace_id"] for one in lines}
    bodies = load_many(ConversationVersion.objects.all())
    by_trace = dict(Trace.objects.values_list("external_id", "current_id"))
    leaked: Counter[str] = Counter()
    for one in truth:
        if one["kind"] == "pii":
            text = json.dumps(bodies[by_trace[traces[one["request_id"]]]].conversation, ensure_ascii=False)
            leaked.update(value["entity"] for value in one["values"] if value["value"] in text)
    for entity in ("EMAIL_ADDRESS", "CREDIT_CARD", "IBAN_CODE", "API_KEY", "IP_ADDRESS", "US_SSN"):
        assert leaked[entity] == 0


def test_a_file_sent_twice_is_taken_once(team: Team, sample: tuple[bytes, Any], tmp_path: Path) -> None:
    file = tmp_path / "head.jsonl"
    file.write_bytes(b"".join(io.BytesIO(gzip.decompress(sample[0])).readlines()[:300]))
    first = ingest_file(who=team.lead, project=team.project, path=file)
    second = ingest_file(who=team.lead, project=team.project, path=file)
    assert (second.accepted, second.redelivered) == (0, 300)
    assert Receipt.objects.count() == first.accepted
