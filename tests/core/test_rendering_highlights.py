"""Marks are drawn where they stand in the stored text, whatever markdown makes of it."""

import re

import pytest

from core.rendering.conversation import messages_view
from core.rendering.highlights import Mark, highlighted
from core.rendering.markdown import mapped_prose

HARD = (
    "Hello 👩‍👩‍👧 **bold 🎉 words** & <x> [EMAIL:bcdfghjkmnpq] e\u0301 `code` $x^2$ esc\\*aped &amp; ok\n\n"
    "- one\n\n```python\nprint('🎉')\n```\n\n| a | b |\n|---|---|\n| one | 2 |"
)


def drawn(text: str, words: str, nth: int = 0) -> list[str]:
    """What stands inside the marks, without other tags."""
    start = [found.start() for found in re.finditer(re.escape(words), text)][nth]
    html = highlighted(mapped_prose(text), [Mark(start, start + len(words), "wrong", "Wrong")], base=0)
    assert re.sub("</?mark[^>]*>", "", html) == mapped_prose(text)
    return [re.sub("<[^>]*>", "", one) for one in re.findall("<mark[^>]*>(.*?)</mark>", html, re.DOTALL)]


@pytest.mark.parametrize(
    ("words", "nth", "shown"),
    [
        ("Hello", 0, ["Hello"]),
        ("👩‍👩‍👧 **bold 🎉", 0, ["👩‍👩‍👧 ", "bold 🎉"]),
        ("& <x>", 0, ["&amp; &lt;x&gt;"]),
        ("e\u0301", 0, ["e\u0301"]),
        ("ode", 0, ["ode"]),
        ("x^2", 0, ["x2"]),
        ("print('", 0, ["print", "(", "'"]),
        ("one", 1, ["one"]),
        ("MAIL", 0, ["email bcdfg"]),
    ],
)
def test_a_mark_covers_the_words_it_quotes(words: str, nth: int, shown: list[str]) -> None:
    assert drawn(HARD, words, nth) == shown


def test_overlapping_marks_say_both_and_each_is_addressed_once() -> None:
    marks = [Mark(0, 7, "wrong", "Wrong", "mark-1"), Mark(4, 11, "unsafe", "Un<safe>", "mark-2")]
    html = highlighted(mapped_prose("one two three"), marks, base=0)
    assert re.findall('title="([^"]*)"', html) == ["Wrong", "Wrong · Un&lt;safe&gt;", "Un&lt;safe&gt;"]
    assert re.findall('id="([^"]*)"', html) == ["mark-1", "mark-2"]


def test_places_count_from_the_beginning_of_the_answer_over_all_its_parts() -> None:
    parts = [{"type": "text", "text": "  First part."}, {"type": "text", "text": "Second part."}]
    answer = {"role": "assistant", "parts": parts}
    text = "First part.\nSecond part."
    start = text.index("Second")
    view = messages_view([answer], mapped=True, marks=[Mark(start, start + 6, "wrong", "Wrong")])
    first, second = view.messages[0].parts
    assert "<mark" not in first.html
    assert ">Second</mark>" in second.html


def test_without_marks_nothing_changes() -> None:
    assert highlighted(mapped_prose(HARD), [], base=0) == mapped_prose(HARD)
