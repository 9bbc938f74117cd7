"""Train or validation, decided per near-duplicate cluster by a keyed hash.

Keyed and per project: the same cluster falls on the same side in every snapshot, so what one snapshot held
out no later one trains on, and near-duplicates never straddle.
"""

import hmac

TRAIN, VALIDATION = "train", "validation"


def split_of(cluster: str, key: bytes, validation_permille: int) -> str:
    """`train` or `validation`; about `validation_permille` of 1,000 clusters are held out."""
    digest = hmac.new(key, b"split\x00" + cluster.encode(), "sha256").digest()
    return VALIDATION if int.from_bytes(digest[:8]) % 1000 < validation_permille else TRAIN
