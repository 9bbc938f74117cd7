"""CSV for spreadsheets: UTF-8 with a byte order mark, and no cell that a spreadsheet would run as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

_FORMULA_STARTS = re.compile(r"(^|[;\t\r\n])(?=[=+\-@＝＋－＠\t\r\n])")
"""Also behind what other spreadsheets take for the end of a cell: a semicolon where a comma is the decimal point."""


def csv_text(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """The table as text; words that begin like a formula get an apostrophe before them (OWASP: CSV injection)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return "\ufeff" + out.getvalue()


def _cell(value: Any) -> Any:
    return _FORMULA_STARTS.sub(r"\1'", value) if isinstance(value, str) else value
