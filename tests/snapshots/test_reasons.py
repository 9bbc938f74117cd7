"""An SFT row needs a reason a person gave, and some answers are never positives."""

import pytest

from snapshots.reasons import (
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

ACCEPTED = Evidence(Reason.ACCEPTED)
FIXED = Evidence(Reason.FIXED)
DEFAULT = Policy()


def test_an_answer_nobody_spoke_for_stays_out() -> None:
    assert judge_answer(AnswerFacts(), DEFAULT) == Drop(Exclusion.NO_REASON)


@pytest.mark.parametrize(
    ("veto", "name"),
    [
        ("down_rated", Exclusion.DOWN_RATED),
        ("failed", Exclusion.FAILED),
        ("truncated", Exclusion.TRUNCATED),
        ("escalated", Exclusion.ESCALATED),
        ("dropped", Exclusion.DROPPED),
    ],
)
def test_a_vetoed_answer_is_never_a_positive_whatever_speaks_for_it(veto: str, name: Exclusion) -> None:
    every = tuple(Evidence(r, strength=2) for r in Reason if r is not Reason.FIXED)
    assert judge_answer(AnswerFacts(**{veto: True}, evidence=every), DEFAULT) == Drop(name)


def test_a_fixed_answer_enters_although_the_original_was_down_rated() -> None:
    assert judge_answer(AnswerFacts(down_rated=True, evidence=(FIXED,)), DEFAULT) == Keep(FIXED)


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
    ("decision", "name"),
    [("tie", Exclusion.TIE), ("both_bad", Exclusion.BOTH_BAD), ("", Exclusion.UNDECIDED)],
)
def test_a_pair_without_a_winner_is_no_preference(decision: str, name: Exclusion) -> None:
    outcome = judge_preference(
        decision=decision, strength=2, simulated=False, min_strength=1, include_simulated=True
    )
    assert outcome == Drop(name)


@pytest.mark.parametrize(
    ("simulated", "asked", "enters"), [(True, False, False), (True, True, True), (False, False, True)]
)
def test_a_simulated_preference_enters_only_when_asked_for(
    simulated: bool, asked: bool, enters: bool
) -> None:
    outcome = judge_preference(
        decision="a", strength=1, simulated=simulated, min_strength=1, include_simulated=asked
    )
    assert (outcome is None) == enters
