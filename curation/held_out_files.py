"""Held-out items from JSON lines, CSV or plain text, a row each; every row that cannot be used is named with its reason."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import Refused

TEXT_FIELDS = ("text", "question", "prompt")
ANSWER_FIELDS = ("answer", "reference", "reference_answer", "target")
ID_FIELDS = ("id", "external_id", "key", "row_id")
LONGEST = 20_000
LONGEST_ID = 128
NO_TEXT = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class QuarantineEntry:
    """One prompt, or a task with its reference answer, under its name in its set."""

    set_name: str
    external_id: str
    text: str
    answer: str = ""


@dataclass(slots=True)
class Rows:
    """What a file holds: entries, and (row, what is wrong) for the others."""

    entries: list[QuarantineEntry] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)


class _Unusable(ValueError):
    """Why a row cannot be used."""


def text_of(raw: bytes) -> str:
    """The text of a file; refuses other encodings: an item with damaged letters would find nothing."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Refused(
            "not_utf8",
            f"The file is not UTF-8: byte {error.start + 1:,}, in line {line:,}, is of another encoding.",
            hint="Save it as UTF-8 and add it again.",
        ) from error


def read_rows(text: str, set_name: str, form: str) -> Rows:
    """Entries of a text in this form: `jsonl`, `csv` (first line names the columns) or `text` (a line is a prompt)."""
    found, seen = Rows(), dict[str, int]()
    readers = {"jsonl": _json_rows, "csv": _csv_rows, "text": _plain_rows}
    for number, row in readers[form](text):
        try:
            if isinstance(row, _Unusable):
                raise row
            entry = _entry(row, number, set_name)
            if entry.external_id in seen:
                raise _Unusable(f"has the id of row {seen[entry.external_id]}: {entry.external_id[:40]}")
        except _Unusable as error:
            found.errors.append((number, str(error)))
        else:
            seen[entry.external_id] = number
            found.entries.append(entry)
    return found


def form_of(name: str) -> str:
    """The form a file's name tells; JSON lines where it tells none."""
    ending = name.rsplit(".", 1)[-1].lower()
    return {"csv": "csv", "txt": "text", "md": "text"}.get(ending, "jsonl")


def _json_rows(text: str) -> Iterator[tuple[int, Mapping[str, Any] | _Unusable]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                yield number, _Unusable("is not JSON")
                continue
            yield number, row if isinstance(row, dict) else _Unusable("is JSON, but no object")


def _csv_rows(text: str) -> Iterator[tuple[int, Mapping[str, Any] | _Unusable]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            named = {str(name).strip().lower(): value for name, value in row.items() if name}
            yield (
                reader.line_num,
                _Unusable("has more cells than the first line names") if None in row else named,
            )
    except csv.Error as error:
        yield reader.line_num, _Unusable(f"is no CSV: {error}")


def _plain_rows(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield number, {"text": line.strip()}


def _entry(row: Mapping[str, Any], number: int, set_name: str) -> QuarantineEntry:
    text, answer = (_first(row, names).replace("\0", "") for names in (TEXT_FIELDS, ANSWER_FIELDS))
    if not text:
        raise _Unusable(f"holds no item: one of {', '.join(TEXT_FIELDS)} is its text")
    if max(len(text), len(answer)) > LONGEST:
        raise _Unusable(f"is longer than {LONGEST:,} characters")
    if not any(char.isalnum() for char in text):
        raise _Unusable("holds not a single word")
    key = next((str(row[name]) for name in ID_FIELDS if row.get(name) not in (None, "")), str(number))
    if NO_TEXT.search(key + text + answer):
        raise _Unusable("holds half a surrogate pair, or an id with a NUL")
    if len(key) > LONGEST_ID:
        raise _Unusable(f"has an id longer than {LONGEST_ID} characters")
    return QuarantineEntry(set_name, key, text, answer)


def _first(row: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((row[name] for name in names if isinstance(row.get(name), str) and row[name].strip()), "")
