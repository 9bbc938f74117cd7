"""Which row is in which batch: a function of (seed, epoch) alone, so a resumed run sees what the first would have."""

import random
from collections.abc import Sequence

CHUNK_OF_BATCHES = 16


def planned(lengths: Sequence[int], *, batch_size: int, steps: int, seed: int) -> list[list[int]]:
    """Row indices for each of `steps` batches. Rows of like length share a batch, which halves the padding."""
    if not lengths:
        return []
    batches: list[list[int]] = []
    epoch = 0
    while len(batches) < steps:
        batches.extend(_epoch(lengths, batch_size, random.Random(f"{seed}:{epoch}")))
        epoch += 1
    return batches[:steps]


def _epoch(lengths: Sequence[int], batch_size: int, dice: random.Random) -> list[list[int]]:
    order = list(range(len(lengths)))
    dice.shuffle(order)
    while len(order) % batch_size:
        order.append(order[len(order) % len(lengths)])
    chunk = batch_size * CHUNK_OF_BATCHES
    batches: list[list[int]] = []
    for start in range(0, len(order), chunk):
        near = sorted(order[start : start + chunk], key=lambda row: lengths[row])
        batches.extend(near[at : at + batch_size] for at in range(0, len(near), batch_size))
    dice.shuffle(batches)
    return batches


def tokens_in(lengths: Sequence[int], batches: Sequence[Sequence[int]]) -> int:
    """Tokens the batches hold, padding not counted."""
    return sum(lengths[row] for batch in batches for row in batch)
