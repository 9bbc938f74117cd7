"""The diff loses no character of either text."""

from hypothesis import given
from hypothesis import strategies as st

from annotation.word_diff import MAX_TOKENS, Segment, side, word_diff

texts = st.text(alphabet="ab \n,é\u0301\U0001f600", max_size=60)


def test_one_changed_word_is_one_removed_and_one_added() -> None:
    assert word_diff("a red car", "a blue car") == [
        Segment("same", "a "),
        Segment("removed", "red"),
        Segment("added", "blue"),
        Segment("same", " car"),
    ]


@given(texts, texts)
def test_both_texts_can_be_read_back(old: str, new: str) -> None:
    segments = word_diff(old, new)
    assert "".join(s.text for s in side(segments, of="old")) == old
    assert "".join(s.text for s in side(segments, of="new")) == new


def test_a_huge_text_is_compared_as_a_whole() -> None:
    old = "a " * MAX_TOKENS
    assert [s.kind for s in word_diff(old, "b")] == ["removed", "added"]
