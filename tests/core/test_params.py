"""A number in an address is a number, or the default: nothing somebody types breaks a page."""

from __future__ import annotations

import pytest

from core.params import whole_number


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("0", 0), ("9" * 18, int("9" * 18))])
def test_digits_are_a_number(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", None, "²", "٣", "-1", "1.5", "1e3", " 1", "9" * 5000])
def test_everything_else_is_the_default(text: str | None) -> None:
    assert (whole_number(text), whole_number(text, 7)) == (0, 7)
