"""Rows of a red-team corpus from CSV or JSON lines, with the role of each: from a column of the file, or the same for all."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from core.errors import Refused
from curation.actions.red_team import RedTeamEntry
from curation.held_out_files import NO_TEXT
from curation.models import RedTeamRole

TEXT_FIELDS = ("text", "prompt", "behavior", "goal", "question")
ID_FIELDS = ("id", "behaviorid", "external_id", "key")
CATEGORY_FIELDS = ("category", "semanticcategory", "type")


def read_corpus(text: str, form: str, *, role: str = "", role_column: str = "role") -> list[RedTeamEntry]:
    """The entries; raises Refused with the rows that hold no prompt or no role."""
    entries, wrong = list[RedTeamEntry](), list[str]()
    rows = _csv_rows(text) if form == "csv" else _json_rows(text)
    for number, row in enumerate(rows, 1):
        named = {str(name).strip().lower(): value for name, value in row.items()}
        prompt, own = _first(named, TEXT_FIELDS), role or str(named.get(role_column.lower(), "")).strip()
        if not prompt:
            wrong.append(f"row {number} holds no prompt: one of {', '.join(TEXT_FIELDS)}")
        elif NO_TEXT.search(f"{prompt}{own}{_first(named, ID_FIELDS)}{_first(named, CATEGORY_FIELDS)}"):
            wrong.append(f"row {number} holds a NUL or half a surrogate pair, which is no character")
        elif own not in RedTeamRole.values:
            wrong.append(f"row {number} says role {own!r}, not one of {', '.join(RedTeamRole.values)}")
        else:
            key = _first(named, ID_FIELDS) or str(number)
            entries.append(RedTeamEntry(key, prompt, own, _first(named, CATEGORY_FIELDS)))
    if wrong:
        raise Refused(
            "corpus_rows_unusable", f"Nothing was added: {'; '.join(wrong[:20])}.", rows=wrong[:1000]
        )
    return entries


def _csv_rows(text: str) -> Iterator[Mapping[Any, Any]]:
    try:
        yield from csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    except csv.Error as error:
        raise Refused("corpus_unreadable", f"The file is no CSV: {error}.") from error


def _json_rows(text: str) -> Iterator[Mapping[Any, Any]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise Refused("corpus_unreadable", f"Line {number} is not JSON.") from error
            if not isinstance(row, dict):
                raise Refused("corpus_unreadable", f"Line {number} is no JSON object.")
            yield row


def _first(row: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((str(row[name]).strip() for name in names if row.get(name) not in (None, "")), "")
