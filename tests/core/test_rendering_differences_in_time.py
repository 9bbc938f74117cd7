"""Differences of texts that repeat themselves, as models do when they get stuck, are found in bounded time."""

import random
import time

import pytest

from core.rendering.diff import Piece, pieces

WORD, LINE = "ha ", "ha\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (WORD * 1_400, f"No. {WORD * 1_400}"),
        (WORD * 1_400, f"No. {WORD * 700}ho {WORD * 690}Yes."),
        (f"x {LINE * 200_000}y", f"z {LINE * 200_000}w"),
        (f"x {LINE * 3_000}y", f"z {LINE * 1_000}ho\n{LINE * 1_900}w"),
        ("a b " * 1_400, "b a a " * 900),
        ("x" * 1_000_000, "y" * 1_000_000),
    ],
)
def test_what_repeats_itself_is_compared_within_seconds(before: str, after: str) -> None:
    began = time.process_time()
    found = pieces(before, after)
    assert time.process_time() - began < 5
    assert "".join(one.text for one in found if one.side != "added") == before
    assert "".join(one.text for one in found if one.side != "removed") == after


def test_a_change_between_long_like_ends_is_found_word_by_word() -> None:
    begin, end = "one two three " * 5_000, " four five six" * 5_000
    assert pieces(f"{begin}old{end}", f"{begin}new{end}") == [
        Piece("same", begin), Piece("removed", "old"), Piece("added", "new"), Piece("same", end)
    ]  # fmt: skip


def test_texts_put_together_from_the_same_words_can_be_taken_apart_again() -> None:
    drawn = random.Random(3)
    for _text in range(200):
        before, after = (
            "".join(drawn.choices(["a ", "b\n", "c", " "], k=drawn.randint(0, 40))) for _side in "ab"
        )
        found = pieces(before, after)
        assert "".join(one.text for one in found if one.side != "added") == before
        assert "".join(one.text for one in found if one.side != "removed") == after
