"""The Merkle tree that names a snapshot: any row can be proven to be in it, none can be slipped in.

Hashing follows RFC 6962 section 2.1: leaves and inner nodes are separated by a prefix byte, and a last node
without a partner rises unchanged. Leaves carry a random salt, so the hash of a short text cannot be guessed,
and destroying the salt destroys the link between text and leaf while the root stays verifiable.
"""

import hashlib
from collections.abc import Sequence
from itertools import pairwise

LEAF_BYTES = 32
SALT_BYTES = 32


class MerkleRefusal(ValueError):
    """The list of leaves has no defined root (empty, unsorted, duplicated or malformed)."""


def leaf_hash(salt: bytes, row: bytes) -> bytes:
    """sha256(0x00 ‖ salt ‖ canonical row). The fixed salt length keeps salt and row apart."""
    if len(salt) != SALT_BYTES:
        raise MerkleRefusal(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    return hashlib.sha256(b"\x00" + salt + row).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Root over strictly ascending leaves."""
    level = list(_checked(leaves))
    while len(level) > 1:
        level = _parents(level)
    return level[0]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Sibling hashes from the leaf up; about log2(n) of them."""
    level = list(_checked(leaves))
    if not 0 <= index < len(level):
        raise MerkleRefusal(f"there is no leaf {index} among {len(level)}")
    proof = []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            proof.append(level[sibling])
        level = _parents(level)
        index //= 2
    return proof


def proves(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows `leaf` at `index` of a tree of `size` leaves with this root."""
    if not 0 <= index < size or len(leaf) != LEAF_BYTES:
        return False
    siblings = iter(proof)
    node = leaf
    while size > 1:
        if index ^ 1 < size:
            sibling = next(siblings, None)
            if sibling is None:
                return False
            node = _node(sibling, node) if index & 1 else _node(node, sibling)
        index //= 2
        size = (size + 1) // 2
    return next(siblings, None) is None and node == root


def _parents(level: list[bytes]) -> list[bytes]:
    above = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    if len(level) % 2:
        above.append(level[-1])
    return above


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _checked(leaves: Sequence[bytes]) -> Sequence[bytes]:
    if not leaves:
        raise MerkleRefusal("a snapshot without rows has no root")
    if len(leaves[0]) != LEAF_BYTES:
        raise MerkleRefusal(f"a leaf has {LEAF_BYTES} bytes")
    for before, after in pairwise(leaves):
        if len(after) != LEAF_BYTES:
            raise MerkleRefusal(f"a leaf has {LEAF_BYTES} bytes")
        if before == after:
            raise MerkleRefusal(f"leaf {after.hex()[:12]} stands twice")
        if before > after:
            raise MerkleRefusal("leaves are not sorted")
    return leaves
