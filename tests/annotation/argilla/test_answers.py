"""Responses are read without believing any of them: what means nothing is named, and where; spans end up in code points."""

from typing import Any

import pytest

from annotation.bridge.answers import Marked, Unreadable, read_values, utf16_to_points
from annotation.choices import Shown

TEXTS = {"left": "It holds 12 items.", "right": "Yes 😀 it holds twelve."}


def said(**answers: Any) -> dict[str, Any]:
    """Values as Argilla stores them, with a choice unless one is given."""
    return {name: {"value": value} for name, value in ({"preference": "left"} | answers).items()}


def span(start: Any, end: Any, label: str = "ungrounded") -> dict[str, Any]:
    return {"start": start, "end": end, "label": label}


def test_a_whole_answer_is_read():
    given = read_values(
        said(preference="right_clear", reasons=["wrong", "wrong"], why="No.", ungrounded_left=[span(9, 11)]),
        TEXTS,
    )
    assert (given.shown, given.tags, given.rationale) == (Shown.RIGHT_CLEAR, ("wrong",), "No.")
    assert given.spans == (Marked("left", 9, 11),)
    assert TEXTS["left"][9:11] == "12"


def test_the_stand_in_beside_an_only_reason_says_nothing():
    assert read_values(said(reasons=["none"]), TEXTS).tags == ()


@pytest.mark.parametrize(
    ("values", "code", "place"),
    [
        (True, "values_unreadable", ""),
        (None, "values_unreadable", ""),
        ([], "values_unreadable", ""),
        ("left", "values_unreadable", ""),
        ({}, "preference_missing", "preference"),
        ({"preference": True}, "answer_unreadable", "preference"),
        ({"preference": {}}, "preference_missing", "preference"),
        (said(preference=True), "preference_unreadable", "preference"),
        (said(preference=""), "preference_missing", "preference"),
        (said(preference=["left"]), "preference_unreadable", "preference"),
        (said(preference="LEFT"), "preference_unknown", "preference"),
        (said(reasons=True), "reasons_unreadable", "reasons"),
        (said(reasons=[True]), "reasons_unreadable", "reasons"),
        (said(why=True), "words_unreadable", "why"),
        (said(why={"text": "x"}), "words_unreadable", "why"),
    ],
)
def test_what_means_nothing_is_named(values, code, place):
    with pytest.raises(Unreadable) as refused:
        read_values(values, TEXTS)
    assert (refused.value.code, refused.value.place) == (code, place)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (True, "span_unreadable"),
        ({"start": 0}, "span_unreadable"),
        ([True], "span_unreadable"),
        ([span("0", 3)], "span_unreadable"),
        ([span(True, 3)], "span_unreadable"),
        ([span(0, 2.5)], "span_unreadable"),
        ([span(0, 3, "lie")], "span_label_unknown"),
        ([span(5, 5)], "span_outside"),
        ([span(5, 3)], "span_outside"),
        ([span(-1, 3)], "span_outside"),
        ([span(0, 19)], "span_outside"),
        ([span(2, 3)], "span_blank"),
        ([span(10**30, 10**30 + 1)], "span_outside"),
    ],
)
def test_a_bad_span_is_refused_by_itself_and_the_vote_stays(value, code):
    given = read_values(said(ungrounded_left=value), TEXTS)
    assert (given.shown, given.spans) == (Shown.LEFT, ())
    assert [one.code for one in given.refused] == [code]
    assert given.refused[0].place.startswith("ungrounded_left")


def test_good_spans_stay_beside_bad_ones():
    given = read_values(said(ungrounded_left=[span(0, 2), span(0, 99), span(3, 8), span(0, 2)]), TEXTS)
    assert given.spans == (Marked("left", 0, 2), Marked("left", 3, 8))
    assert [one.place for one in given.refused] == ["ungrounded_left[1]"]


def test_before_an_emoji_both_ways_of_counting_agree():
    assert read_values(said(ungrounded_right=[span(0, 3)]), TEXTS).spans == (Marked("right", 0, 3),)


def test_after_an_emoji_nobody_can_know_what_was_marked():
    given = read_values(said(ungrounded_right=[span(6, 8)]), TEXTS)
    assert given.spans == ()
    assert [one.code for one in given.refused] == ["span_ambiguous"]


def test_offsets_only_a_browser_could_have_meant_are_read_as_a_browser_counts():
    text = TEXTS["right"]
    units = len(text.encode("utf-16-le")) // 2
    (marked,) = read_values(said(ungrounded_right=[span(units - 7, units)]), TEXTS).spans
    assert text[marked.start : marked.end] == "twelve."


def test_offsets_inside_a_surrogate_pair_are_read_as_characters():
    (marked,) = read_values(said(ungrounded_right=[span(4, 5)]), TEXTS).spans
    assert TEXTS["right"][marked.start : marked.end] == "😀"


@pytest.mark.parametrize("text", ["plain", "a\r\nb", "e\u0301x", "😀😀", "a😀\u0301b", ""])
def test_utf16_offsets_are_those_of_the_encoding(text):
    for point in range(len(text) + 1):
        units = len(text[:point].encode("utf-16-le")) // 2
        assert utf16_to_points(text, units) == point
    assert utf16_to_points(text, len(text.encode("utf-16-le")) // 2 + 1) is None
