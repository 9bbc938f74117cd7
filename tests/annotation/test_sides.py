"""Sides are undone exactly: what was seen on the left is stored as the response that stood there."""

import pytest

from annotation.choices import Answer, Choice, Shown
from annotation.sides import as_shown, left_was_chosen, place, unswap


def test_an_unswapped_left_is_the_first_response() -> None:
    assert unswap(Shown.LEFT_CLEAR, swapped=False) == Answer(Choice.A, 2)
    assert unswap(Shown.RIGHT, swapped=False) == Answer(Choice.B, 1)


def test_a_swapped_left_is_the_second_response() -> None:
    assert unswap(Shown.LEFT_CLEAR, swapped=True) == Answer(Choice.B, 2)
    assert place("first", "second", swapped=True) == ("second", "first")


@pytest.mark.parametrize("shown", list(Shown))
@pytest.mark.parametrize("swapped", [False, True])
def test_there_and_back_is_the_same_answer(shown: Shown, swapped: bool) -> None:
    assert as_shown(unswap(shown, swapped=swapped), swapped=swapped) == shown


@pytest.mark.parametrize("shown", [Shown.TIE, Shown.BOTH_BAD, Shown.CANNOT_JUDGE])
def test_answers_without_a_side_do_not_depend_on_it(shown: Shown) -> None:
    assert unswap(shown, swapped=True) == unswap(shown, swapped=False)
    assert left_was_chosen(unswap(shown, swapped=True).choice, swapped=True) is None


def test_the_side_that_won_is_known_afterwards() -> None:
    assert left_was_chosen(Choice.A, swapped=False) is True
    assert left_was_chosen(Choice.A, swapped=True) is False


def test_a_preference_without_strength_and_a_tie_with_one_are_refused() -> None:
    with pytest.raises(ValueError, match="strength"):
        Answer(Choice.A)
    with pytest.raises(ValueError, match="no strength"):
        Answer(Choice.TIE, 1)
