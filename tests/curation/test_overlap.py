"""How many shingles two sets share is one number, whichever way it is counted."""

import numpy as np
import pytest

from curation.dedup import overlap
from curation.dedup.overlap import overlaps


@pytest.mark.parametrize("columns", [overlap.WORD, overlap.COLUMNS])
def test_the_plain_way_counts_what_the_compiled_one_counts(
    monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setattr(overlap, "COLUMNS", columns)
    random = np.random.default_rng(3)
    sets = {
        key: np.unique(random.integers(0, 400, random.integers(0, 90), dtype=np.uint32)) for key in range(60)
    }
    pairs = [(low, high) for low in sets for high in sets if low < high]
    plain, sizes = overlaps(pairs, sets, compiled=False)
    compiled, _sizes = overlaps(pairs, sets)
    assert plain.tolist() == compiled.tolist()
    assert plain.tolist() == [len(np.intersect1d(sets[low], sets[high])) for low, high in pairs]
    assert sizes.tolist() == [len(sets[low]) + len(sets[high]) for low, high in pairs]
