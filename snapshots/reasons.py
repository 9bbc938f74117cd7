"""Why a row may enter a snapshot, and under which name everything else stays out.

An SFT row needs a named reason; down-rated, failed, truncated and escalated answers are never positives,
whatever else speaks for them. Only a *fixed* answer is exempt: its text is a person's, not the model's.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from math import inf


class Reason(StrEnum):
    """What speaks for a row."""

    FIXED = "fixed"
    ACCEPTED = "accepted"
    PAIR_WINNER = "pair_winner"
    POSITIVE_FEEDBACK = "explicit_positive_feedback"
    JUDGED = "judged"
    FIXED_OVER_ORIGINAL = "fixed_over_original"
    TIED = "tied"


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
    CANNOT_JUDGE = "cannot_judge"
    CONFLICT = "conflict"
    NOT_ASKED_FOR = "reason_not_asked_for"
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
    OUTSIDE_RECIPE = "outside_recipe"
    NEEDS_WORK = "needs_work"
    REPORTED = "reported"
    GOLD = "gold"
    NOT_CURATED = "not_curated"
    DROPPED_IN_CURATION = "dropped_in_curation"
    SUPERSEDED = "superseded_version"
    BODY_RETIRED = "body_retired"
    SAME_ROW = "same_row"
    ERASED = "erased"
    OVER_LIMIT = "over_limit"
    OVER_QUOTA = "over_quota"
    SAME_TEMPLATE = "same_template"


SFT_REASONS = (Reason.FIXED, Reason.ACCEPTED, Reason.PAIR_WINNER, Reason.POSITIVE_FEEDBACK)
PREFERENCE_REASONS = (Reason.JUDGED, Reason.FIXED_OVER_ORIGINAL)
ON_REQUEST = (Reason.TIED,)
"""Pairs that nobody won enter only a selection that asks for them, and no training of ours."""
TRUNCATING = frozenset({"length", "max_tokens", "content_filter", "incomplete"})


@dataclass(frozen=True)
class Evidence:
    """One thing people said for an answer: the reason, how strong (pairs only), whether it was simulated.

    `decision` and `response` are the ids of the rows that say so, "" for feedback; `turn` is the number of messages
    before the answer, None for the last.
    """

    reason: Reason
    strength: float = 0
    simulated: bool = False
    decision: str = ""
    response: str = ""
    turn: int | None = None

    @property
    def reach(self) -> float:
        """How far into its conversation a row goes that rests on this."""
        return inf if self.turn is None else self.turn


@dataclass(frozen=True)
class AnswerFacts:
    """What is known against an answer (the first veto that holds) and for it (evidence)."""

    veto: Exclusion | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Policy:
    """What a selection asks for. `min_strength` is the pair strength from which a winner is a positive."""

    reasons: Collection[str] = SFT_REASONS
    min_strength: float = 2
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
    if facts.veto is not None:
        return Drop(facts.veto)
    strong = [e for e in allowed if e.reason is not Reason.PAIR_WINNER or e.strength >= policy.min_strength]
    best = _best(strong, policy)
    if best is not None:
        return Keep(best)
    if strong:
        return Drop(Exclusion.SIMULATED)
    return Drop(Exclusion.BELOW_STRENGTH if allowed else Exclusion.NO_REASON)


def judge_preference(evidence: Evidence | None, outcome: str, policy: Policy) -> Keep | Drop:
    """Whether a judged pair becomes a preference row; `outcome` is that of its decision, "" for none yet."""
    tied = outcome == "tie" and Reason.TIED in policy.reasons
    if (outcome not in ("a", "b") and not tied) or evidence is None:
        return Drop(_UNDECIDED.get(outcome, Exclusion.UNDECIDED))
    if evidence.reason not in policy.reasons:
        return Drop(Exclusion.NOT_ASKED_FOR)
    if evidence.simulated and not policy.include_simulated:
        return Drop(Exclusion.SIMULATED)
    weak = evidence.reason is Reason.JUDGED and evidence.strength < policy.min_strength
    return Drop(Exclusion.BELOW_STRENGTH) if weak else Keep(evidence)


_UNDECIDED = {
    "tie": Exclusion.TIE,
    "both_bad": Exclusion.BOTH_BAD,
    "cannot": Exclusion.CANNOT_JUDGE,
    "conflict": Exclusion.CONFLICT,
}


def _best(evidence: list[Evidence], policy: Policy) -> Evidence | None:
    usable = [e for e in evidence if policy.include_simulated or not e.simulated]
    order = {reason: place for place, reason in enumerate(SFT_REASONS)}
    return min(
        usable,
        key=lambda e: (e.simulated, order[e.reason], -e.strength, -e.reach, e.decision),
        default=None,
    )
