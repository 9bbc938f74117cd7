"""Structure of a plain text: blank-line blocks and headings, as ranges that never copy text.

Headings restart packing (chunking.py), so an edit in one section leaves the passages of all
other sections, and their vectors, untouched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

ATX = re.compile(r"(#{1,6})[ \t]+\S")
UNDERLINE = re.compile(r"([=\-~^\"'*+#`:.])\1{2,}[ \t]*$")
FENCE = re.compile(r"[ \t]*(```|~~~)")
MAX_BARE_HEADING = 80
BARE_LEVEL = 20


@dataclass(frozen=True, slots=True)
class Block:
    """`text[start:end]` without surrounding blanks; `level` is set on headings only."""

    start: int
    end: int
    level: int | None = None
    title: str = ""


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1


def _groups(text: str) -> Iterator[list[tuple[int, int]]]:
    """Runs of non-blank lines; a fenced block stays one run across its blank lines."""
    group: list[tuple[int, int]] = []
    fenced = False
    for start, end in _lines(text):
        line = text[start:end]
        if FENCE.match(line):
            fenced = not fenced
        if line.strip() or (fenced and group):
            group.append((start, end))
        elif group:
            yield group
            group = []
    if group:
        yield group


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start and text[end - 1].isspace():
        end -= 1
    line_start = start
    while start < end and text[start].isspace():
        start += 1
    return (line_start if "\n" in text[line_start:end] and text[line_start] in " \t" else start), end


def _underlined(text: str, upper: tuple[int, int], lower: tuple[int, int]) -> re.Match[str] | None:
    title, rule = text[slice(*upper)].strip(), text[slice(*lower)].rstrip()
    match = UNDERLINE.match(rule)
    return match if match and title and len(rule) * 2 >= len(title) else None


def _is_bare_heading(line: str) -> bool:
    """A lone short line such as "Introduction" or "Materials and methods"."""
    return (
        len(line) <= MAX_BARE_HEADING
        and (line[0].isupper() or line[0].isdigit())
        and any(map(str.isalpha, line))
        and line[-1] not in ".,;:?!)]}"
        and "://" not in line
        and ": " not in line
    )


class _Levels:
    """reST gives underline characters no fixed rank: first seen is highest."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def of(self, character: str) -> int:
        if character not in self.seen:
            self.seen.append(character)
        return self.seen.index(character) + 1


def _split_group(text: str, group: list[tuple[int, int]], levels: _Levels) -> Iterator[Block]:
    """A group of lines may start with a heading that is not followed by a blank line."""
    first = text[slice(*group[0])]
    if atx := ATX.match(first):
        yield _heading(text, group[0][0], group[0][1], len(atx[1]), first.strip("# \t"))
        group = group[1:]
    elif len(group) > 1 and (rule := _underlined(text, group[0], group[1])):
        yield _heading(text, group[0][0], group[1][1], levels.of(rule[1]), first.strip())
        group = group[2:]
    elif len(group) == 1 and first == first.lstrip() and _is_bare_heading(first.strip()):
        yield _heading(text, *group[0], BARE_LEVEL, first.strip())
        return
    if group:
        start, end = _trimmed(text, group[0][0], group[-1][1])
        if start < end:
            yield Block(start, end)


def _heading(text: str, start: int, end: int, level: int, title: str) -> Block:
    start, end = _trimmed(text, start, end)
    return Block(start, end, level, title)


def blocks(text: str) -> list[Block]:
    """All blocks in order; together they cover every non-blank character of `text`."""
    levels = _Levels()
    return [block for group in _groups(text) for block in _split_group(text, group, levels)]
