"""Citations open the passage they name; one that names nothing the answer was given says so in a word."""

import re

import pytest

from annotation.citations import Citations
from core.rendering.markdown import mapped_prose

GIVEN = [
    {"document_id": "doc-3", "text": "One.", "score": 1.0, "uri": "https://kb.example/three"},
    {"document_id": "handbook", "text": "Two.", "score": 0.5},
]


def cited(text: str, given=GIVEN, **more) -> tuple[list[int], list[str]]:
    """(places opened, words called dead)"""
    html = Citations(given, "p-x", **more)(str(mapped_prose(text)))
    assert re.sub(r"<[^>]*>", "", html) == re.sub(r"<[^>]*>", "", str(mapped_prose(text)))
    opened = [int(n) for n in re.findall(r'class="cite" href="#p-x-(\d+)"', html)]
    return opened, re.findall(r'cite--dead"[^>]*>([^<]*)<', html)


@pytest.mark.parametrize(
    ("text", "opened"),
    [
        ("As it says [1] and [2].", [1, 2]),
        ("Both [1][2] or [1, 2].", [1, 2, 1, 2]),
        ("Footnote [^1] and 【2†source】.", [1, 2]),
        ("By name [doc-3], [DOC-3#12], [handbook].", [1, 1, 2]),
        ("Short (Source: handbook).", [2]),
        ("Source: doc-3", [1]),
        ("A [link](https://kb.example/three) to it.", [1]),
    ],
)
def test_a_citation_opens_its_passage(text: str, opened: list[int]) -> None:
    assert cited(text) == (opened, [])


@pytest.mark.parametrize(
    ("text", "dead"),
    [
        ("See [3] and [1].", ["3"]),
        ("See [doc-9].", ["doc-9"]),
        ("Bare (Source: Wikipedia).", ["Wikipedia"]),
        ("Zero [0].", ["0"]),
    ],
)
def test_a_citation_of_what_was_never_given_is_called_dead(text: str, dead: list[str]) -> None:
    assert cited(text)[1] == dead


def test_an_answer_that_was_given_nothing_has_only_dead_citations() -> None:
    assert cited("As [1] says.", []) == ([], ["1"])


def test_what_tools_gave_may_be_what_is_cited() -> None:
    assert cited("As [7] says.", has_other_sources=True) == ([], [])


@pytest.mark.parametrize(
    "text",
    [
        "`a[1]` and a[1] and f(x)[0]",
        "```\nx = [1]\n```",
        "[a link](https://elsewhere.example)",
        "[not cited]",
        "- [x] done",
    ],
)
def test_code_links_and_plain_brackets_are_no_citations(text: str) -> None:
    assert cited(text) == ([], [])


def test_a_document_with_a_hostile_name_stays_text() -> None:
    given = [{"document_id": '"><script>alert(1)</script>', "text": "x", "score": None}]
    html = Citations(given, "p-x")('<p>[1] and ["&gt;&lt;script&gt;alert(1)&lt;/script&gt;]</p>')
    assert "<script" not in html
