"""Recall of injected identifiers in real traces, recall and precision on Presidio's labelled set, and speed of the structured rules."""

import gzip
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.contract import Row
from core.privacy import SurrogateKey, default_rules, redact
from core.privacy.detect import find_hits

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "traces"
KEY = SurrogateKey("bench", b"b" * 32)
KINDS = {
    "CREDIT_CARD": "card", "EMAIL_ADDRESS": "e-mail", "IBAN_CODE": "IBAN", "API_KEY": "API key", "PHONE_NUMBER": "phone",
    "US_SSN": "SSN", "IP_ADDRESS": "IP",
}  # fmt: skip
CERTAIN = {"CREDIT_CARD", "EMAIL_ADDRESS", "IBAN_CODE", "API_KEY"}
QUICK = 3000


def rows(*, quick: bool) -> Iterator[Row]:
    """Needs the real records beside the checkout; without them there is nothing to measure."""
    if not DATA.is_dir():
        raise SystemExit("../shared/data/traces is absent: nothing to measure on.")
    records = _lines(DATA / "traces-permissive.jsonl.gz")
    yield from _injected(records)
    yield from _labelled()
    yield from _speed(records[:QUICK] if quick else records)


def _lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def _injected(records: list[dict[str, Any]]) -> Iterator[Row]:
    truth = {
        row["request_id"]: row["values"]
        for row in _lines(DATA / "traces-permissive.truth.jsonl.gz")
        if row["kind"] == "pii"
    }
    found, seen = Counter[str](), Counter[str]()
    for record in records:
        if record["request_id"] in truth:
            text = json.dumps(redact(record, keys=KEY, rules=default_rules()).value, ensure_ascii=False)
            for one in truth[record["request_id"]]:
                seen[one["entity"]] += 1
                found[one["entity"]] += one["value"] not in text
    for entity, name in KINDS.items():
        must = "== 1" if entity in CERTAIN else ">= 0.985"
        yield Row(
            f"injected {name} removed", found[entity] / max(1, seen[entity]), f"of {seen[entity]}", must
        )


def _labelled() -> Iterator[Row]:
    with gzip.open(DATA / "pii" / "presidio_synth_dataset_v2.json.gz", "rt", encoding="utf-8") as stream:
        documents = json.load(stream)
    wanted = KINDS.keys() - {"API_KEY"}
    found = seen = right = hits = 0
    for document in documents:
        spans = [
            range(span["start_position"], span["end_position"])
            for span in document["spans"]
            if span["entity_type"] in wanted
        ]
        made = find_hits(document["full_text"], default_rules())
        covered = {place for hit in made for place in range(hit.start, hit.end)}
        true = {place for span in spans for place in span}
        seen += len(spans)
        found += sum(sum(place in covered for place in span) >= 0.99 * len(span) for span in spans)
        hits += len(made)
        right += sum(any(place in true for place in range(hit.start, hit.end)) for hit in made)
    yield Row("labelled set, structured recall", found / seen, f"of {seen}", ">= 0.985")
    yield Row("labelled set, structured precision", right / hits, f"of {hits}", ">= 0.98")


def _speed(records: list[dict[str, Any]]) -> Iterator[Row]:
    size = sum(len(json.dumps(record, ensure_ascii=False).encode()) for record in records)
    started = time.process_time()
    for record in records:
        redact(record, keys=KEY, rules=default_rules())
    seconds = time.process_time() - started
    yield Row("JSON redacted per core", size / seconds / 1e6, "MB/s", ">= 5")
    yield Row("records redacted per core", len(records) / seconds, "1/s")
