"""From candidates to the rows that enter: bars, reasons, one per cluster, caps, quotas or the limit; every drop by name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from curation.sampling import Candidate as Drawable
from curation.sampling import Given, Quotas, capped, draw, sample
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
    quarantine, strata); `cluster` is the near-duplicate cluster's representative; `stratum` and `templates` (what is
    left of question and answer without names and numbers) are what quotas and caps count.
    """

    key: str
    version: str
    cluster: str
    is_representative: bool
    bar: Exclusion | None
    facts: AnswerFacts
    outcome: str = ""
    stratum: str = ""
    templates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chosen:
    """A candidate that enters, under this evidence."""

    candidate: Candidate
    evidence: Evidence


def choose(candidates: Iterable[Candidate], spec: SelectionSpec) -> tuple[list[Chosen], list[Exclusion]]:
    """Rows that enter in stable order, and one exclusion per candidate that does not."""
    kept, dropped, _ = choose_reported(candidates, spec)
    return kept, dropped


def choose_reported(
    candidates: Iterable[Candidate], spec: SelectionSpec
) -> tuple[list[Chosen], list[Exclusion], Sequence[Given]]:
    """The same with what every stratum was asked for and gave; nothing where the selection sets no quotas."""
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
    if spec.max_per_template is not None:
        kept, repeated = _few_per_template(kept, spec)
        dropped += [Exclusion.SAME_TEMPLATE] * repeated
    if spec.quotas:
        return _by_quota(kept, dropped, spec)
    if spec.max_rows is not None and len(kept) > spec.max_rows:
        dropped += [Exclusion.OVER_LIMIT] * (len(kept) - spec.max_rows)
        kept = sorted(kept, key=lambda one: draw(one.candidate.key, spec.seed))[: spec.max_rows]
    return kept, dropped, ()


def _by_quota(
    kept: list[Chosen], dropped: list[Exclusion], spec: SelectionSpec
) -> tuple[list[Chosen], list[Exclusion], Sequence[Given]]:
    by_key = {one.candidate.key: one for one in kept}
    drawn = sample(
        (Drawable(one.candidate.key, one.candidate.cluster, one.candidate.stratum) for one in kept),
        Quotas(
            spec.max_rows or 0,
            spec.quotas,
            seed=spec.seed,
            fill=spec.fill_quotas,
            per_cluster=1 if spec.one_per_cluster else max(1, len(kept)),
        ),
    )
    chosen = [by_key[one.key] for one in drawn.chosen]
    dropped = [*dropped, *[Exclusion.OVER_QUOTA] * (len(kept) - len(chosen))]
    return chosen, dropped, drawn.report


def _few_per_template(kept: list[Chosen], spec: SelectionSpec) -> tuple[list[Chosen], int]:
    """At most so many of one template, drawn by the seed."""
    by_key = {one.candidate.key: one for one in kept}
    lots = sorted(kept, key=lambda one: draw(one.candidate.key, spec.seed))
    few = capped(
        (Drawable(one.candidate.key, "", "", one.candidate.templates) for one in lots), spec.max_per_template
    )
    chosen = {one.key for one in few}
    return [one for key, one in by_key.items() if key in chosen], len(kept) - len(chosen)


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
