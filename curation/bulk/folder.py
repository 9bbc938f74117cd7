"""Folders of Parquet and JSON lines, read in parts that any process can read by itself, in pieces of some thousand texts."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import orjson

from curation.signing.blocks import Block, of_arrow, of_texts

ENDINGS = (".parquet", ".jsonl", ".jsonl.gz")
TEXTS = 8192


class Unreadable(ValueError):
    """A folder or file that cannot be read; the message says where and what to do."""


@dataclass(frozen=True, slots=True)
class Part:
    """A row group of a Parquet file, or a whole file of JSON lines; `first` is the number of its first row in the file."""

    path: str
    group: int | None
    first: int
    size: int


def parts(folder: Path, column: str, but: Path | None = None) -> list[Part]:
    """All parts in a fixed order, without the file `but`; raises Unreadable when there is none, or a file has no such column.

    A folder may be called like a file: that is how Spark writes a table.
    """
    found = (one for one in folder.rglob("*") if one.name.endswith(ENDINGS) and one.is_file())
    files = sorted(one for one in found if but is None or one.resolve() != but.resolve())
    if not files:
        raise Unreadable(f"{folder} holds no file that ends in {', '.join(ENDINGS)}.")
    return [part for file in files for part in _parts_of(file, column)]


def pieces(part: Part, column: str) -> Iterator[list[Block]]:
    """The texts of a part, piece by piece in order; raises Unreadable where the file breaks off or is damaged."""
    import pyarrow as pa

    try:
        yield from _lines(Path(part.path), column) if part.group is None else _rows(part, column)
    except (OSError, EOFError, zlib.error, pa.ArrowException) as error:
        raise Unreadable(f"{part.path} cannot be read to its end: {error}") from error


def _rows(part: Part, column: str) -> Iterator[list[Block]]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(part.path) as file:
        for batch in file.iter_batches(batch_size=TEXTS, row_groups=[part.group], columns=[column]):
            yield list(of_arrow(batch.column(0)))


def _parts_of(file: Path, column: str) -> Iterator[Part]:
    if not file.name.endswith(".parquet"):
        yield Part(str(file), None, 0, file.stat().st_size)
        return
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file) as opened:
            if column not in opened.schema_arrow.names:
                raise Unreadable(
                    f"{file} has no column {column!r}; it has {', '.join(opened.schema_arrow.names)}."
                )
            kind = opened.schema_arrow.field(column).type
            if not _is_text(kind):
                raise Unreadable(f"{file}: the column {column!r} holds {kind}, no text.")
            first = 0
            for group in range(opened.num_row_groups):
                about = opened.metadata.row_group(group)
                yield Part(str(file), group, first, about.total_byte_size)
                first += about.num_rows
    except (pa.ArrowException, OSError) as error:
        raise Unreadable(f"{file} is no Parquet file that can be read: {error}") from error


def _is_text(kind: Any) -> bool:
    """Text in any of Arrow's forms, bytes that may be text, or nothing but nulls: a number is no text, in no file."""
    import pyarrow.types as of

    kind = kind.value_type if of.is_dictionary(kind) else kind
    texts = (
        of.is_string,
        of.is_large_string,
        of.is_string_view,
        of.is_binary,
        of.is_large_binary,
        of.is_null,
    )
    return any(is_one(kind) for is_one in texts)


def _lines(file: Path, column: str) -> Iterator[list[Block]]:
    texts: list[str] = []
    with _opened(file) as stream:
        for number, line in enumerate(stream, 1):
            texts.append(_text(line, column, file, number))
            if len(texts) == TEXTS:
                yield list(of_texts(texts))
                texts = []
    yield list(of_texts(texts))


def _opened(file: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(file, "rb") if file.name.endswith(".gz") else file.open("rb"))


def _text(line: bytes, column: str, file: Path, number: int) -> str:
    if not line.strip():
        return ""
    try:
        value = orjson.loads(line)[column]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise Unreadable(f"{file}, line {number}: no JSON object with a field {column!r}.") from None
    if not isinstance(value, str | None):
        raise Unreadable(f"{file}, line {number}: {column!r} is no text.")
    return value or ""
