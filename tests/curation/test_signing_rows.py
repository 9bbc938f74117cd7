"""Rows are datasketch's, and the compiled kernel and the plain one never differ by a bit."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
from datasketch import MinHash

from curation.signing import engine, plain, signer
from curation.signing.mixing import EMPTY
from curation.signing.permutations import as_minhash
from curation.signing.signer import sign
from curation.signing.spec import DEFAULT_SPEC, Spec
from tests.curation.hard_texts import hard_texts

SPECS = [
    DEFAULT_SPEC,
    Spec(mode="code"),
    Spec(shingle=1),
    Spec(shingle=3, permutations=64, bands=8, seed=7),
    Spec(permutations=256, bands=40),
]


def test_rows_are_bit_identical_to_datasketch() -> None:
    signed = sign(hard_texts()[::4])
    for place, row in enumerate(signed.rows):
        peer = MinHash(num_perm=128, seed=1, scheme="affine32", hashfunc=int)
        peer.update_batch(signed.shingles(place).tolist())
        assert np.array_equal(peer.hashvalues, row)
        assert as_minhash(row).jaccard(peer) == 1.0


@pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="numba (extra dedup) is not installed")
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: f"{spec.mode}-{spec.shingle}-{spec.permutations}")
def test_both_kernels_make_the_same_rows_and_sets(spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = hard_texts()
    compiled = sign(texts, spec)
    monkeypatch.setattr(signer, "engine", lambda: plain)
    slow = sign(texts, spec)
    assert np.array_equal(compiled.rows, slow.rows)
    assert np.array_equal(compiled.values, slow.values)
    assert np.array_equal(compiled.offsets, slow.offsets)


def test_the_plain_kernel_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WINNOW_PLAIN_KERNEL", "1")
    engine.engine.cache_clear()
    try:
        assert engine.engine() is plain
    finally:
        engine.engine.cache_clear()


def test_rows_do_not_need_the_sets() -> None:
    texts = hard_texts()
    bare = sign(texts, sets=False)
    assert np.array_equal(bare.rows, sign(texts).rows)
    assert len(bare.values) == 0


def test_sets_are_sorted_and_distinct() -> None:
    signed = sign([*hard_texts(), "again and again " * 500])
    for place in range(len(signed)):
        assert (np.diff(signed.shingles(place).astype(np.int64)) > 0).all()


def test_only_a_text_without_a_word_has_an_empty_row() -> None:
    signed = sign(["", " \n!?", "\u200b", "word"])
    assert (signed.rows[:3] == EMPTY).all()
    assert (signed.rows[3] != EMPTY).any()
    assert np.diff(signed.offsets).tolist() == [0, 0, 0, 1]


def test_no_text_at_all_is_no_row() -> None:
    assert sign([]).rows.shape == (0, 128)
