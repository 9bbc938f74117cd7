"""The root names a list of leaves: every leaf can be proven in, and nothing else can."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapshots.merkle import MerkleRefusal, inclusion_proof, leaf_hash, merkle_root, proves

LEAVES = st.sets(st.binary(min_size=32, max_size=32), min_size=1, max_size=40).map(sorted)


def rfc6962(leaves: list[bytes]) -> bytes:
    """The recursive definition of RFC 6962 section 2.1, as an independent reference."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + rfc6962(leaves[:k]) + rfc6962(leaves[k:])).digest()


@given(LEAVES)
def test_the_root_is_the_one_of_rfc_6962(leaves: list[bytes]) -> None:
    assert merkle_root(leaves) == rfc6962(leaves)


@given(LEAVES, st.data())
def test_every_leaf_is_proven_at_its_place_and_only_there(leaves: list[bytes], data: st.DataObject) -> None:
    root = merkle_root(leaves)
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = inclusion_proof(leaves, index)
    assert len(proof) <= max(1, len(leaves)).bit_length()
    assert proves(leaves[index], index, len(leaves), proof, root)
    for other in range(len(leaves)):
        if other != index:
            assert not proves(leaves[index], other, len(leaves), proof, root)


@given(LEAVES, st.binary(min_size=32, max_size=32))
def test_a_foreign_leaf_is_never_proven(leaves: list[bytes], foreign: bytes) -> None:
    proof = inclusion_proof(leaves, 0)
    assert proves(foreign, 0, len(leaves), proof, merkle_root(leaves)) == (foreign == leaves[0])


@given(LEAVES, st.data())
def test_taking_a_leaf_out_changes_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    rest = leaves[:index] + leaves[index + 1 :]
    assert not rest or merkle_root(rest) != merkle_root(leaves)


def test_a_longer_or_shorter_proof_is_refused() -> None:
    leaves = [bytes([n]) * 32 for n in range(5)]
    root, proof = merkle_root(leaves), inclusion_proof(leaves, 2)
    assert not proves(leaves[2], 2, 5, proof[:-1], root)
    assert not proves(leaves[2], 2, 5, [*proof, leaves[0]], root)


@pytest.mark.parametrize(
    ("leaves", "why"),
    [
        ([], "without rows"),
        ([b"b" * 32, b"a" * 32], "not sorted"),
        ([b"a" * 32, b"a" * 32], "twice"),
        ([b"short"], "32 bytes"),
    ],
)
def test_a_list_without_a_defined_root_is_refused(leaves: list[bytes], why: str) -> None:
    with pytest.raises(MerkleRefusal, match=why):
        merkle_root(leaves)


def test_the_same_text_under_another_salt_is_another_leaf() -> None:
    assert leaf_hash(b"s" * 32, b"row") != leaf_hash(b"t" * 32, b"row")
    with pytest.raises(MerkleRefusal, match="salt"):
        leaf_hash(b"", b"row")
