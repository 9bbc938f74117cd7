"""Every run of rendered text names where it stands in the stored text, in code points."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from core.rendering.markdown import mapped_prose, prose

TEXTS = [
    "A **list** is a *mutable* sequence.\nSecond line.",
    "Emoji 👩‍👩‍👧 and é (e + combining), then **bold 🎉** end.",
    "One\r\nTwo\r\n\r\n**Three**\r\n",
    "Escaped \\* star, &amp; entity, `code  x` and ``a ` b``.",
    "A [link](https://a.example/link 'link title') link, [ref][r] and <https://b.example/x> x.\n\n[r]: https://c.example",
    "> quoted *text*\n> more\n\n- one\n- two **two**\n  1. three\n",
    "| a | b |\n|---|---|\n| one | **one** |\n| a | a |",
    "# Head\n\nSub\n===\n\n```python\nprint(1)\nprint(2)\n```\n\n    indented code\n",
    "So $x^2$ is $5 and\n\n$$\ny = 2\n$$\n\n![a picture](https://x.example/p.png) after picture",
    "Bidi \u202e here and \x00 there, [EMAIL:bcdfgh] mailed.",
    "a_b_c snake * not * emphasis ** x",
    "  leading and trailing  ",
]


class _Runs(HTMLParser):
    """(start, end or None, text) of every element that has a place."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[int, int | None, str]] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        has = "data-s" in held
        if has:
            end = held.get("data-e")
            self.found.append((int(held["data-s"] or 0), int(end) if end else None, ""))
        if tag not in ("br", "hr"):
            self._open.append((tag, has))

    def handle_endtag(self, tag: str) -> None:
        if self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if any(has for _, has in self._open):
            start, end, text = self.found[-1]
            self.found[-1] = (start, end, text + data)


def runs(text: str) -> list[tuple[int, int | None, str]]:
    return _Runs(str(mapped_prose(text))).found


@pytest.mark.parametrize("text", TEXTS)
def test_every_run_stands_where_it_says(text: str) -> None:
    for start, end, shown in runs(text):
        if end is None:
            assert text[start : start + len(shown)].replace("\r\n", "\n") == shown
        else:
            assert 0 <= start < end <= len(text)


@pytest.mark.parametrize("text", TEXTS)
def test_runs_stand_in_their_order_and_do_not_overlap(text: str) -> None:
    at = 0
    for start, end, shown in runs(text):
        assert start >= at
        at = end if end is not None else start + len(shown)


@pytest.mark.parametrize("text", TEXTS)
def test_all_that_is_shown_has_a_place(text: str) -> None:
    html = re.sub(r"<[^>]*>", "", str(mapped_prose(text)))
    held = "".join(shown for _, _, shown in runs(text))
    assert "".join(held.split()) == "".join(unescape(html).split())


@pytest.mark.parametrize("text", TEXTS)
def test_a_reader_sees_the_same_with_and_without_places(text: str) -> None:
    strip = re.compile(r'<span data-s="\d+"(?: data-e="\d+")?>| data-[se]="\d+"')
    bare = strip.sub("", str(mapped_prose(text)))
    assert re.sub(r"</?span[^>]*>", "", bare) == re.sub(r"</?span[^>]*>", "", str(prose(text)))


def test_what_is_shown_otherwise_is_marked_as_a_whole() -> None:
    text = "Write to [EMAIL:bcdfgh] \u202e now."
    whole = [text[start:end] for start, end, _ in runs(text) if end is not None]
    assert "\u202e" in whole


def test_a_repeated_word_keeps_its_own_place() -> None:
    text = "[here](https://here.example/here) here **here** here"
    places = [start for start, _, _ in runs(text)]
    assert places == [1, 33, 41, 47]
