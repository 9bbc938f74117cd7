"""Train or validation, decided per near-duplicate cluster by a keyed hash.

Near-duplicates never straddle. The key is the project's and a cluster is named by its representative, so it
falls on the same side in every snapshot for as long as it keeps that representative.
"""

import hmac

TRAIN, VALIDATION = "train", "validation"


def split_of(cluster: str, key: bytes, validation_permille: int) -> str:
    """`train` or `validation`; about `validation_permille` of 1,000 clusters are held out."""
    digest = hmac.new(key, b"split\x00" + cluster.encode(), "sha256").digest()
    return VALIDATION if int.from_bytes(digest[:8]) % 1000 < validation_permille else TRAIN
