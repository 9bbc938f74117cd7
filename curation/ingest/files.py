"""Files of every format as items: recognised or named, read row by row, and previewed as they would be stored."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, BinaryIO

from core.errors import Refused
from core.privacy import RedactionFailed, redact
from curation.conversation import Conversation
from curation.formats.assemble import assemble
from curation.formats.files import AUTO, FORMATS, Defaults, Format, Found
from curation.formats.files.reading import Opened, Undecided, open_rows, read_value
from curation.formats.files.record_form import RECORD
from curation.formats.problem import BrokenRow, RowProblem
from curation.formats.row import Row
from curation.ingest.items import Item, record_items, row_items
from curation.ingest.redaction import Redactor, redact_span, redactor_for

NAMES = (AUTO, *FORMATS)
PREVIEWED, CHECKED, PROBLEMS = 5, 2000, 10
HOW = "Name the format: one of {}."


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows as they would be read, redacted, and what is wrong among the rows that were looked at."""

    form: Format
    conversations: list[Conversation]
    problems: list[RowProblem]
    checked: int
    whole: bool


def open_file(
    stream: BinaryIO,
    *,
    place: str,
    form: str = AUTO,
    limit: int | None = None,
    fallback: Format | None = None,
) -> Opened:
    """The rows of a file with their format; refuses a name nobody knows, and rows that do not tell.

    `fallback` is the format for rows that none fits; where more than one fits, none is guessed.
    """
    if form not in NAMES:
        raise Refused("unknown_format", "There is no such format.", hint=HOW.format(", ".join(NAMES)))
    try:
        return open_rows(stream, place, form=form, limit=limit, fallback=fallback)
    except Undecided as undecided:
        if undecided.names:
            titles = ", ".join(undecided.names)
            raise Refused("ambiguous_format", f"The first rows could be of more than one format: {titles}.",
                          hint=HOW.format(titles)) from undecided  # fmt: skip
        raise Refused("unknown_format", "The first rows are of no format that is known here.",
                      hint=HOW.format(", ".join(FORMATS))) from undecided  # fmt: skip


def file_items(opened: Opened, *, place: str, defaults: Defaults) -> Iterator[Item | BrokenRow]:
    """The items of an opened file."""
    if opened.form is RECORD and not opened.carries:
        return record_items(opened.rows, place)

    def read(value: Any, number: int) -> list[Found]:
        return read_value(opened.form, value, Row(place, number, opened.form.title), defaults)

    return row_items(opened.rows, place, read)


def defaults_now(service: str = "") -> Defaults:
    """What holds for rows without a time: that they happened now."""
    return Defaults(time.time_ns(), service)


def preview(opened: Opened, *, project_id: uuid.UUID, place: str, defaults: Defaults) -> Preview:
    """Read without storing anything; what is shown went through the same redaction as what is stored."""
    items = file_items(opened, place=place, defaults=defaults)
    redactor = redactor_for(project_id)
    looked = list(islice(items, CHECKED))
    shown: dict[tuple[int | None, str], list[Item]] = {}
    for item in looked:
        if isinstance(item, Item):
            shown.setdefault((item.line, item.span["trace_id"]), []).append(item)
    conversations = []
    problems = [one.problem for one in looked if isinstance(one, BrokenRow)]
    for group in islice(shown.values(), PREVIEWED):
        try:
            conversations.append(assemble([redact_span(item.span, redactor)[0] for item in group]))
        except RedactionFailed as failure:
            problem = RowProblem(
                place, group[0].line, "", f"redaction_{failure.code}"[:40], "the row could not be redacted"
            )
            problems.append(problem)
    told = [_told(problem, redactor) for problem in problems[:PROBLEMS]]
    return Preview(opened.form, conversations, told, len(looked), len(looked) < CHECKED)


def _told(problem: RowProblem, redactor: Redactor) -> RowProblem:
    """Without what the names of files and fields may hold."""
    names = {"place": problem.place, "field": problem.field}
    try:
        clean = redact(names, keys=redactor.keys, rules=redactor.rules).value
    except RedactionFailed:
        clean = dict.fromkeys(names, "")
    return replace(problem, **clean)
