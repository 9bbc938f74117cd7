"""One kind of record in the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

Columns = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Section:
    """Its name in the file, what it is in words, its rows, and (name in the file, column) pairs."""

    name: str
    label: str
    rows: QuerySet[Any]
    columns: Columns
