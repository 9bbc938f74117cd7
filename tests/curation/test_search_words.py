"""Words as the index knows them: stemmed in their language, as they are where it is unknown, by pairs without blanks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from curation.conversation import message, new_conversation
from curation.search.query import LONGEST, parse
from curation.search.snippets import snippet
from curation.search.words import MOST_BYTES, Vector, lexeme, pairs, tokens


def words(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


def vector(text: str, language: str = "en") -> str:
    made = Vector(language)
    made.add(text, "A")
    return made.literal


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Hello, WORLD! foo_bar-baz", ["hello", "world", "foo", "bar", "baz"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("e\u0301te\u0301 \u00e9t\u00e9", ["été", "été"]),
        ("\uff26\uff55\uff4c\uff4c zero\u200bwidth", ["full", "zerowidth"]),
        ("हिन्दी भाषा।", ["हिन्दी", "भाषा"]),
        ("学习 machine 学习", ["学习", "machine", "学习"]),
        ("สวัสดีครับ", ["สวัสดีครับ"]),
        ("", []),
    ],
)
def test_a_text_is_cut_into_words_and_runs(text: str, cut: list[str]) -> None:
    assert words(text) == cut


def test_words_are_stemmed_in_their_language_and_kept_where_it_is_unknown() -> None:
    assert lexeme("running", "en") == lexeme("runs", "en") == "en/run"
    assert lexeme("laufenden", "de").startswith("de/lauf")
    assert lexeme("running", "und") == "running"
    assert lexeme("error404", "en") == "error404"


def test_a_run_is_found_by_its_pairs_and_by_its_last_character() -> None:
    assert pairs("机器学习") == ["机器", "器学", "学习"]
    assert "'习':3A" in vector("机器学习", "zh")


def test_words_of_two_texts_never_make_a_phrase() -> None:
    made = Vector("und")
    made.add("one two", "A")
    made.add("three", "B")
    assert made.literal == "'one':1A 'two':2A 'three':13B"


def test_a_text_of_many_megabytes_is_indexed_by_its_beginning() -> None:
    made = vector(" ".join(f"w{number}" for number in range(400_000)), "und")
    assert MOST_BYTES / 2 < len(made) < 2 * MOST_BYTES


def test_every_clause_must_hold_and_or_gives_a_choice() -> None:
    asked = parse('refund OR money "late fee" -joke').tsquery(languages=[])
    assert asked == "((('refund')) | (('money'))) & ((('late') <-> ('fee'))) & !(('joke'))"


def test_a_word_is_asked_for_in_every_language_or_in_the_one_that_was_chosen() -> None:
    assert "'en/run'" in parse("running").tsquery()
    assert "'running'" in parse("running").tsquery()
    assert parse("running").tsquery(languages=["en", "zh"]) == "((('en/run' | 'running')))"
    assert (
        parse("running").tsquery("p=1", place="answer", languages=["en"])
        == "'p=1' & ((('en/run':B | 'running':B)))"
    )


@pytest.mark.parametrize("text", ["", "   ", "-only", "!!! ??", '""', "x" * (LONGEST + 1), "a b " * 40])
def test_what_holds_no_word_or_too_many_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(Refused):
        parse(text)


@given(st.text(max_size=200))
def test_whatever_is_typed_is_a_query_or_a_refusal(text: str) -> None:
    try:
        asked = parse(text)
    except Refused:
        return
    assert asked.clauses
    assert "\0" not in asked.tsquery()


def test_the_excerpt_is_where_most_of_the_words_stand_together() -> None:
    told = new_conversation(
        [
            message("user", "A refund please. " + "Other words. " * 60 + "My refunds for the late parcel?"),
            message("assistant", "Yes."),
        ]
    )
    found = snippet(told, parse("refund parcel"), "en")
    assert found is not None
    assert [piece.text for piece in found.pieces if piece.found] == ["refunds", "parcel"]
    assert (found.role, found.cut_before, found.cut_after) == ("user", True, False)


def test_the_excerpt_marks_runs_and_keeps_stand_ins_whole() -> None:
    told = new_conversation(
        [message("user", "我想学习机器学习方法"), message("assistant", "Ask [EMAIL:bcdfghjkmnpq] about it.")]
    )
    found = snippet(told, parse("机器学习"), "zh")
    assert found is not None
    assert [piece.text for piece in found.pieces if piece.found] == ["机器学习"]
    found = snippet(told, parse("bcdfghjkmnpq"), "und")
    assert found is not None
    assert [piece.text for piece in found.pieces if piece.found] == ["[EMAIL:bcdfghjkmnpq]"]


def test_no_excerpt_where_nothing_of_it_is_said() -> None:
    assert snippet(new_conversation([message("system", "secret word")]), parse("secret"), "en") is None
