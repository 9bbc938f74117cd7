"""Offsets into a text point at the same words after its redaction."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.privacy import SurrogateKey, default_rules, redact
from core.privacy.offsets import Edit, carried, composed, origin

EDITS = [Edit(4, 8, 4, 14), Edit(10, 12, 16, 17)]


def test_before_between_and_after_replaced_stretches() -> None:
    assert carried(0, 4, EDITS) == (0, 4)
    assert carried(8, 10, EDITS) == (14, 16)
    assert carried(12, 15, EDITS) == (17, 20)


def test_a_token_that_touches_a_surrogate_covers_all_of_it() -> None:
    assert carried(2, 5, EDITS) == (2, 14)
    assert carried(5, 6, EDITS) == (4, 14)
    assert carried(7, 9, EDITS) == (4, 15)
    assert carried(7, 11, EDITS) == (4, 17)
    assert origin(5, 6, EDITS) == (4, 8)
    assert carried(6, 6, EDITS) == (4, 4)


def test_two_passes_are_one() -> None:
    later = [Edit(0, 6, 0, 3)]
    assert composed(EDITS, later) == [Edit(0, 8, 0, 3), Edit(10, 12, 13, 14)]


@given(
    st.lists(
        st.sampled_from(["4111 1111 1111 1111", "a@example.org", "+34 980597510", "word", "–", " "]),
        max_size=10,
    )
)
def test_marks_say_where_in_the_text_before_a_surrogate_comes_from(parts: list[str]) -> None:
    text = " ".join(parts)
    done = redact(text, keys=SurrogateKey("test", b"k" * 32), rules=default_rules())
    rebuilt, at = "", 0
    for mark in done.marks:
        rebuilt += text[at : mark.source_start] + done.value[mark.start : mark.end]
        at = mark.source_end
    assert rebuilt + text[at:] == done.value
