"""Mathematics in answers is set on the server, safely and in bounded time; prices and shell variables are none."""

import gzip
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.rendering.markdown import _markdown, prose

FORMULAS = [
    r"so $x$ is it",
    r"$\frac{a}{b}$",
    r"$x^2 + y_1$",
    r"\(a + b\)",
    r"inline $$c = d$$ too",
    "$$\nx = 1\n$$",
    "\\[\nx\n- y\n\\]",
    "\\begin{align}\na&=b\\\\\nc&=d\n\\end{align}",
    "- in a list\n\n  $$x$$",
    "|a|b|\n|-|-|\n|$x$|2|",
]
NO_FORMULAS = [
    "$5 and $10",
    "It costs $20 each; a pair costs $80.",
    "4 x $20 = $80.\nThree pairs cost 3 x $80 = $240.",
    "from $25-$30=$-5.",
    "US$5-$10, $5/$10, 5$ or 10$",
    '#!/bin/bash\ndir=$1\ntotal_size=$(du -sh $dir | cut -f1)\necho "$a" "$b" $HOME/bin:$PATH',
    "$filename)) {\n    $file_contents = file_get_contents($filename);",
    "`$x$` and \\$x\\$",
    "```\n$x$\n```",
    "\\[unclosed\n\n\\]",
    "a lone \\( and $",
]
BROKEN = [
    r"$\frac{a}$",
    r"$\nosuchcommand{x}$",
    r"\(\left( x\)",
    "$$ {{{ $$",
    "$\\newcommand{\\a}{\\b\\b}\\a$",
]
BOMBS = {
    "braces": "$" + "{" * 1_000_000 + "$",
    "nested": ("$" + "{" * 990 + "x" + "}" * 990 + "$ ") * 60,
    "open dollars": "$$a\n#\n" * 5_000,
    "open brackets": "\\[\n#\n" * 5_000,
    "open environments": "\\begin{align}\n#\n" * 3_000,
    "many formulas": "$x_1$ " * 5_000,
    "macros": r"$\def\a{xx}\def\b{\a\a}\b$ " * 1_000,
}
LONGEST_S = 10
"""Seconds that no text may take, on a machine that does other things as well; one alone takes a tenth of it."""


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_set(text: str) -> None:
    html = prose(text)
    assert "<math " in html
    assert 'alttext="' in html


@pytest.mark.parametrize("text", NO_FORMULAS)
def test_prices_shell_and_code_are_no_formulas(text: str) -> None:
    html = prose(text)
    assert "<math" not in html
    assert 'class="formula"' not in html


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_formula_is_shown_as_it_was_written(text: str) -> None:
    html = prose(text)
    assert "<math" not in html
    assert f'<code class="formula">{text.strip()}</code>' in html


def test_nothing_in_a_formula_can_run_or_load() -> None:
    for latex in (
        r"\text{<script>alert(1)</script>}",
        r"\href{javascript:alert(1)}{x}",
        r"\text{<img src=x>}",
    ):
        html = prose(f"${latex}$").lower()
        assert "<script" not in html
        assert "<img" not in html
        assert "href" not in html.replace("\\href", "")
        assert " style=" not in html


@pytest.mark.parametrize("name", BOMBS)
def test_no_text_takes_long_to_set(name: str) -> None:
    began = time.perf_counter()
    prose(BOMBS[name])
    assert time.perf_counter() - began < LONGEST_S


def _real_texts(folder: Path) -> Iterator[str]:
    with gzip.open(folder / "traces" / "traces-permissive.jsonl.gz", "rt") as lines:
        for line in lines:
            record = json.loads(line)
            for choice in (record["response"] or {"choices": ()})["choices"]:
                yield choice["message"].get("content") or ""


def _has_formula(text: str) -> bool:
    tokens = _markdown.parse(text)
    return any(one.type.startswith("math") for token in tokens for one in (token, *(token.children or ())))


def test_real_answers_full_of_prices_stay_as_they_are(shared_data: Path) -> None:
    """Of the recorded answers that write dollars (prices, shell, PHP), fewer than one in a hundred reads as a formula."""
    answers = sorted({text for text in _real_texts(shared_data) if text.count("$") > 1})[::10]
    assert len(answers) > 200
    assert sum(map(_has_formula, answers)) < len(answers) / 100
