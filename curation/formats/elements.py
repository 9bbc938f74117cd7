"""Elements of a JSON array, or whole objects written over many lines, cut out of a stream one by one.

Each goes on as its own bytes, so that a broken one refuses itself as a line does; what comes after a place where the
array itself is broken cannot be told apart and is not read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import chain

from curation.formats.lines import MAX_LINE, Line
from curation.formats.problem import RowProblem

WHITE = " \t\r\n"
BLANKS, BETWEEN = re.compile(r"[ \t\r\n]*+"), re.compile(r"[ \t\r\n,]*+")
SCAN = json.JSONDecoder(strict=False)


def read_elements(chunks: Iterator[str], place: str) -> Iterator[Line | RowProblem]:
    """Every element of the text in these chunks; `number` counts elements from 1.

    An element whose end is not there yet is tried again when twice as much of it was read, so that a long one is
    not read over and over.
    """
    text, at, number, tried, array, done = "", 0, 0, 0, None, False
    for chunk in chain(chunks, [None]):
        text, at = text[at:] + (chunk or ""), 0
        if chunk is not None and len(text) < 2 * tried:
            continue
        while True:
            at = (BLANKS if array is None else BETWEEN).match(text, at).end()  # type: ignore[union-attr]
            if array is None and at < len(text):
                array = text[at] == "["
                at += array
                continue
            if at >= len(text) or done:
                break
            if array and text[at] == "]":
                at, done = at + 1, True
                continue
            end = _end(text, at)
            if end is None:
                break
            number += 1
            yield Line(number, text[at:end].encode("utf-8", "surrogateescape"))
            at = end
        tried = len(text) - at
        if tried > MAX_LINE:
            break
    if tried and text[at:].strip(WHITE):
        yield _broken(place, number + 1, tried)
    elif array and not done:
        yield _broken(place, number + 1, 0)


def _end(text: str, at: int) -> int | None:
    """Where the value that begins here ends; None when its end has not been read yet, or it is no JSON."""
    try:
        _, end = SCAN.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None
    return end if end < len(text) or text[at] in '{["' else None


def _broken(place: str, number: int, length: int) -> RowProblem:
    if length > MAX_LINE:
        return RowProblem(place, number, "", "line_too_long", f"the element is longer than {MAX_LINE >> 20} MB",
                          "Split it; elements after this one were not read.")  # fmt: skip
    return RowProblem(place, number, "", "malformed_json", "the file is not whole JSON from here on",
                      "Mend it here and send it again; what was taken before is not taken twice.")  # fmt: skip
