"""Star clusters, and all near-duplicate pairs, of texts that fit into memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from curation.bulk.near import pairs, stars
from curation.bulk.order import canonical_order
from curation.bulk.reduced import Reduced, reduce_blocks, reduce_signed
from curation.signing.blocks import of_texts
from curation.signing.signed import Signed
from curation.signing.spec import DEFAULT_SPEC, Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

Source = Sequence[str] | Signed | Reduced


@dataclass(frozen=True, slots=True)
class Clusters:
    """`representative` int64: the document that stands for each; `similarity` float64 to it, 1 for itself and its equals."""

    representative: NDArray[np.int64]
    similarity: NDArray[np.float64]

    @property
    def kept(self) -> NDArray[np.int64]:
        """The documents that stand for a cluster, alone or not: what survives."""
        return np.flatnonzero(self.representative == np.arange(len(self.representative)))


def cluster(source: Source, spec: Spec = DEFAULT_SPEC, eligible: NDArray[np.bool_] | None = None) -> Clusters:
    """Every member is verified to be at the threshold or above with the one that stands for it. The same for any order of texts.

    An ineligible text never stands for an eligible one. Consumes a `Reduced`. Hot buckets offer 256 representatives.
    """
    reduced = _reduced(source, spec)
    order = canonical_order(reduced, eligible)
    star, near = stars(reduced, order)
    representative = np.arange(len(reduced))
    similarity = np.ones(len(reduced))
    representative[order.chosen] = order.chosen[star]
    similarity[order.chosen] = near
    return Clusters(representative[order.twin], similarity[order.twin])


@dataclass(frozen=True, slots=True)
class Pairs:
    """Distinct sets at the threshold or above: documents `one` and `other`, their `similarity`; `twin` as in `Order`."""

    one: NDArray[np.int64]
    other: NDArray[np.int64]
    similarity: NDArray[np.float64]
    twin: NDArray[np.int64]


def near_pairs(source: Source, spec: Spec = DEFAULT_SPEC) -> Pairs:
    """All verified pairs that share a band; of equal documents only the one that stands for them. Consumes a `Reduced`."""
    reduced = _reduced(source, spec)
    order = canonical_order(reduced)
    lows, highs, similarity = pairs(reduced, order)
    return Pairs(order.chosen[lows], order.chosen[highs], similarity, order.twin)


def _reduced(source: Source, spec: Spec) -> Reduced:
    if isinstance(source, Reduced):
        return source
    if isinstance(source, Signed):
        return reduce_signed(source)
    return reduce_blocks(of_texts(source), spec)
