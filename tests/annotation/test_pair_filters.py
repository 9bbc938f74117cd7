"""Pairs nobody can tell apart are not shown; pairs that differ in one number are."""

import pytest

from annotation.filters import PairFilter, why_not_shown


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ("A list is mutable.", "A  list is\nmutable. ", PairFilter.IDENTICAL),
        ("cafe\u0301", "caf\u00e9", PairFilter.IDENTICAL),
        ("", "  ", PairFilter.EMPTY),
        ("Card [CARD:bcdfghjkmnpq], no.", "Card [CARD:qpnmkjhgfdcb], no", PairFilter.TEMPLATED),
        ("**Yes**, it is.", "Yes, it is", PairFilter.TEMPLATED),
        ("The answer is 42.", "The answer is 43.", None),
        ("f(a, b)", "f(a), b", None),
        ("It is -5", "It is 5", None),
        ("", "An answer", PairFilter.EMPTY),
    ],
)
def test_a_pair_is_shown_only_if_a_reader_could_prefer_one(
    first: str, second: str, why: PairFilter | None
) -> None:
    assert why_not_shown(first, second) == why
