"""Passages are ranges: exact, complete, and anchored in structure."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.canonical import canonicalise
from indexer.chunking import BUDGET, ZERO_WIDTH_JOINER, chunk, estimated_tokens
from tests.indexer.conftest import TORTURE


def assert_covered(text: str) -> None:
    position = 0
    for piece in chunk(text):
        assert piece.start >= position, "passages overlap"
        assert not text[position : piece.start].strip(), "characters were lost"
        assert text[piece.start : piece.end].strip(), "a passage of blanks"
        position = piece.end
    assert not text[position:].strip()


@pytest.mark.parametrize("name", TORTURE)
def test_every_character_that_is_not_blank_lies_in_exactly_one_passage(name: str) -> None:
    assert_covered(canonicalise(TORTURE[name]))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_text_is_covered(text: str) -> None:
    if text.removeprefix("\ufeff").strip():
        assert_covered(canonicalise(text))


@pytest.mark.parametrize("name", TORTURE)
def test_passages_stay_near_the_budget(name: str) -> None:
    text = canonicalise(TORTURE[name])
    assert max(estimated_tokens(text[p.start : p.end]) for p in chunk(text)) <= BUDGET + 12


def test_a_cut_never_splits_an_accent_or_a_joined_emoji() -> None:
    for name in ("combining", "emoji"):
        text = canonicalise(TORTURE[name])
        for piece in chunk(text):
            first = text[piece.start]
            assert not unicodedata.combining(first)
            assert first != ZERO_WIDTH_JOINER
            assert text[piece.end - 1] != ZERO_WIDTH_JOINER


def test_an_edit_in_one_section_leaves_the_passages_of_the_others() -> None:
    sections = [f"## Part {n}\n\n" + f"Sentence {n} about matter. " * 60 for n in range(12)]
    before = "\n\n".join(sections)
    sections[4] = sections[4].replace("Sentence 4", "A quite different sentence 4", 1)
    after = "\n\n".join(sections)
    old = {before[p.start : p.end] for p in chunk(before)}
    new = [after[p.start : p.end] for p in chunk(after)]
    changed = [passage for passage in new if passage not in old]
    assert all("Sentence 4" in p or "sentence 4" in p for p in changed)
    assert len(changed) < len(new) / 6


def test_headings_of_markdown_and_restructured_text_name_the_section() -> None:
    text = 'The "with" statement\n********************\n\nBody.\n\nDetails\n=======\n\nMore.\n'
    assert [p.section for p in chunk(text)] == ['The "with" statement', 'The "with" statement › Details']
    assert chunk("# A\n\n## B\n\ntext\n\n## C\n\ntext")[1].section == "A › C"


def test_a_heading_inside_a_fence_is_not_a_heading() -> None:
    assert {p.section for p in chunk("# Real\n\n```\n# comment\n\nx = 1\n```\n")} == {"Real"}
