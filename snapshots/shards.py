"""Sealed rows as Parquet files with a sha256 each: the materialisation, never the identity.

Parquet bytes differ between pyarrow versions and chunkings (measured), so the root is computed over rows and
a shard hash only protects these very files. Rows of one shard are one chunk in leaf order under pinned
options and without timestamps, which makes a rebuild on the same pyarrow byte-identical.
"""

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import islice
from typing import IO, Any

ROWS_PER_SHARD = 50_000
WRITER_OPTIONS: dict[str, Any] = {
    "version": "2.6",
    "data_page_version": "1.0",
    "compression": "zstd",
    "compression_level": 3,
    "use_dictionary": False,
    "write_statistics": False,
    "row_group_size": 10_000,
    "store_schema": False,
}
COLUMNS = (
    ("leaf", "string", False),
    ("salt", "string", True),
    ("row", "string", True),
    ("kind", "string", False),
    ("split", "string", False),
    ("reason", "string", False),
    ("simulated", "bool", False),
)
"""Name, Arrow type and whether it may be null. pyarrow itself is imported where files are made or read only: the
web process has to start fast."""


@dataclass(frozen=True)
class ShardRow:
    """A row as it lies in a shard. `salt` and `row` are None where the row was erased."""

    leaf: str
    salt: str | None
    row: str | None
    kind: str
    split: str
    reason: str
    simulated: bool


@dataclass(frozen=True)
class Shard:
    """One Parquet file: its bytes and what the manifest says about it."""

    name: str
    split: str
    rows: int
    data: bytes

    @property
    def sha256(self) -> str:
        """Hex digest of the file."""
        return hashlib.sha256(self.data).hexdigest()

    def described(self) -> dict[str, Any]:
        """The manifest's line on this file."""
        return {
            "path": self.name,
            "split": self.split,
            "rows": self.rows,
            "sha256": self.sha256,
            "bytes": len(self.data),
        }


def writer_described() -> dict[str, Any]:
    """What wrote the files: without it, equal bytes cannot be expected from a rebuild."""
    return {"library": "pyarrow", "version": version("pyarrow"), "options": dict(WRITER_OPTIONS)}


def columns_described() -> list[dict[str, Any]]:
    """Name, type and nullability of every column."""
    return [{"name": name, "type": kind, "nullable": nullable} for name, kind, nullable in COLUMNS]


def write_shards(
    rows: Iterable[ShardRow], split: str = "train", rows_per_shard: int = ROWS_PER_SHARD
) -> Iterator[Shard]:
    """Parquet files over rows of one split that come sorted by leaf; raises ValueError where they do not."""
    stream = iter(rows)
    last = ""
    number = 0
    while batch := list(islice(stream, rows_per_shard)):
        for row in batch:
            if row.leaf <= last:
                raise ValueError(f"row {row.leaf[:12]} is out of order or stands twice")
            last = row.leaf
        yield Shard(f"{split}-{number:05d}.parquet", split, len(batch), _parquet(batch))
        number += 1


def read_shard(data: bytes | IO[bytes]) -> Iterator[ShardRow]:
    """Rows of one Parquet file, in the order they lie."""
    import pyarrow.parquet as pq

    source = io.BytesIO(data) if isinstance(data, bytes) else data
    for batch in pq.ParquetFile(source).iter_batches(batch_size=2_000):
        for fields in batch.to_pylist():
            yield ShardRow(**fields)


def content(row: ShardRow) -> dict[str, Any] | None:
    """The training row itself, or None where it was erased."""
    return None if row.row is None else json.loads(row.row)


def _parquet(rows: Sequence[ShardRow]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields = [pa.field(name, pa.type_for_alias(kind), nullable=nullable) for name, kind, nullable in COLUMNS]
    table = pa.Table.from_pylist([asdict(row) for row in rows], schema=pa.schema(fields)).combine_chunks()
    sink = io.BytesIO()
    pq.write_table(table, sink, **WRITER_OPTIONS)
    return sink.getvalue()
