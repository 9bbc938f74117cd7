"""One thing wrong with one row, said so that its sender can mend it.

A problem never carries a value of the row: what was refused was not redacted either.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from curation.formats.spans import Span


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A refused row: where it stands (`place`, 1-based `line`, `field`), a stable code, and what to do."""

    place: str
    line: int | None
    field: str
    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        line = f":{self.line}" if self.line is not None else ""
        field = f" {self.field}" if self.field else ""
        return f"{self.place}{line}{field}: {self.message}"


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A refused row with its bytes: their length and a keyed hash are kept, and its text only as far as it can be redacted.

    `span` is what could be read of it; `whole` says that it is no row which could be read again by itself.
    """

    problem: RowProblem
    raw: bytes = field(repr=False)
    span: Span | None = field(default=None, repr=False)
    whole: bool = False


class BadRow(Exception):
    """Raised inside a reader to give up one row; carries the problem to report."""

    def __init__(self, problem: RowProblem) -> None:
        super().__init__(str(problem))
        self.problem = problem
