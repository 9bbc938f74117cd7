"""The traces beside the checkout: records, and what users asked in each dialogue with its true domain."""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TRACES = Path(__file__).resolve().parents[3] / "shared" / "data" / "traces"
LONGEST = 240
"""As much of what was asked as a version keeps for its domain."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One session in its longest form: the domain its source names, and what the user said turn by turn."""

    domain: str
    said: tuple[str, ...]

    @property
    def topic(self) -> str:
        """What the product gives a domain by."""
        return " ".join(" ".join(self.said)[: LONGEST * 3].split())[:LONGEST]


def records(name: str) -> Iterator[dict[str, Any]]:
    """Every record of one file, in order."""
    with gzip.open(TRACES / f"{name}.jsonl.gz", "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def asked(record: dict[str, Any]) -> tuple[str, ...]:
    """What the user said, turn by turn."""
    return tuple(
        one["content"]
        for one in record["request"]["messages"]
        if one["role"] == "user" and isinstance(one["content"], str)
    )


def dialogues(name: str, *, each: int, seed: int) -> list[Dialogue]:
    """At most `each` of every domain, drawn by seed; no two sessions ask the same."""
    longest: dict[str, Dialogue] = {}
    for record in records(name):
        said, session = asked(record), record["session_id"]
        if said and (session not in longest or len(said) > len(longest[session].said)):
            longest[session] = Dialogue(record["domain"], said)
    by_domain: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for one in longest.values():
        by_domain[one.domain].add(one.said)
    rng = random.Random(seed)
    found = []
    for domain, every in sorted(by_domain.items()):
        ordered = sorted(every)
        found += [Dialogue(domain, said) for said in rng.sample(ordered, min(each, len(ordered)))]
    return found
