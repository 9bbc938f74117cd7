"""Bands meet only inside one scope, and 20×6 of them find what they should."""

from __future__ import annotations

import random

import numpy as np

from curation.lsh import band_keys, candidate_pairs
from curation.signing.signer import sign
from curation.signing.spec import DEFAULT_SPEC

WORDS = [f"word{number}" for number in range(4000)]


def sentence(seed: int, length: int = 120) -> list[str]:
    return random.Random(seed).choices(WORDS, k=length)


def test_near_duplicates_become_candidates_and_strangers_do_not() -> None:
    texts, truth = [], []
    for seed in range(150):
        words = sentence(seed)
        edited = [*words]
        edited[60] = "edited"
        texts += [" ".join(words), " ".join(edited)]
        truth.append((2 * seed, 2 * seed + 1))
    signed = sign(texts)
    pairs = candidate_pairs(band_keys(signed.rows, scope="p"))
    real = [pair for pair in truth if signed.jaccard(*pair) >= DEFAULT_SPEC.threshold]
    assert len(real) > 140
    assert len(pairs & set(real)) >= 0.99 * len(real)
    assert len(pairs) < 2 * len(real)


def test_equal_signatures_of_two_scopes_never_meet() -> None:
    rows = sign(["one and the same text for two projects"]).rows
    assert not set(band_keys(rows, scope="a")[0].tolist()) & set(band_keys(rows, scope="b")[0].tolist())


def test_band_numbers_keep_equal_bands_apart() -> None:
    rows = np.zeros((1, 128), dtype=np.uint32)
    assert len(set(band_keys(rows, scope="a")[0].tolist())) == DEFAULT_SPEC.bands
