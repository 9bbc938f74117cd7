"""A near miss lies nearly as near to a question as its own answer, and is neither the same question nor the same answer."""

from __future__ import annotations

import numpy as np
import pytest

from core import embedding
from core.jobs import runner
from curation.actions.mine_hard_negatives import ask_to_mine
from curation.models import HardNegative
from curation.near_misses import LARGEST_MARGIN, LEAST_MARGIN, near_misses
from curation.pipeline import run_curation
from tests.conftest import Team
from tests.curation.arrivals import arrive


def unit(*rows: list[float]) -> np.ndarray:
    vectors = np.array(rows, dtype=np.float32)
    made: np.ndarray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return made


QUESTIONS = unit([1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0])


def test_the_answer_that_nearly_fits_is_found_with_its_margin() -> None:
    answers = unit([0.8, 0, 0, 0.6], [0.75, 0.6, 0, 0.28], [0, 0, 1, 0])
    (found,) = near_misses(QUESTIONS, answers, ["a", "b", "c"])
    assert (found.question, found.answer) == (0, 1)
    assert LEAST_MARGIN <= found.margin <= LARGEST_MARGIN


def test_an_answer_as_near_as_the_own_one_may_be_right_and_is_left_alone() -> None:
    answers = unit([0.8, 0, 0, 0.6], [0.8, 0.6, 0, 0], [0, 0, 1, 0])
    assert near_misses(QUESTIONS, answers, ["a", "b", "c"]) == []


def test_one_cluster_the_same_question_and_the_same_answer_are_no_misses() -> None:
    answers = unit([0.8, 0, 0, 0.6], [0.75, 0.6, 0, 0.28], [0, 0, 1, 0])
    assert near_misses(QUESTIONS, answers, ["a", "a", "c"]) == []
    same = unit([1, 0, 0, 0], [0.99, 0.05, 0, 0], [0, 0, 1, 0])
    assert near_misses(same, answers, ["a", "b", "c"]) == []
    alike = unit([0.8, 0, 0, 0.6], [0.76, 0.1, 0, 0.6], [0, 0, 1, 0])
    assert all(found.question != 0 for found in near_misses(QUESTIONS, alike, ["a", "b", "c"]))


def test_a_question_that_another_answer_fits_better_says_nothing_about_which_are_wrong() -> None:
    answers = unit([0.8, 0, 0, 0.6], [0.72, 0.6, 0, 0.3], [0.9, 0, 0.43, 0])
    assert all(found.question != 0 for found in near_misses(QUESTIONS, answers, ["a", "b", "c"]))


def test_far_answers_are_no_near_misses() -> None:
    assert near_misses(QUESTIONS, QUESTIONS, ["a", "b", "c"]) == []


def test_the_margin_is_always_within_its_bounds() -> None:
    random = np.random.default_rng(5)
    centres = random.normal(size=(700, 24))
    questions, answers = (unit(*(centres + random.normal(0, 0.4, (700, 24))).tolist()) for _ in range(2))
    found = near_misses(questions, answers, [str(n) for n in range(700)])
    assert found
    assert all(LEAST_MARGIN - 1e-3 <= one.margin <= LARGEST_MARGIN + 1e-3 for one in found)
    assert len({one.question for one in found}) == len(found)


TALKS = [
    ("How many apples are left if Tom has 12 apples and eats 5 of them?", "Tom has 12 - 5 = 7 apples left."),
    ("How many pears does Anna pick in 3 hours if she picks 20 pears an hour?", "Anna picks 3 * 20 = 60 pears."),
    ("Write a C++ function that computes a factorial.", "int factorial(int n) { return n < 2 ? 1 : n * factorial(n - 1); }"),
    ("Write a shell script that computes a factorial.", "factorial() { [ $1 -lt 2 ] && echo 1 || echo $(($1 * $(factorial $(($1-1))))); }"),
    ("No, that is all. Thank you!", "You are welcome, have a great day."),
    ("Perfect, thanks for your help.", "My pleasure. Bye!"),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.usefixtures("settle_at_once", "structured_lane")
@pytest.mark.skipif(not embedding.available(), reason="the embed extra is not installed")
def test_the_model_finds_answers_of_the_same_topic_and_none_that_would_do(team: Team) -> None:
    versions = arrive(team, *TALKS)
    run_curation(team.project)
    runner.run(str(ask_to_mine(who=team.lead, project=team.project).pk))
    found = {(versions.index(one.prompt), versions.index(one.negative)) for one in HardNegative.objects.all()}
    assert found
    assert found <= {(0, 1), (1, 0), (2, 3), (3, 2)}
    for one in HardNegative.objects.all():
        assert (one.rule, one.positive) == ("near_miss", one.prompt)
        assert one.evidence["own"] - one.evidence["other"] == pytest.approx(one.margin, abs=1e-3)
