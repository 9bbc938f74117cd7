"""Why a row may enter a snapshot, and under which name everything else stays out.

An SFT row needs a named reason; down-rated, failed, truncated and escalated answers are never positives,
whatever else speaks for them. Only a *fixed* answer is exempt: its text is a person's, not the model's.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """What speaks for a row."""

    FIXED = "fixed"
    ACCEPTED = "accepted"
    PAIR_WINNER = "pair_winner"
    POSITIVE_FEEDBACK = "explicit_positive_feedback"
    JUDGED = "judged"
    FIXED_OVER_ORIGINAL = "fixed_over_original"


class Exclusion(StrEnum):
    """What kept a candidate out."""

    NO_REASON = "no_reason"
    DOWN_RATED = "down_rated"
    FAILED = "failed"
    TRUNCATED = "truncated"
    ESCALATED = "escalated"
    DROPPED = "dropped_by_annotator"
    SIMULATED = "simulated"
    TIE = "tie"
    BOTH_BAD = "both_bad"
    UNDECIDED = "undecided"
    BELOW_STRENGTH = "below_strength"
    NO_PROMPT = "no_prompt"
    NO_ANSWER = "no_answer"
    EMPTY_ANSWER = "empty_answer"
    IDENTICAL_ANSWERS = "identical_answers"
    UNSUPPORTED_PART = "unsupported_part"
    NOT_PERMITTED = "not_permitted"
    QUARANTINED = "quarantined"
    NOT_SCREENED = "not_screened"
    NEAR_DUPLICATE = "near_duplicate"
    OUTSIDE_STRATA = "outside_strata"
    NEEDS_WORK = "needs_work"
    SAME_ROW = "same_row"
    ERASED = "erased"
    OVER_LIMIT = "over_limit"


SFT_REASONS = (Reason.FIXED, Reason.ACCEPTED, Reason.PAIR_WINNER, Reason.POSITIVE_FEEDBACK)
PREFERENCE_REASONS = (Reason.JUDGED, Reason.FIXED_OVER_ORIGINAL)
TRUNCATING = frozenset({"length", "max_tokens", "content_filter", "incomplete"})


@dataclass(frozen=True)
class Evidence:
    """One thing people said for an answer: the reason, how strong (pairs only), whether it was simulated."""

    reason: Reason
    strength: int = 0
    simulated: bool = False
    judgments: tuple[str, ...] = ()


@dataclass(frozen=True)
class AnswerFacts:
    """What is known against an answer (state of production) and for it (evidence)."""

    failed: bool = False
    truncated: bool = False
    down_rated: bool = False
    escalated: bool = False
    dropped: bool = False
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Policy:
    """What a selection asks for. `min_strength` is the pair strength from which a winner is a positive."""

    reasons: Collection[Reason] = SFT_REASONS
    min_strength: int = 2
    include_simulated: bool = False


@dataclass(frozen=True)
class Keep:
    """This answer enters under the named evidence."""

    evidence: Evidence


@dataclass(frozen=True)
class Drop:
    """This answer stays out, counted under `exclusion`."""

    exclusion: Exclusion


def judge_answer(facts: AnswerFacts, policy: Policy) -> Keep | Drop:
    """Whether an answer becomes an SFT row: vetoes first, then the strongest reason a real person gave."""
    allowed = [e for e in facts.evidence if e.reason in policy.reasons]
    fixed = _best([e for e in allowed if e.reason is Reason.FIXED], policy)
    if fixed is not None:
        return Keep(fixed)
    veto = _veto(facts)
    if veto is not None:
        return Drop(veto)
    strong = [e for e in allowed if e.reason is not Reason.PAIR_WINNER or e.strength >= policy.min_strength]
    best = _best(strong, policy)
    if best is not None:
        return Keep(best)
    if strong:
        return Drop(Exclusion.SIMULATED)
    return Drop(Exclusion.BELOW_STRENGTH if allowed else Exclusion.NO_REASON)


def judge_preference(
    *, decision: str, strength: int, simulated: bool, min_strength: int, include_simulated: bool
) -> Drop | None:
    """Whether a decided pair stays out; None lets it in. `decision` is a, b, tie, both_bad or undecided."""
    if decision not in ("a", "b"):
        known = {"tie": Exclusion.TIE, "both_bad": Exclusion.BOTH_BAD}
        return Drop(known.get(decision, Exclusion.UNDECIDED))
    if simulated and not include_simulated:
        return Drop(Exclusion.SIMULATED)
    return Drop(Exclusion.BELOW_STRENGTH) if strength < min_strength else None


def _veto(facts: AnswerFacts) -> Exclusion | None:
    vetoes = (
        (facts.dropped, Exclusion.DROPPED),
        (facts.down_rated, Exclusion.DOWN_RATED),
        (facts.failed, Exclusion.FAILED),
        (facts.truncated, Exclusion.TRUNCATED),
        (facts.escalated, Exclusion.ESCALATED),
    )
    return next((name for holds, name in vetoes if holds), None)


def _best(evidence: list[Evidence], policy: Policy) -> Evidence | None:
    usable = [e for e in evidence if policy.include_simulated or not e.simulated]
    order = {reason: place for place, reason in enumerate(SFT_REASONS)}
    return min(usable, key=lambda e: (e.simulated, order[e.reason], -e.strength), default=None)
