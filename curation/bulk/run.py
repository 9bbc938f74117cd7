"""Cluster a folder: read, sign, reduce (here or by others), cluster here, and write one row a document."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from curation.bulk.cluster import Clusters, cluster
from curation.bulk.folder import Part, pieces
from curation.bulk.reduced import Reduced, Reducer, reduce_blocks
from curation.signing.spec import Spec

WRITTEN = 100_000


@dataclass(frozen=True, slots=True)
class Piece:
    """Some thousand reduced documents of one part, in the order of the part."""

    part: int
    reduced: Reduced


@dataclass(frozen=True, slots=True)
class Progress:
    """Documents read, and bytes of the parts that are done, of all bytes."""

    documents: int
    done: int
    of: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many documents there were and how many of them survive."""

    documents: int
    kept: int


def read_here(folder_parts: list[Part], column: str, spec: Spec) -> Iterator[Piece]:
    """Read and reduce part by part in this process."""
    for number, part in enumerate(folder_parts):
        for blocks in pieces(part, column):
            yield Piece(number, reduce_blocks(blocks, spec))


def cluster_parts(
    folder_parts: list[Part], reduced: Iterable[Piece], target: Path, *, spec: Spec, budget: int, tell: Callable[[Progress], None]
) -> Outcome:  # fmt: skip
    """Cluster all pieces, which come in the order of their parts; writes Parquet to `target`, whole or not at all.

    Beyond `budget` bytes band keys, sketches and sets lie in files beside `target`, which the system pages in as needed.
    """
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".spill-") as scratch:
        reducer = Reducer(spec, budget, Path(scratch))
        part_of: list[tuple[int, int]] = []
        documents = 0
        done = np.cumsum([part.size for part in folder_parts])
        for piece in reduced:
            reducer.add(piece.reduced)
            part_of.append((piece.part, len(piece.reduced)))
            documents += len(piece.reduced)
            tell(Progress(documents, int(done[piece.part]), int(done[-1])))
        clusters = cluster(reducer.done())
    partial = target.with_name(target.name + ".partial")
    try:
        _write(partial, folder_parts, part_of, clusters)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return Outcome(documents, len(clusters.kept))


def _write(
    target: Path, folder_parts: list[Part], part_of: list[tuple[int, int]], clusters: Clusters
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    part = np.repeat([number for number, _ in part_of], [count for _, count in part_of]).astype(np.int64)
    starts = np.searchsorted(part, np.arange(len(folder_parts)))
    first = np.array([one.first for one in folder_parts], np.int64)
    row = np.arange(len(part)) - starts[part] + first[part]
    paths = pa.array([one.path for one in folder_parts])
    names = ("file", "row", "representative_file", "representative_row", "similarity")
    kinds = (pa.string(), pa.int64(), pa.string(), pa.int64(), pa.float64())
    with pq.ParquetWriter(target, pa.schema(list(zip(names, kinds, strict=True)))) as writer:
        for start in range(0, len(part), WRITTEN):
            own = slice(start, start + WRITTEN)
            by = clusters.representative[own]
            columns = (
                paths.take(pa.array(part[own])),
                row[own],
                paths.take(pa.array(part[by])),
                row[by],
                clusters.similarity[own],
            )
            writer.write_table(pa.table([pa.array(one) for one in columns], names))
