"""A policy is read as numbered sections."""

import pytest

from annotation.policy import BadPolicy, sections_of


def test_each_numbered_line_opens_a_section():
    found = sections_of("Preface.\n\n# 1. Truth\nSay so.\nTwice.\n\n2.1 Refusals ##\nNo.")
    assert [(one.number, one.title, one.text) for one in found] == [
        ("1", "Truth", "Say so.\nTwice."),
        ("2.1", "Refusals", "No."),
    ]


def test_a_number_inside_a_sentence_opens_none():
    assert [one.number for one in sections_of("1 Truth\nIt has 2 sides, and\nthe year is 2026.")] == ["1"]


@pytest.mark.parametrize("text", ["", "Be good.", "1.\n2."])
def test_words_without_numbers_are_no_policy(text):
    with pytest.raises(BadPolicy, match="begins with a number"):
        sections_of(text)


def test_a_number_that_comes_twice_cannot_be_cited():
    with pytest.raises(BadPolicy, match=r"twice: 1"):
        sections_of("1. Truth\n\n1. Tone")
