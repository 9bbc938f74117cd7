"""A seeded sample of real records goes the whole way: redacted, deduplicated against the injected truth, counted."""

from __future__ import annotations

import gzip
import io
import json
import random
from pathlib import Path
from typing import Any

import pytest

from core import embedding
from core.privacy import SurrogateKey, default_rules, redact
from core.text import jaccard, shingles
from curation.actions.ingest_batch import ingest_batch
from curation.actions.quarantine import publish_quarantine, read_quarantine_file
from curation.actions.settle_traces import settle_traces
from curation.bodies import load_many
from curation.excerpts import whole
from curation.ingest.items import read_records
from curation.models import CurationState, Trace
from curation.pipeline import run_curation
from tests.conftest import Team

pytestmark = pytest.mark.long

SAMPLE = 2000
STRUCTURED = {"EMAIL_ADDRESS", "CREDIT_CARD", "IBAN_CODE", "API_KEY", "US_SSN", "IP_ADDRESS", "PHONE_NUMBER"}


def lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def test_injected_identifiers_are_gone_from_real_texts(shared_data: Path) -> None:
    folder = shared_data / "traces"
    truth = {
        row["request_id"]: row["values"]
        for row in lines(folder / "traces-permissive.truth.jsonl.gz")
        if row["kind"] == "pii"
    }
    found, seen = 0, 0
    for row in lines(folder / "traces-permissive.jsonl.gz"):
        if row["request_id"] not in truth:
            continue
        clean = redact(row, keys=SurrogateKey("t", b"k" * 32), rules=default_rules())
        text = json.dumps(clean.value, ensure_ascii=False)
        values = [one["value"] for one in truth[row["request_id"]] if one["entity"] in STRUCTURED]
        seen += len(values)
        found += sum(value not in text for value in values)
    print(f"injected identifiers and secrets removed: {found} of {seen}")
    assert seen > 1500
    assert found == seen


@pytest.mark.django_db
@pytest.mark.usefixtures("settle_at_once")
def test_a_sample_of_real_records_is_curated_to_the_end(
    team: Team, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)
    folder = shared_data / "traces"
    publish_quarantine(
        who=team.lead,
        project=team.project,
        items=read_quarantine_file(shared_data / "quarantine" / "gsm8k_test.jsonl"),
    )
    rows = lines(folder / "traces-permissive.jsonl.gz")
    truth = [
        row for row in lines(folder / "traces-permissive.truth.jsonl.gz") if row["kind"] in ("near", "retry")
    ]
    chosen, pairs = sample(rows, truth)
    data = "\n".join(json.dumps(one) for one in chosen).encode()
    ingest_batch(
        who=team.lead, project=team.project, route="jsonl", items=read_records(io.BytesIO(data), place="f")
    )
    while settle_traces():
        pass
    report = run_curation(team.project)
    print(report)
    assert (
        sum(count for name, count in report.counts.items() if name != "versions") == report.counts["versions"]
    )
    assert report.counts["kept"] > report.counts["versions"] / 2
    assert report.counts["quarantined"] > 10
    assert not CurationState.objects.exclude(step="done").exists()
    assert missed(team, pairs) <= 0.005 * len(pairs)


def sample(
    rows: list[dict[str, Any]], truth: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """Pairs of the injected truth and others beside them, from a fixed seed; pairs as external ids of their traces."""
    by_request = {row["request_id"]: row for row in rows}
    choice = random.Random(7)
    injected = choice.sample(truth, 300)
    chosen: dict[str, dict[str, Any]] = {}
    pairs = []
    for one in injected:
        first, second = by_request.get(one["of"]), by_request.get(one["request_id"])
        if first is not None and second is not None and first["trace_id"] != second["trace_id"]:
            chosen |= {first["request_id"]: first, second["request_id"]: second}
            pairs.append((first["trace_id"], second["trace_id"]))
    for row in choice.sample(rows, SAMPLE - len(chosen)):
        chosen.setdefault(row["request_id"], row)
    return list(chosen.values()), pairs


def missed(team: Team, pairs: list[tuple[str, str]]) -> int:
    """Pairs whose whole texts reach the threshold but which both were kept."""
    traces = Trace.objects.filter(project=team.project).select_related("current__curation")
    by_name = {one.external_id: one.current for one in traces}
    texts = {
        key: whole(stored.conversation)
        for key, stored in load_many([v for v in by_name.values() if v]).items()
    }
    count = 0
    for names in pairs:
        versions = [by_name[name] for name in names]
        sets = [shingles(texts[one.pk], 5) for one in versions if one is not None]
        both_kept = all(one is not None and not one.curation.drop_reason for one in versions)
        count += both_kept and jaccard(*sets) >= 0.8
    return count
