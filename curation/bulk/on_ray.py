"""Read, sign and reduce on a Ray cluster; the only module that imports ray. The pieces are those of the single-machine run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from curation.bulk.folder import Part, pieces
from curation.bulk.reduced import Reduced, reduce_blocks
from curation.bulk.run import Piece
from curation.signing.spec import Spec

ARRAYS = ("keys", "sketch", "values", "offsets", "content", "tie")


def read_on_ray(
    folder_parts: list[Part], column: str, spec: Spec, address: str | None = None
) -> Iterator[Piece]:
    """Pieces in the order of the parts, made by Ray Data `map_batches` on the cluster at `address`, or on this machine.

    Every worker must see the folder under the same path and have the product installed.
    """
    import ray

    if not ray.is_initialized():
        home = str(Path(__file__).resolve().parents[2])
        ray.init(
            address=address,
            include_dashboard=False,
            log_to_driver=False,
            runtime_env={"env_vars": {"PYTHONPATH": home}},
        )
    ray.data.DataContext.get_current().execution_options.preserve_order = True
    ray.data.DataContext.get_current().enable_progress_bars = False
    tasks = [
        {"number": number} | asdict(part) | {"group": -1 if part.group is None else part.group}
        for number, part in enumerate(folder_parts)
    ]
    made = ray.data.from_items(tasks, override_num_blocks=len(tasks)).map_batches(
        partial(_reduce, column=column, spec=spec), batch_size=1
    )
    for row in made.iter_rows():
        arrays = [np.frombuffer(row[name], kind) for name, kind in zip(ARRAYS, _kinds(), strict=True)]
        arrays[0] = arrays[0].reshape(-1, spec.bands)
        arrays[1] = arrays[1].reshape(-1, spec.permutations)
        yield Piece(int(row["number"]), Reduced(spec, *arrays))


def _reduce(batch: Any, column: str, spec: Spec) -> Iterator[Any]:
    """Runs in a worker: one row a piece, arrays as bytes."""
    for place, number in enumerate(batch["number"]):
        group = int(batch["group"][place])
        part = Part(
            str(batch["path"][place]),
            None if group < 0 else group,
            int(batch["first"][place]),
            int(batch["size"][place]),
        )
        for blocks in pieces(part, column):
            reduced = reduce_blocks(blocks, spec)
            arrays = {name: [np.ascontiguousarray(getattr(reduced, name)).tobytes()] for name in ARRAYS}
            yield {"number": [int(number)]} | arrays


def _kinds() -> tuple[type[np.generic], ...]:
    return np.uint32, np.uint8, np.uint32, np.int64, np.uint64, np.uint64
