"""A template is what is left when names, numbers, quotes and ids are masked; the histogram says what differed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.edit_words import edits_between
from curation.templated import FILLED_IN, EditType, edit_types, same_template, skeleton, skeleton_hash


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Tom has 3 apples. How many does Ann have?", "Tom has 14,5 apples. How many does Bob have?"),
        ("Open ticket TICK-1234 for me", "Open ticket TICK-98 for me"),
        ('Translate "good morning" please', 'Translate "see you later, then" please'),
        ("See https://a.example/x for it", "See http://b.example/y?z=1 for it"),
        ("Call [PERSON:bcdfghjkmnpq] now", "Call [PERSON:qpnmkjhgfdcb] now"),
        ("we met Ann Lee today", "we met Bo today"),
        ("It costs $3.50!", "It costs $12"),
    ],
)
def test_texts_that_differ_only_in_what_is_filled_in_are_one_template(first: str, second: str) -> None:
    assert same_template(first, second)
    assert skeleton_hash(first, b"k") == skeleton_hash(second, b"k") != ""
    assert set(edit_types(first, second)) <= {*FILLED_IN, EditType.PUNCTUATION}


@pytest.mark.parametrize(
    ("first", "second"),
    [("Book a flight to Rome", "Book a train to Rome"), ("Yes.", "No."), ("it is so", "so it is")],
)
def test_texts_that_say_something_else_are_two_templates(first: str, second: str) -> None:
    assert not same_template(first, second)
    assert EditType.WORD in edit_types(first, second)


def test_the_histogram_counts_each_kind_of_edit() -> None:
    edits = edit_types("In May we sold 3 of 10, he said", "In June we sold 4 of 12! he Said")
    assert edits == {EditType.NAME: 1, EditType.NUMBER: 2, EditType.PUNCTUATION: 1, EditType.WORD: 1}
    assert edit_types("same", "same") == {}
    assert edit_types("yes", "yes indeed it is") == {EditType.WORD: 3}
    assert edit_types("a Word", "a word") == {EditType.WORD: 1}
    assert edit_types("word a", "Word a") == {EditType.CASE: 1}


def test_a_person_reads_what_two_texts_differ_in_and_whether_they_are_one_template() -> None:
    filled = edits_between("Tom has 3 apples of 9", "Ann has 4 apples of 8")
    assert (filled.words, filled.templated) == ("2 numbers, 1 word", False)
    assert edits_between("We saw Tom eat 3 apples", "We saw Ann eat 4 apples").templated
    assert edits_between("same", "same").words == ""


def test_a_text_without_a_word_has_no_template_and_the_key_changes_the_name() -> None:
    assert skeleton_hash("... !?") == skeleton_hash("") == skeleton_hash("42") == ""
    assert skeleton_hash("hello", b"a") != skeleton_hash("hello", b"b")


@given(st.text(max_size=200))
def test_any_text_has_a_skeleton_that_is_its_own_template(text: str) -> None:
    assert same_template(text, text)
    assert skeleton(text) == skeleton(text)
    assert edit_types(text, text) == {}
