"""What a reader takes for the same words is the same words to screening, and every word keeps its place."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.folding import places, words

PLAIN = ["janet", "sells", "0", "eggs"]


@pytest.mark.parametrize(
    "text",
    [
        "Janet sells 16 eggs.",
        "JANET  sells\nsixteen eggs",
        "Ｊａｎｅｔ ｓｅｌｌｓ １６ ｅｇｇｓ",
        "Ja\u200bnet se\u00adlls 16 e\u2060ggs",
        "J\u0430n\u0435t s\u0435lls 16 \u0435ggs",
        "Jánèt sells 16 ëggs",
        "**Janet** _sells_ `16` [eggs]",
        "Ja-\nnet sells twenty-two eg-\n> gs",
        "Janet sells 1,600.50 eggs",
    ],
    ids=[
        "plain",
        "case",
        "full width",
        "invisible",
        "look-alikes",
        "accents",
        "markdown",
        "broken lines",
        "numbers",
    ],
)
def test_disguises_fall_away(text: str) -> None:
    assert words(text) == PLAIN


def test_a_decomposed_text_has_the_words_of_the_composed() -> None:
    text = "Žluťoučký kůň; 한국어 문장; ภาษาไทย"
    assert words(unicodedata.normalize("NFD", text)) == words(text)


def test_every_character_of_a_script_without_spaces_is_a_word() -> None:
    assert words("请用中文写") == list("请用中文写")


def test_places_point_at_the_words_as_they_were_written() -> None:
    text = "So: **J\u0430n\u0435t** e\u200bats twenty-two eg-\ngs"
    assert [text[start:end] for start, end in places(text)] == [
        "So", "J\u0430n\u0435t", "e\u200bats", "twenty-two", "eg-\ngs",
    ]  # fmt: skip


@given(st.text(max_size=200))
def test_every_word_has_a_place_in_order(text: str) -> None:
    found = places(text)
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert [start for start, _ in found] == sorted(start for start, _ in found)


@given(st.text(st.characters(max_codepoint=0x5FF), max_size=200))
def test_words_and_places_are_as_many(text: str) -> None:
    assert len(places(text)) == len(words(text))
