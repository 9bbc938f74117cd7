"""The nearest neighbours of vectors, by FAISS; with indexer.faiss_store the only module that imports it."""

from __future__ import annotations

import logging
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


def installed() -> bool:
    """Whether the embedding extra brought faiss along; asks without importing it."""
    return find_spec("faiss") is not None


def nearest(queries: Floats, vectors: Floats, k: int) -> tuple[NDArray[np.int64], Floats]:
    """(places, cosines), each of shape (len(queries), k): the most alike of `vectors`, unit vectors both; place -1 for none."""
    logging.getLogger("faiss.loader").setLevel(logging.WARNING)
    import faiss
    import numpy as np

    faiss.omp_set_num_threads(1)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    cosines, places = index.search(np.ascontiguousarray(queries, dtype=np.float32), k)
    return places, cosines
