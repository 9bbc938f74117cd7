"""What a batch is made of: one item per span or record, known by its external id and the keyed hash of its bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import orjson

from core.keyring import Key
from curation.formats import otlp
from curation.formats.files.base import Found
from curation.formats.files.record_form import receipt_id
from curation.formats.genai import unfold
from curation.formats.lines import Line, read_lines
from curation.formats.messages import ESCAPED_NUL
from curation.formats.problem import BadRow, BrokenRow, RowProblem
from curation.formats.record import read_record
from curation.formats.spans import Span
from curation.formats.texts import find_bad_text, parse_json, text_problem

RECEIPTS, NAMES = "receipts", "names"
UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a reader raises on a shape nobody thought of: it refuses its row, never the rows around it."""
CANNOT = ("this row cannot be read", "Compare it with the form described in docs/ingest.md.")


@dataclass(slots=True)
class Item:
    """One readable span, not yet redacted: it lives in memory only. `raw` are its canonical bytes, of a row
    of a file or, where it is not `from_row`, of the span itself.

    An item whose sender gave it no id has "" for one until it is `named`.
    """

    place: str
    line: int | None
    external_id: str
    raw: bytes = field(repr=False)
    span: Span = field(repr=False)
    from_row: bool = True

    @property
    def span_key(self) -> str:
        """What a span is known by."""
        return f"{self.span['trace_id']}:{self.span['span_id']}"

    @property
    def by_request(self) -> bool:
        """Known by the id of its request, in whatever trace it came, and not by its trace and span."""
        return self.external_id != self.span_key

    def mac(self, key: Key) -> bytes:
        """What tells a re-delivery from a conflict without keeping what was delivered."""
        return key.mac(self.raw)

    def named(self, key: Key) -> Item:
        """The item under a name made from its content: keyed, so that no name tells what was said."""
        if not self.external_id:
            name = key.mac(self.raw).hex()
            self.span["trace_id"], self.span["span_id"] = name[:32], name[32:48]
            self.external_id = self.span_key
        return self


def read_otlp(body: bytes, *, as_json: bool, place: str) -> Iterator[Item | BrokenRow]:
    """The items of one OTLP request; raises otlp.Malformed when nothing of it can be read."""
    spans = otlp.read_json(body, place) if as_json else otlp.read_protobuf(body, place)
    for number, span in enumerate(spans, 1):
        if isinstance(span, BrokenRow):
            yield span
            continue
        yield read_span(span, place, number)


def read_span(span: Span, place: str, number: int) -> Item | BrokenRow:
    """The item of one span that was read, or why it cannot be kept."""
    try:
        raw = canonical(span)
    except orjson.JSONEncodeError:
        hint = "Send whole numbers of at most 64 bits; a longer one as stringValue."
        return BrokenRow(
            RowProblem(place, number, "attributes", "wrong_type", "a number is too large", hint), b""
        )
    try:
        unfold(span)
    except UNREADABLE:
        return BrokenRow(RowProblem(place, number, "attributes", "unreadable", *CANNOT), raw)
    if ESCAPED_NUL.encode() in raw and (found := find_bad_text(span)):
        return BrokenRow(text_problem(place, number, found), raw)
    return Item(place, number, f"{span['trace_id']}:{span['span_id']}", raw, span, from_row=False)


def read_records(stream: BinaryIO, *, place: str, limit: int | None = None) -> Iterator[Item | BrokenRow]:
    """The items of a stream of JSON lines, gzipped or not."""
    return record_items(read_lines(stream, place, limit=limit), place)


def record_items(lines: Iterable[Line | RowProblem], place: str) -> Iterator[Item | BrokenRow]:
    """The items of lines in the record form."""

    def read(value: Any, number: int) -> list[Found]:
        return [Found(read_record(value, place, number), receipt_id(value["request_id"]), value)]

    return row_items(lines, place, read)


def row_items(
    rows: Iterable[Line | RowProblem], place: str, read: Callable[[Any, int], list[Found]]
) -> Iterator[Item | BrokenRow]:
    """The items of rows of a file, each parsed and read; a row that cannot be read refuses itself and nothing else."""
    for row in rows:
        if isinstance(row, RowProblem):
            yield BrokenRow(row, b"")
        else:
            yield from _read_row(row, place, read)


def _read_row(row: Line, place: str, read: Callable[[Any, int], list[Found]]) -> list[Item | BrokenRow]:
    try:
        value, suspect = parse_json(row.raw)
    except ValueError:
        hint = "Write one whole JSON object per line, without line breaks inside it."
        problem = RowProblem(place, row.number, "", "malformed_json", "the line is not JSON", hint)
        return [BrokenRow(problem, row.raw)]
    if suspect and (found := find_bad_text(value)):
        return [BrokenRow(text_problem(place, row.number, found), row.raw)]
    try:
        return [
            Item(place, row.number, one.external_id, canonical(one.source), one.span)
            for one in read(value, row.number)
        ]
    except BadRow as bad:
        return [BrokenRow(bad.problem, row.raw)]
    except orjson.JSONEncodeError:
        return [BrokenRow(text_problem(place, row.number, ("", "too_deep")), row.raw)]
    except UNREADABLE:
        return [BrokenRow(RowProblem(place, row.number, "", "unreadable", *CANNOT), row.raw)]


def canonical(value: Any) -> bytes:
    """Bytes that are equal for equal values, whatever the order of keys or the blanks between them."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
