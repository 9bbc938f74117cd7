"""Redaction: recall and precision on labelled and injected identifiers, screening speed of both lanes, and two peers on the same texts."""

import gc
import gzip
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.contract import Row
from benchmarks.peers.redactors import Absent, ask
from core.privacy import RuleSet, SurrogateKey, default_rules, redact, structured_rules
from core.privacy.detect import find_hits

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "traces"
KEY = SurrogateKey("bench", b"b" * 32)
KINDS = {
    "CREDIT_CARD": "card", "EMAIL_ADDRESS": "e-mail", "IBAN_CODE": "IBAN", "API_KEY": "API key", "PHONE_NUMBER": "phone",
    "US_SSN": "SSN", "IP_ADDRESS": "IP",
}  # fmt: skip
STRUCTURED = {*KINDS, "US_DRIVER_LICENSE"} - {"API_KEY"}
CERTAIN = {"CREDIT_CARD", "EMAIL_ADDRESS", "IBAN_CODE", "API_KEY"}
FREE = {"PERSON": ("person", ">= 0.85"), "STREET_ADDRESS": ("address", ">= 0.80")}
COVERED = 0.99
QUICK, FULL_LANE = 3000, 400
PEERS = ("presidio", "scrubadub")

Spans = list[tuple[int, int]]
Documents = list[dict[str, Any]]


def rows(*, quick: bool) -> Iterator[Row]:
    """Needs the real records beside the checkout; without them there is nothing to measure."""
    if not DATA.is_dir():
        raise SystemExit("../shared/data/traces is absent: nothing to measure on.")
    records = _lines(DATA / "traces-permissive.jsonl.gz")
    structured, full = structured_rules(), default_rules()
    with gzip.open(DATA / "pii" / "presidio_synth_dataset_v2.json.gz", "rt", encoding="utf-8") as stream:
        documents = json.load(stream)
    gc.freeze()
    yield from _injected(records, structured)
    yield from _labelled(documents, structured)
    yield from _free(documents, full)
    yield from _speed(records[:QUICK] if quick else records, structured, full)
    yield from _peers(documents, structured, full)


def _lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def _injected(records: list[dict[str, Any]], rules: RuleSet) -> Iterator[Row]:
    truth = {
        row["request_id"]: row["values"]
        for row in _lines(DATA / "traces-permissive.truth.jsonl.gz")
        if row["kind"] == "pii"
    }
    found, seen = Counter[str](), Counter[str]()
    for record in records:
        if record["request_id"] in truth:
            text = json.dumps(redact(record, keys=KEY, rules=rules).value, ensure_ascii=False)
            for one in truth[record["request_id"]]:
                seen[one["entity"]] += 1
                found[one["entity"]] += one["value"] not in text
    for entity, name in KINDS.items():
        must = "== 1" if entity in CERTAIN else ">= 0.985"
        yield Row(
            f"injected {name} removed", found[entity] / max(1, seen[entity]), f"of {seen[entity]}", must
        )


def _labelled(documents: Documents, rules: RuleSet) -> Iterator[Row]:
    made = [_spans(document["full_text"], rules) for document in documents]
    found, seen = recall(documents, made, STRUCTURED)
    right, hits = precision(documents, made, STRUCTURED)
    yield Row("labelled set, structured recall", found / seen, f"of {seen}", ">= 0.985")
    yield Row("labelled set, structured precision", right / hits, f"of {hits}", ">= 0.98")


def _free(documents: Documents, rules: RuleSet) -> Iterator[Row]:
    """People and addresses. Every hit counts for recall: what is covered is gone, whatever it was taken for."""
    made = [_spans(document["full_text"], rules) for document in documents]
    for entity, (kind, must) in FREE.items():
        named = [_spans(document["full_text"], rules, kind) for document in documents]
        found, seen = recall(documents, made, {entity})
        right, hits = precision(documents, named, {entity})
        yield Row(f"labelled set, {entity} recall", found / seen, f"of {seen}", must)
        yield Row(
            f"labelled set, {entity} precision",
            right / max(1, hits),
            f"of {hits}",
            ">= 0.90" if kind == "person" else "",
        )


def _spans(text: str, rules: RuleSet, kind: str = "") -> Spans:
    return [(hit.start, hit.end) for hit in find_hits(text, rules) if not kind or hit.kind == kind]


def recall(documents: Documents, made: list[Spans], wanted: set[str]) -> tuple[int, int]:
    """(entities of which 99 % of the characters are covered, entities)."""
    found = seen = 0
    for document, spans in zip(documents, made, strict=True):
        covered = {place for start, end in spans for place in range(start, end)}
        for one in document["spans"]:
            if one["entity_type"] in wanted:
                places = range(one["start_position"], one["end_position"])
                seen += 1
                found += sum(place in covered for place in places) >= COVERED * len(places)
    return found, seen


def precision(documents: Documents, made: list[Spans], wanted: set[str]) -> tuple[int, int]:
    """(hits that touch a labelled entity, hits)."""
    right = hits = 0
    for document, spans in zip(documents, made, strict=True):
        true = [
            (one["start_position"], one["end_position"])
            for one in document["spans"]
            if one["entity_type"] in wanted
        ]
        hits += len(spans)
        right += sum(any(start < high and low < end for low, high in true) for start, end in spans)
    return right, hits


def _speed(records: list[dict[str, Any]], structured: RuleSet, full: RuleSet) -> Iterator[Row]:
    messages = [list(_texts(record)) for record in records]
    for texts in messages[::5]:
        redact(texts, keys=KEY, rules=structured)
    yield Row("message text redacted per core, structured", _rate(messages, structured), "MB/s", ">= 20")
    whole = [{name: record[name] for name in ("request", "response", "retrieval")} for record in records]
    yield Row("whole records redacted per core, structured", _rate(whole, structured), "MB/s")
    apart = max(2, len(messages) // FULL_LANE)
    _ = [redact(texts, keys=KEY, rules=full) for texts in messages[1 :: 4 * apart]]
    few = list(_unread(messages[::apart], full))
    yield Row(
        "message text redacted per core, full, read for the first time", _rate(few, full), "MB/s", ">= 1"
    )
    yield Row("the same texts once more, full", _rate(few, full), "MB/s")
    changed = sum(bool(redact(one, keys=KEY, rules=structured).marks) for one in whole)
    walked = sum(structured.suspects(json.dumps(one, ensure_ascii=False).encode()) for one in whole)
    yield Row("records walked", walked / len(whole), f"of {len(whole)}; {changed / len(whole):.3f} changed")


def _unread(messages: list[list[str]], rules: RuleSet) -> Iterator[list[str]]:
    """Each text once, and none that these rules have read: what came out unchanged is not read again."""
    seen = set[str]()
    for texts in messages:
        yield [text for text in texts if text not in seen and text not in rules.unchanged]
        seen.update(texts)


def _texts(record: dict[str, Any]) -> Iterator[str]:
    choices = (record["response"] or {}).get("choices", ())
    for message in [*record["request"]["messages"], *(choice["message"] for choice in choices)]:
        if isinstance(message.get("content"), str):
            yield message["content"]


def _rate(values: list[Any], rules: RuleSet) -> float:
    size = sum(
        len(value.encode()) if isinstance(value, str) else len(json.dumps(value, ensure_ascii=False).encode())
        for value in values
    )
    return size / _seconds(lambda: _redact_all(values, rules)) / 1e6


def _redact_all(values: list[Any], rules: RuleSet) -> None:
    """Keeps nothing: the collector is to have no more to do than in a process that stores what it redacts."""
    for value in values:
        redact(value, keys=KEY, rules=rules)


def _seconds(work: Callable[[], Any]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _peers(documents: Documents, structured: RuleSet, full: RuleSet) -> Iterator[Row]:
    texts = [document["full_text"] for document in documents]
    lanes = {"structured": structured, "full": full}
    for rules in lanes.values():
        _ = [find_hits(text, rules) for text in texts[::2]]
    seconds = {
        name: _seconds(lambda rules=rules: [find_hits(text, rules) for text in texts])  # type: ignore[misc]
        for name, rules in lanes.items()
    }
    made = [_spans(text, structured) for text in texts]
    ours, seen = recall(documents, made, STRUCTURED)
    yield Row("documents a second, structured", len(texts) / seconds["structured"], "1/s")
    for peer in PEERS:
        try:
            theirs = ask(peer, texts)
        except Absent as reason:
            yield Row(f"{peer} was not measured", float("nan"), str(reason))
            continue
        found = recall(documents, theirs.spans, STRUCTURED)[0]
        yield Row(f"{peer}: documents a second", len(texts) / theirs.seconds, "1/s")
        yield Row(f"{peer}: structured recall", found / seen, f"of {seen}")
        yield Row(f"structured recall, less that of {peer}", (ours - found) / seen, "", "> 0")
        for lane, took in seconds.items():
            must = ">= 10" if lane == "structured" or peer == "presidio" else ""
            yield Row(f"times as fast as {peer}, {lane} lane", theirs.seconds / took, "×", must)
