"""A file of any format, row by row: which format it is, and the spans of each row."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, BinaryIO

from curation.formats.elements import read_elements
from curation.formats.files import AUTO, FORMATS, Defaults, Format, Found
from curation.formats.files.carry import KEY, restore, split
from curation.formats.lines import Cut, Line, chunks_of, lines_of
from curation.formats.problem import RowProblem
from curation.formats.row import Row
from curation.formats.texts import parse_json

SAMPLE = 20
BOM = b"\xef\xbb\xbf"
Rows = Iterable[Line | RowProblem]


class Undecided(ValueError):
    """No format, or more than one, fits the first rows; `names` are those that do."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = tuple(names)


@dataclass(slots=True)
class Opened:
    """A file with its format: `rows` may be read once; `carries` says whether its rows have the `winnow` key."""

    form: Format
    rows: Rows
    carries: bool


def open_rows(
    stream: BinaryIO,
    place: str,
    *,
    form: str = AUTO,
    limit: int | None = None,
    fallback: Format | None = None,
) -> Opened:
    """The rows of a stream and their format; raises Undecided where `form` is auto and the rows do not tell."""
    rows = iter(read_rows(stream, place, limit=limit))
    head = list(islice(rows, SAMPLE))
    sample = [value for row in head if isinstance(value := _value(row), dict)]
    found = _detected(sample, fallback) if form == AUTO else FORMATS[form]
    return Opened(found, chain(head, rows), any(KEY in value for value in sample))


def _detected(sample: Sequence[dict[str, Any]], fallback: Format | None) -> Format:
    try:
        return detect(sample)
    except Undecided as undecided:
        if undecided.names or fallback is None:
            raise
        return fallback


def detect(sample: Sequence[dict[str, Any]]) -> Format:
    """The one format that fits most of these rows, and at least half of them."""
    counts = Counter(name for value in sample for name, form in FORMATS.items() if form.fits(value))
    most = max(counts.values(), default=0)
    names = [name for name in FORMATS if counts[name] == most] if most * 2 >= len(sample) and most else []
    if len(names) != 1:
        raise Undecided(names)
    return FORMATS[names[0]]


def read_rows(stream: BinaryIO, place: str, *, limit: int | None = None) -> Iterator[Line | RowProblem]:
    """JSON lines, the elements of one JSON array, or objects written over many lines, by how the file begins."""
    chunks = chunks_of(stream, limit)
    head, blank = b"", 0
    try:
        for chunk in chunks:
            head = chunk.removeprefix(BOM)
            if head.strip():
                break
            blank += head.count(b"\n")
            head = b""
    except Cut as cut:
        yield RowProblem(place, blank + 1, "", cut.code, cut.message, cut.hint)
        return
    start = head.lstrip()
    first = start.partition(b"\n")[0].strip()
    whole = chain([head], chunks)
    if start[:1] == b"[" or first == b"{":
        text = _Text(whole)
        yield from read_elements(iter(text), place)
        if text.cut:
            yield RowProblem(place, None, "", text.cut.code, text.cut.message, text.cut.hint)
    else:
        yield from lines_of(whole, place, blank)


class _Text:
    """Chunks as text; bytes that are no UTF-8 stay visible, so that they refuse their own element only."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks = chunks
        self.cut: Cut | None = None

    def __iter__(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        try:
            for chunk in self.chunks:
                yield decoder.decode(chunk)
        except Cut as cut:
            self.cut = cut
        yield decoder.decode(b"", final=True)


def _value(row: Line | RowProblem) -> Any:
    if isinstance(row, RowProblem):
        return None
    try:
        return parse_json(row.raw)[0]
    except ValueError:
        return None


def read_value(form: Format, value: Any, row: Row, defaults: Defaults) -> list[Found]:
    """The spans of one parsed row with what it carried; raises BadRow naming the first thing that is wrong."""
    line, carried = split(row.object(value), row)
    found = form.read(line, row, defaults)
    if carried is not None:
        restore(found, carried, row)
    return (
        [Found(one.span, one.external_id, {**line, KEY: carried}) for one in found]
        if _tied(found, carried)
        else found
    )


def _tied(found: Sequence[Found], carried: Any) -> bool:
    """Whether what was carried belongs to the identity of the one span there is."""
    return carried is not None and len(found) == 1
