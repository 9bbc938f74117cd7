"""A refused row read once more from its redacted text, by the reader of its form."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from typing import cast

from core.errors import Refused
from curation.formats.files.record_form import RECORD
from curation.formats.otlp import find_problem
from curation.formats.otlp_logs import LOG, find_log_problem
from curation.formats.problem import BrokenRow, RowProblem
from curation.formats.spans import Span
from curation.formats.texts import parse_json
from curation.ingest.files import defaults_now, file_items, open_file
from curation.ingest.items import Item, read_span
from curation.ingest.log_items import log_item
from curation.ingest.refused import SPAN, RefusedText

PLACE = "replay"


def items_of(kept: RefusedText, project_id: uuid.UUID) -> list[Item | BrokenRow]:
    """The items of a kept row; what it is refused for this time comes as a BrokenRow, as it did the first time."""
    raw = kept.text.encode()
    return list(_of_span(raw, project_id) if kept.form == SPAN else _of_row(raw))


def _of_span(raw: bytes, project_id: uuid.UUID) -> Iterator[Item | BrokenRow]:
    span = _span(raw)
    if span is None:
        yield BrokenRow(RowProblem(PLACE, None, "", "unreadable", "it is no span as far as it was kept"), raw)
        return
    is_log = span["kind"] == LOG
    problem = (find_log_problem if is_log else find_problem)(span, PLACE, 1)
    if problem is not None:
        yield BrokenRow(problem, raw, span)
    else:
        yield log_item(span, project_id, PLACE, 1) if is_log else read_span(span, PLACE, 1)


def _span(raw: bytes) -> Span | None:
    try:
        value, _ = parse_json(raw)
    except ValueError:
        return None
    whole = isinstance(value, dict) and value.keys() == Span.__annotations__.keys()
    return cast(Span, value) if whole else None


def _of_row(raw: bytes) -> Iterator[Item | BrokenRow]:
    try:
        opened = open_file(io.BytesIO(raw), place=PLACE, fallback=RECORD)
    except Refused as refused:
        yield BrokenRow(RowProblem(PLACE, None, "", refused.code, refused.message, refused.hint), raw)
        return
    yield from file_items(opened, place=PLACE, defaults=defaults_now())
