"""From candidates to the rows that enter: bars, reasons, one per cluster, the limit; every drop by name."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from snapshots.reasons import (
    AnswerFacts,
    Drop,
    Evidence,
    Exclusion,
    Keep,
    Policy,
    judge_answer,
    judge_preference,
)
from snapshots.selection import SelectionSpec


@dataclass(frozen=True)
class Candidate:
    """One answer (SFT) or one judged pair (preference) with everything the choice depends on.

    `key` names it stably; `bar` is what keeps its conversation out whatever anybody said (permission,
    quarantine, strata); `cluster` is the near-duplicate cluster's representative.
    """

    key: str
    version: str
    cluster: str
    is_representative: bool
    bar: Exclusion | None
    facts: AnswerFacts
    outcome: str = ""


@dataclass(frozen=True)
class Chosen:
    """A candidate that enters, under this evidence."""

    candidate: Candidate
    evidence: Evidence


def choose(candidates: Iterable[Candidate], spec: SelectionSpec) -> tuple[list[Chosen], list[Exclusion]]:
    """Rows that enter in stable order, and one exclusion per candidate that does not."""
    kept: list[Chosen] = []
    dropped: list[Exclusion] = []
    for candidate in candidates:
        verdict = _judge(candidate, spec)
        if isinstance(verdict, Keep):
            kept.append(Chosen(candidate, verdict.evidence))
        else:
            dropped.append(verdict.exclusion)
    kept.sort(key=_preferred)
    if spec.one_per_cluster:
        kept, repeated = _one_per_cluster(kept)
        dropped += [Exclusion.NEAR_DUPLICATE] * repeated
    if spec.max_rows is not None and len(kept) > spec.max_rows:
        dropped += [Exclusion.OVER_LIMIT] * (len(kept) - spec.max_rows)
        kept = sorted(kept, key=lambda one: _drawn(one.candidate.key, spec.seed))[: spec.max_rows]
    return kept, dropped


def _judge(candidate: Candidate, spec: SelectionSpec) -> Keep | Drop:
    if candidate.bar is not None:
        return Drop(candidate.bar)
    policy = Policy(spec.reasons, spec.min_strength, spec.include_simulated)
    if spec.kind == "sft":
        return judge_answer(candidate.facts, policy)
    evidence = next(iter(candidate.facts.evidence), None)
    return judge_preference(evidence, candidate.outcome, policy)


def _one_per_cluster(kept: list[Chosen]) -> tuple[list[Chosen], int]:
    seen: set[str] = set()
    unique = []
    for one in kept:
        if one.candidate.cluster not in seen:
            seen.add(one.candidate.cluster)
            unique.append(one)
    return unique, len(kept) - len(unique)


def _preferred(one: Chosen) -> tuple[bool, bool, float, str]:
    """Within a cluster: what people really said, then the representative, then the stronger evidence."""
    return (
        one.evidence.simulated,
        not one.candidate.is_representative,
        -one.evidence.strength,
        one.candidate.key,
    )


def _drawn(key: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}\x00{key}".encode()).digest()
