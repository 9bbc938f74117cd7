"""Train or validation, decided per group of near-duplicates by a keyed hash.

Near-duplicates never straddle. The key is the project's and a group is named by its smallest cluster name, so it falls on
the same side every time for as long as it keeps that name. Links join clusters that are alike in another way (another
view of the text, the same question, the same meaning): joined clusters fall on one side together.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable

TRAIN, VALIDATION = "train", "validation"


def split_of(cluster: str, key: bytes, validation_permille: int) -> str:
    """`train` or `validation`; about `validation_permille` of 1,000 clusters are held out."""
    digest = hmac.new(key, b"split\x00" + cluster.encode(), "sha256").digest()
    return VALIDATION if int.from_bytes(digest[:8]) % 1000 < validation_permille else TRAIN


def joined(clusters: Iterable[str], links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """cluster → the name of its group, the smallest of all it is linked to over any number of steps."""
    parent = {cluster: cluster for cluster in clusters}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for one, other in links:
        first, second = sorted((root(one), root(other)))
        parent[second] = first
    return {cluster: root(cluster) for cluster in list(parent)}
