"""Passages as ranges of a canonical text: packed sentences, restarted at every heading.

A chunker returns ranges, never strings, so `text[start:end] == passage` cannot fail by
construction. Borders are anchored in structure, never in a running count over the document.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from indexer.blocks import Block, blocks

CHUNKER = "sections-2"
BUDGET = 220
SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])|\n{2,}")
WORD = re.compile(r"[^\W\d_]+|\d+|\S", re.UNICODE)
WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
ZERO_WIDTH_JOINER = "\u200d"
SECTION_SEPARATOR = " › "
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PassageRange:
    """`[start, end)` in code points, and the headings it stands under."""

    start: int
    end: int
    section: str


def estimated_tokens(text: str) -> int:
    """Word pieces an English sub-word tokenizer would make, without loading one (errs high)."""
    total = 0
    for word in WORD.findall(text):
        wide = len(WIDE.findall(word)) if not word.isascii() else 0
        narrow = len(word) - wide
        if word[0].isdigit():
            total += (narrow + 2) // 3
        else:
            total += wide + (1 if narrow <= 7 else (narrow + 3) // 4) * (narrow > 0)
    return total


def chunk(text: str, budget: int = BUDGET) -> list[PassageRange]:
    """Cut a canonical text into passages of about `budget` tokens covering all non-blanks."""
    return [
        PassageRange(start, end, section)
        for section, spans in _sections(text)
        for start, end in _pack(
            text, [piece for span in spans for piece in _pieces(text, span, budget)], budget
        )
    ]


def _sections(text: str) -> Iterator[tuple[str, list[Span]]]:
    """Heading path and spans of each section; a heading without a body joins the next section."""
    path: list[Block] = []
    spans: list[Span] = []
    has_body = False
    for block in blocks(text):
        if block.level is None:
            has_body = True
        else:
            if has_body:
                yield _label(path), spans
                spans, has_body = [], False
            path = [above for above in path if (above.level or 0) < block.level] + [block]
        spans.append((block.start, block.end))
    if spans:
        yield _label(path), spans


def _label(path: list[Block]) -> str:
    return SECTION_SEPARATOR.join(" ".join(block.title.split()) for block in path)


def _pieces(text: str, span: Span, budget: int) -> Iterator[Span]:
    """The span itself when it fits, else its sentences, else runs of words, else of characters."""
    if estimated_tokens(text[slice(*span)]) <= budget:
        yield span
        return
    for sentence in _cut(text, span, SENTENCE_END):
        if estimated_tokens(text[slice(*sentence)]) <= budget:
            yield sentence
        else:
            for word in _cut(text, sentence, re.compile(r"\s+")):
                yield from _graphemes(text, word, budget)


def _cut(text: str, span: Span, border: re.Pattern[str]) -> Iterator[Span]:
    start, end = span
    for match in border.finditer(text, start, end):
        if text[start : match.end()].strip():
            yield _strip(text, start, match.end())
            start = match.end()
    if text[start:end].strip():
        yield _strip(text, start, end)


def _strip(text: str, start: int, end: int) -> Span:
    while text[start].isspace():
        start += 1
    while text[end - 1].isspace():
        end -= 1
    return start, end


def _graphemes(text: str, span: Span, budget: int) -> Iterator[Span]:
    """Cut a run without blanks, never inside an accent or a joined emoji sequence."""
    start, end = span
    while estimated_tokens(text[start:end]) > budget:
        at = _fitting(text, start, end, budget)
        while at < end and _joined(text, at):
            at += 1
        if at >= end:
            break
        yield start, at
        start = at
    yield start, end


def _fitting(text: str, start: int, end: int, budget: int) -> int:
    """Largest border (by halving) whose left side fits the budget; at least one character."""
    low, high = start + 1, end
    while low < high:
        middle = (low + high + 1) // 2
        if estimated_tokens(text[start:middle]) <= budget:
            low = middle
        else:
            high = middle - 1
    return low


def _joined(text: str, at: int) -> bool:
    here, before = text[at], text[at - 1]
    return (
        here == ZERO_WIDTH_JOINER
        or before == ZERO_WIDTH_JOINER
        or unicodedata.combining(here) != 0
        or unicodedata.category(here) in {"Mn", "Mc", "Me"}
        or "\U0001f3fb" <= here <= "\U0001f3ff"
    )


def _pack(text: str, pieces: list[Span], budget: int) -> Iterator[Span]:
    """Join neighbours while they fit; the blanks between them belong to the passage."""
    start = end = -1
    size = 0
    for left, right in pieces:
        tokens = estimated_tokens(text[left:right])
        if start >= 0 and size + tokens <= budget:
            end, size = right, size + tokens
            continue
        if start >= 0:
            yield start, end
        start, end, size = left, right, tokens
    if start >= 0:
        yield start, end
