"""Markdown of an answer becomes safe HTML."""

import pytest

from core.rendering.cache import RenderCache
from core.rendering.markdown import MAX_MARKDOWN, plain, prose
from core.rendering.redactions import shortened

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "<svg><script>alert(1)</script></svg>",
    '<a href="x" onclick="alert(1)">x</a>',
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "![x](https://tracker.example/p.png)",
    '[a]: javascript:alert(1)\n\n[a][a] "><script>',
    "<iframe src=//x>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_in_an_answer_can_run_or_load(attack: str) -> None:
    html = str(prose(attack)).lower()
    assert "<script" not in html
    assert "<img" not in html
    assert "<iframe" not in html
    assert "<svg" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert " style=" not in html
    for tag in html.split("<")[1:]:
        assert " on" not in tag.split(">")[0]


def test_a_remote_picture_is_named_and_never_fetched() -> None:
    html = prose("![A chart](https://tracker.example/pixel.png)")
    assert "A chart" in html
    assert "src=" not in html


def test_code_is_coloured_by_class_only() -> None:
    html = prose("```python\ndef f():\n    return 1\n```")
    assert '<span class="k">def</span>' in html


def test_an_unknown_language_is_shown_plain() -> None:
    assert "&lt;b&gt;" in prose("```klingon\n<b>\n```")


def test_each_block_chooses_its_own_direction() -> None:
    assert str(prose("one\n\n- two\n\n> three")).count('dir="auto"') == 4


def test_headings_of_an_answer_stand_below_those_of_the_page() -> None:
    html = prose("# one\n\n###### six")
    assert "<h4" in html
    assert "<h6" in html
    assert "<h1" not in html


def test_bidirectional_controls_are_made_visible() -> None:
    html = prose("admin\u202e nimda and \u0000 and \ud800")
    assert "⟨U+202E⟩" in html
    assert "⟨U+0000⟩" in html
    assert "⟨U+D800⟩" in html


def test_a_shortened_text_never_ends_inside_a_stand_in() -> None:
    text = "write to user-kqcfhgtsjfsn@example.invalid or call"
    for most in range(5, len(text) + 3):
        cut = shortened(text, most)
        assert "user-" not in cut or "user-kqcfhgtsjfsn@example.invalid" in cut
        assert len(cut) <= most
    assert shortened(text, 100) == text
    assert shortened("user-kqcfhgtsjfsn@example.invalid", 9).startswith("user-kqcfhgtsjfsn@example.invalid")


def test_a_surrogate_of_the_redaction_is_shown_as_a_chip() -> None:
    html = prose("write to [EMAIL:bcdfghjkmnpq] or user-bcdfghjkmnpq@example.invalid")
    assert html.count('class="redacted"') == 2
    assert "email bcdfg" in html


def test_a_chip_never_breaks_a_tag() -> None:
    html = prose("[link](https://example.org/user-bcdfghjkmnpq@example.invalid)")
    assert '<span class="redacted"' not in html.split("</a>")[0].split(">")[1]


def test_links_tell_the_other_side_nothing() -> None:
    assert 'rel="noopener noreferrer nofollow"' in prose("[x](https://example.org)")


def test_plain_text_is_escaped() -> None:
    assert plain("<b>&") == "&lt;b&gt;&amp;"


def test_a_very_long_answer_keeps_its_end() -> None:
    assert "the end" in prose("x" * MAX_MARKDOWN + "<i>the end")


def test_the_cache_is_bounded_by_characters_and_drops_the_oldest() -> None:
    cache = RenderCache(max_characters=80)
    for word in ("a", "b", "c"):
        cache.get("kind", word, lambda text: text * 10)
    calls: list[str] = []
    for word in "defghijk":
        cache.get("kind", word, lambda text: text * 10)
    cache.get("kind", "a", lambda text: calls.append(text) or "again")
    assert calls == ["a"]
    assert len(cache) <= 8


def test_the_same_content_is_rendered_once() -> None:
    cache, calls = RenderCache(), []
    for _ in range(3):
        cache.get("kind", "text", lambda text: calls.append(text) or "html")
    assert calls == ["text"]
