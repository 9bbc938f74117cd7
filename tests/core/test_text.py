"""Tokens, shingles and hashes are the same for texts that look the same, in every script, on every machine."""

from __future__ import annotations

import itertools
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import hash64, jaccard, located_tokens, normalise, shingles, tokens


def test_a_hash_is_the_same_on_every_machine() -> None:
    assert hash64("winnow") == 6902399257800689091


@pytest.mark.parametrize(
    "text", ["Café Ünïcode", "한국어 문장", "ｆｕｌｌ ｗｉｄｔｈ", "ﬁne e\u0301te\u0301"]
)
def test_composed_and_decomposed_text_shingle_alike(text: str) -> None:
    forms = [unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")]
    assert len({tuple(shingles(form, 5).tolist()) for form in forms}) == 1


def test_invisible_characters_and_case_do_not_matter() -> None:
    assert tokens("Zero\u200bWidth \ufeffJOIN\u200dER") == tokens("zerowidth joiner")


def test_scripts_without_spaces_become_one_token_per_character() -> None:
    assert tokens("今天天气 ok") == ["今", "天", "天", "气", "ok"]
    assert len(shingles("今天天气怎么样", 5)) == 3


@pytest.mark.parametrize("text", ["a", "yes", "two words", "四字", "\U0001f600"])
def test_a_text_shorter_than_a_shingle_still_equals_only_itself(text: str) -> None:
    own = shingles(text, 5)
    assert jaccard(own, shingles(text, 5)) == 1.0
    assert jaccard(own, shingles(text + " and quite something else here", 5)) < 0.8


def test_empty_texts_have_no_shingle_and_are_identical() -> None:
    assert len(shingles(" \n!?", 5)) == 0
    assert jaccard(shingles("", 5), shingles("...", 5)) == 1.0


def test_nul_and_lone_surrogates_are_only_characters() -> None:
    assert len(shingles("a\x00b \ud800 c d e f g", 3)) > 0


@given(st.text(max_size=60))
def test_located_tokens_are_the_tokens_and_lie_in_order(text: str) -> None:
    located = located_tokens(text)
    assert [one.token for one in located] == tokens(text)
    assert all(0 <= one.start < one.end <= len(text) for one in located)
    assert all(one.start <= other.start for one, other in itertools.pairwise(located))


def test_a_located_token_points_at_what_was_written() -> None:
    text = "Die STRASSE und die Straße, ﬁne"
    found = {one.token: text[one.start : one.end] for one in located_tokens(text)}
    assert found["strasse"] == "Straße"
    assert found["fine"] == "ﬁne"


@given(st.text(max_size=80))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_jaccard_is_the_share_of_the_union() -> None:
    one, other = np.array([1, 2, 3], dtype=np.uint64), np.array([2, 3, 4], dtype=np.uint64)
    assert jaccard(one, other) == 0.5
