"""The tagger's numbers on texts that were not made by us: the labelled set's held-out templates, injected truth, and quiet real traces."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.privacy.tagger import SHIPPED, find_entities

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "traces"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data/traces is absent")


def held_out(name: str) -> bool:
    """The half that nobody looked at while templates were written."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % 2 == 1


def _lines(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(DATA / name, "rt", encoding="utf-8") as stream:
        yield from map(json.loads, stream)


def _covered(text: str) -> set[int]:
    return {at for start, end, _ in find_entities(text, SHIPPED) for at in range(start, end)}


def _is_covered(span: range, covered: set[int]) -> bool:
    return sum(at in covered for at in span) >= 0.99 * len(span)


def test_names_and_addresses_of_the_labelled_set_are_found() -> None:
    with gzip.open(DATA / "pii" / "presidio_synth_dataset_v2.json.gz", "rt", encoding="utf-8") as stream:
        documents = [one for one in json.load(stream) if held_out(f"template {one['template_id']}")]
    true, found = Counter[str](), Counter[str]()
    hits = right = 0
    for document in documents:
        text = document["full_text"]
        covered = _covered(text)
        people: set[int] = set()
        for span in document["spans"]:
            kind, places = span["entity_type"], range(span["start_position"], span["end_position"])
            people.update(places if kind in ("PERSON", "TITLE") else ())
            true[kind] += 1
            found[kind] += _is_covered(places, covered)
        made = [range(start, end) for start, end, kind in find_entities(text, SHIPPED) if kind == "person"]
        hits += len(made)
        right += sum(any(at in people for at in span) for span in made)
    assert found["PERSON"] / true["PERSON"] >= 0.85
    assert right / hits >= 0.9
    assert found["STREET_ADDRESS"] / true["STREET_ADDRESS"] >= 0.8


def test_names_and_addresses_put_into_real_conversations_are_found() -> None:
    truth = {
        row["request_id"]: row for row in _lines("traces-permissive.truth.jsonl.gz") if row["kind"] == "pii"
    }
    true, found = Counter[str](), Counter[str]()
    for record in _lines("traces-permissive.jsonl.gz"):
        row = truth.get(record["request_id"])
        if row is None:
            continue
        text = record["request"]["messages"][row["message"]]["content"]
        covered = _covered(text)
        for one in row["values"]:
            at = text.find(one["value"])
            true[one["entity"]] += 1
            found[one["entity"]] += at >= 0 and _is_covered(range(at, at + len(one["value"])), covered)
    assert found["PERSON"] / true["PERSON"] >= 0.9
    assert found["STREET_ADDRESS"] / true["STREET_ADDRESS"] >= 0.9


def test_tool_definitions_and_code_stay_quiet() -> None:
    size = people = addresses = 0
    for record in _lines("traces-permissive.jsonl.gz"):
        if record["source"]["dataset"] != "BFCL_v4" or not record["request"].get("tools"):
            continue
        text = json.dumps(record["request"]["tools"])
        size += len(text)
        kinds = [kind for _, _, kind in find_entities(text, SHIPPED)]
        people += kinds.count("person")
        addresses += kinds.count("address")
        if size > 1_500_000:
            break
    assert size > 500_000
    assert people / size * 1e6 < 250
    assert addresses / size * 1e6 < 50
