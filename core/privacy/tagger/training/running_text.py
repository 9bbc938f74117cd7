"""Text in which nobody is named: code, comments and documentation of Python's own standard library, read where it is installed."""

from __future__ import annotations

import random
import re
import sysconfig
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

_LEFT_OUT = {
    "test",
    "tests",
    "idlelib",
    "lib2to3",
    "site-packages",
    "dist-packages",
    "turtledemo",
    "__pycache__",
    "encodings",
}
_CREDIT = re.compile(
    r"(?i)author|written by|contributed|copyright|thanks|based on|maintain|ported|@|\bby [A-Z]|©"
)
_LOWER_WORD = re.compile(r"(?<![\w.])[a-z]{2,}(?![\w(=])")
_PROSE = re.compile(r'^\s*#|^[^=(){}\[\]"]*$')
CHUNK = 700


def sources(limit: int | None = None) -> Iterator[str]:
    """The library's files in a fixed order, lines that credit somebody left out."""
    root = Path(sysconfig.get_path("stdlib"))
    taken = 0
    for path in sorted(root.rglob("*.py")):
        if _LEFT_OUT.intersection(path.relative_to(root).parts):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        taken += 1
        yield "\n".join(line for line in text.splitlines() if not _CREDIT.search(line))
        if taken == limit:
            return


def lower_words(texts: list[str]) -> Counter[str]:
    """How often each lower-case word stands in comments and documentation."""
    seen: Counter[str] = Counter()
    for text in texts:
        for line in text.splitlines():
            if _PROSE.match(line):
                seen.update(_LOWER_WORD.findall(line))
    return seen


def chunks(texts: list[str], count: int, source: random.Random) -> list[str]:
    """Pieces of whole lines, drawn evenly from all texts by length."""
    starts: list[tuple[int, int]] = [
        (place, at) for place, text in enumerate(texts) for at in range(0, max(1, len(text) - CHUNK), CHUNK)
    ]
    drawn = source.sample(starts, min(count, len(starts)))
    return [_lines(texts[place], at, source) for place, at in drawn]


def _lines(text: str, at: int, source: random.Random) -> str:
    start = text.rfind("\n", 0, at + 1) + 1
    size = source.choice((80, 200, 400, CHUNK))
    end = text.find("\n", min(len(text) - 1, start + size))
    return text[start : end if end > 0 else len(text)]
