"""Integers to and from PostgreSQL by the thousand: its binary COPY format is laid out by NumPy, row by row in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from django.db import connection

if TYPE_CHECKING:
    from numpy.typing import NDArray

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"


def copy_integers(table: str, columns: Sequence[str], values: NDArray[np.int64]) -> None:
    """Store a matrix of shape (rows, columns) in bigint columns; no row is touched by Python."""
    fields = [
        (f"{part}{place}", kind)
        for place in range(len(columns))
        for part, kind in (("l", ">i4"), ("v", ">i8"))
    ]
    rows = np.empty(len(values), dtype=[("fields", ">i2"), *fields])
    rows["fields"] = len(columns)
    for place in range(len(columns)):
        rows[f"l{place}"], rows[f"v{place}"] = 8, values[:, place]
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.write(HEADER + rows.tobytes() + TRAILER)
