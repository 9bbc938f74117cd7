"""What a snapshot says about itself: composed once at sealing, canonical (RFC 8785), never edited.

Everything a person needs to judge the data without the product stands in it: how it was selected, what stayed
out and why, who judged, what was simulated, which rules redacted it, and the hashes of every file.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from curation.sampling import Given
from snapshots.shards import Shard, columns_described, writer_described

SCHEMA = 1


@dataclass
class Tally:
    """Counts gathered while rows are kept or dropped; every candidate ends in exactly one of the two."""

    kept: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    splits: Counter[str] = field(default_factory=Counter)
    strata: Counter[str] = field(default_factory=Counter)
    training_use: Counter[str] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    redaction_rules: Counter[str] = field(default_factory=Counter)
    simulated: int = 0
    simulated_traces: int = 0
    judgments: set[str] = field(default_factory=set)
    sampling: Sequence[Given] = ()

    def keep(self, *, row: Mapping[str, Any], stratum: str, training_use: str) -> None:
        """Count a row that enters."""
        lineage = row["lineage"]
        self.kept[row["reason"]] += 1
        self.splits[row["split"]] += 1
        self.strata[stratum] += 1
        self.training_use[training_use] += 1
        self.licences[lineage["licence"]] += 1
        self.redaction_rules[lineage["redaction_rules"]] += 1
        self.simulated += bool(lineage["simulated"])
        self.simulated_traces += bool(lineage.get("trace_simulated"))
        self.judgments.update(lineage["judgments"])

    def drop(self, exclusion: str, count: int = 1) -> None:
        """Count what stays out, by name."""
        self.dropped[exclusion] += count

    @property
    def rows(self) -> int:
        """Rows that enter."""
        return self.kept.total()

    @property
    def candidates(self) -> int:
        """Everything that was looked at: kept plus dropped."""
        return self.kept.total() + self.dropped.total()

    def as_counts(self) -> dict[str, Any]:
        """The manifest's `counts`."""
        return {
            "candidates": self.candidates,
            "rows": self.rows,
            "by_reason": _sorted(self.kept),
            "excluded": _sorted(self.dropped),
            "splits": _sorted(self.splits),
            "strata": _sorted(self.strata),
            "training_use": _sorted(self.training_use),
            "licences": _sorted(self.licences),
            "redaction_rules": _sorted(self.redaction_rules),
            "simulated_rows": self.simulated,
            "rows_from_simulated_traces": self.simulated_traces,
            "judgments": len(self.judgments),
            **({"sampling": [_line(one) for one in self.sampling]} if self.sampling else {}),
        }


def compose_manifest(
    *,
    name: str,
    kind: str,
    project: str,
    parent_root: str | None,
    root: str,
    selection: Mapping[str, Any],
    tally: Tally,
    dedup: Mapping[str, Any],
    screening: Mapping[str, Any],
    shards: Iterable[Shard],
    code_version: str,
) -> dict[str, Any]:
    """The manifest as a JSON-able dict; times are left out, so the same data gives the same manifest."""
    return {
        "schema": SCHEMA,
        "name": name,
        "kind": kind,
        "project": project,
        "parent_root": parent_root,
        "root": root,
        "selection": dict(selection),
        "counts": tally.as_counts(),
        "dedup": dict(dedup),
        "screening": dict(screening),
        "shards": [shard.described() for shard in shards],
        "columns": columns_described(),
        "writer": writer_described(),
        "code_version": code_version,
    }


def _line(one: Given) -> dict[str, Any]:
    return {
        "stratum": one.stratum,
        "asked": one.asked,
        "available": one.available,
        "given": one.given,
        "why": one.why.value,
    }


def _sorted(counter: Counter[str]) -> dict[str, int]:
    return {name: counter[name] for name in sorted(counter)}
