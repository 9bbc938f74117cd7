"""An SFT row needs a reason a person gave, and some answers are never positives."""

import pytest

from snapshots.reasons import (
    PREFERENCE_REASONS,
    AnswerFacts,
    Drop,
    Evidence,
    Exclusion,
    Keep,
    Policy,
    Reason,
    judge_answer,
    judge_preference,
)

JUDGED = Evidence(Reason.JUDGED, strength=2)
ACCEPTED = Evidence(Reason.ACCEPTED)
FIXED = Evidence(Reason.FIXED)
DEFAULT = Policy()


def test_an_answer_nobody_spoke_for_stays_out() -> None:
    assert judge_answer(AnswerFacts(), DEFAULT) == Drop(Exclusion.NO_REASON)


@pytest.mark.parametrize(
    "veto",
    [Exclusion.DOWN_RATED, Exclusion.FAILED, Exclusion.TRUNCATED, Exclusion.ESCALATED, Exclusion.DROPPED],
)
def test_a_vetoed_answer_is_never_a_positive_whatever_speaks_for_it(veto: Exclusion) -> None:
    every = tuple(Evidence(r, strength=2) for r in Reason if r is not Reason.FIXED)
    assert judge_answer(AnswerFacts(veto, every), DEFAULT) == Drop(veto)


def test_a_fixed_answer_enters_although_the_original_was_down_rated() -> None:
    assert judge_answer(AnswerFacts(Exclusion.DOWN_RATED, (FIXED,)), DEFAULT) == Keep(FIXED)


@pytest.mark.parametrize(("strength", "enters"), [(1, False), (2, True)])
def test_a_pair_winner_enters_only_from_the_set_strength(strength: int, enters: bool) -> None:
    evidence = Evidence(Reason.PAIR_WINNER, strength=strength)
    outcome = judge_answer(AnswerFacts(evidence=(evidence,)), Policy(min_strength=2))
    assert outcome == (Keep(evidence) if enters else Drop(Exclusion.BELOW_STRENGTH))


def test_simulated_evidence_counts_only_where_the_selection_asks_for_it() -> None:
    facts = AnswerFacts(evidence=(Evidence(Reason.ACCEPTED, simulated=True),))
    assert judge_answer(facts, DEFAULT) == Drop(Exclusion.SIMULATED)
    assert isinstance(judge_answer(facts, Policy(include_simulated=True)), Keep)


def test_what_a_real_person_said_is_preferred_to_what_was_simulated() -> None:
    real = Evidence(Reason.POSITIVE_FEEDBACK)
    facts = AnswerFacts(evidence=(Evidence(Reason.ACCEPTED, simulated=True), real))
    assert judge_answer(facts, Policy(include_simulated=True)) == Keep(real)


def test_a_reason_the_selection_did_not_ask_for_does_not_count() -> None:
    policy = Policy(reasons=(Reason.FIXED,))
    assert judge_answer(AnswerFacts(evidence=(ACCEPTED,)), policy) == Drop(Exclusion.NO_REASON)


@pytest.mark.parametrize(
    ("outcome", "name"),
    [
        ("tie", Exclusion.TIE),
        ("both_bad", Exclusion.BOTH_BAD),
        ("cannot", Exclusion.CANNOT_JUDGE),
        ("conflict", Exclusion.CONFLICT),
        ("", Exclusion.UNDECIDED),
    ],
)
def test_a_pair_without_a_winner_is_no_preference(outcome: str, name: Exclusion) -> None:
    everything = Policy(PREFERENCE_REASONS, min_strength=1, include_simulated=True)
    assert judge_preference(JUDGED, outcome, everything) == Drop(name)


@pytest.mark.parametrize(
    ("simulated", "asked", "enters"), [(True, False, False), (True, True, True), (False, False, True)]
)
def test_a_simulated_preference_enters_only_when_asked_for(
    simulated: bool, asked: bool, enters: bool
) -> None:
    evidence = Evidence(Reason.JUDGED, strength=1, simulated=simulated)
    policy = Policy(PREFERENCE_REASONS, min_strength=1, include_simulated=asked)
    assert isinstance(judge_preference(evidence, "a", policy), Keep) == enters


def test_a_fix_is_preferred_to_its_original_however_weak_the_vote() -> None:
    evidence = Evidence(Reason.FIXED_OVER_ORIGINAL, strength=1)
    assert judge_preference(evidence, "a", Policy(PREFERENCE_REASONS, min_strength=2)) == Keep(evidence)
    assert judge_preference(evidence, "a", Policy((Reason.JUDGED,))) == Drop(Exclusion.NOT_ASKED_FOR)
