"""Signatures are datasketch's, bands meet only inside one scope, and 20×6 bands find what they should."""

from __future__ import annotations

import random

import numpy as np
import pytest
from datasketch import MinHash

from core.text import jaccard, shingles
from curation.lsh import band_keys, candidate_pairs
from curation.minhash import DEFAULT_SPEC, EMPTY, Spec, as_minhash, signatures

WORDS = [f"word{number}" for number in range(4000)]


def sentence(seed: int, length: int = 120) -> list[str]:
    return random.Random(seed).choices(WORDS, k=length)


def test_rows_are_bit_identical_to_datasketch() -> None:
    sets = [shingles(" ".join(sentence(seed)), 5) for seed in range(30)]
    for row, hashes in zip(signatures(sets), sets, strict=True):
        peer = MinHash(num_perm=128, seed=1, scheme="affine32", hashfunc=int)
        peer.update_batch(hashes.astype(np.uint32).tolist())
        assert np.array_equal(peer.hashvalues, row)
        assert as_minhash(row).jaccard(peer) == 1.0


def test_an_empty_set_has_an_empty_signature() -> None:
    assert (signatures([np.zeros(0, dtype=np.uint64)]) == EMPTY).all()


def test_another_scheme_is_an_error_and_not_a_wrong_result() -> None:
    with pytest.raises(ValueError, match="scheme"):
        signatures([], Spec(scheme="legacy"))


def test_near_duplicates_become_candidates_and_strangers_do_not() -> None:
    texts, truth = [], []
    for seed in range(150):
        words = sentence(seed)
        edited = [*words]
        edited[60] = "edited"
        texts += [" ".join(words), " ".join(edited)]
        truth.append((2 * seed, 2 * seed + 1))
    sets = [shingles(text, 5) for text in texts]
    pairs = candidate_pairs(band_keys(signatures(sets), scope="p"))
    real = [pair for pair in truth if jaccard(sets[pair[0]], sets[pair[1]]) >= DEFAULT_SPEC.threshold]
    assert len(real) > 140
    assert len(pairs & set(real)) >= 0.99 * len(real)
    assert len(pairs) < 2 * len(real)


def test_equal_signatures_of_two_scopes_never_meet() -> None:
    rows = signatures([shingles("one and the same text for two projects", 3)])
    assert not set(band_keys(rows, scope="a")[0].tolist()) & set(band_keys(rows, scope="b")[0].tolist())


def test_band_numbers_keep_equal_bands_apart() -> None:
    rows = np.zeros((1, 128), dtype=np.uint32)
    assert len(set(band_keys(rows, scope="a")[0].tolist())) == DEFAULT_SPEC.bands
