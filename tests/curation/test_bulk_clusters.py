"""Bulk clusters: verified, the same for any order and batch, bounded where thousands of texts are nearly the same."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.bulk import near, order, reduced
from curation.bulk.cluster import Clusters, cluster, near_pairs
from curation.bulk.reduced import reduce_blocks, set_hashes
from curation.clusters import Document, neighbours, stars
from curation.signing.blocks import of_texts
from curation.signing.signer import sign
from curation.signing.spec import DEFAULT_SPEC
from tests.curation.hard_texts import hard_texts

WORDS = [f"word{number}" for number in range(3000)]


def family(seed: int, members: int, edits: int = 2, length: int = 90) -> list[str]:
    """Texts that differ from one another in a few words each."""
    draw = random.Random(seed)
    words = draw.choices(WORDS, k=length)
    made = []
    for _ in range(members):
        changed = [*words]
        for _ in range(draw.randint(0, edits)):
            changed[draw.randrange(length)] = draw.choice(WORDS)
        made.append(" ".join(changed))
    return made


def corpus(seed: int = 1) -> list[str]:
    texts = [text for number in range(60) for text in family(seed * 1000 + number, 6)]
    return [*texts, *texts[:20], "", " ", "yes", "YES!", "四字", *hard_texts()[:40]]


def as_texts(clusters: Clusters, texts: list[str]) -> dict[str, set[str]]:
    return {
        text: {texts[other] for other in np.flatnonzero(clusters.representative == representative)}
        for text, representative in zip(texts, clusters.representative, strict=True)
    }


def by_hand(texts: list[str]) -> set[int]:
    """The documents that survive, by comparing everything with everything and walking `curation.clusters.stars`."""
    signed = sign(texts)
    twin = order.canonical_order(reduce_blocks(of_texts(texts), DEFAULT_SPEC)).twin
    hashes = set_hashes(signed.values, signed.offsets)
    nodes = sorted(set(twin.tolist()))
    nodes.sort(
        key=lambda node: Document(
            True, len(signed.shingles(node)), int(hashes[node]).to_bytes(8, "big")
        ).order()
    )
    edges = [(a, b, signed.jaccard(a, b)) for place, a in enumerate(nodes) for b in nodes[:place]]
    found = stars(nodes, neighbours(edge for edge in edges if edge[2] >= 0.8), 0.8)
    return {representative for representative, _ in found.values()}


def test_clusters_are_those_of_comparing_everything() -> None:
    texts = corpus()
    assert set(cluster(texts).kept.tolist()) == by_hand(texts)


def test_every_member_reaches_the_threshold_with_its_representative() -> None:
    texts = corpus()
    signed, clusters = sign(texts), cluster(texts)
    assert len(clusters.kept) < 0.6 * len(texts)
    for place, representative in enumerate(clusters.representative.tolist()):
        similarity = signed.jaccard(place, representative)
        assert similarity == clusters.similarity[place] >= 0.8


def test_pairs_are_verified_and_all_found() -> None:
    texts = corpus()
    signed, pairs = sign(texts), near_pairs(texts)
    for one, other, similarity in zip(pairs.one, pairs.other, pairs.similarity, strict=True):
        assert signed.jaccard(int(one), int(other)) == similarity >= 0.8
    distinct = sorted(set(pairs.twin.tolist()))
    true = {frozenset((a, b)) for a in distinct for b in distinct if a < b and signed.jaccard(a, b) >= 0.8}
    found = set(map(frozenset, zip(pairs.one.tolist(), pairs.other.tolist(), strict=True)))
    assert found <= true
    assert len(found) >= 0.99 * len(true) > 150


@settings(max_examples=12, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 700))
def test_neither_order_nor_batch_changes_a_cluster(draw: random.Random, batch: int) -> None:
    texts = corpus()
    before = as_texts(cluster(texts), texts)
    shuffled = draw.sample(texts, len(texts))
    parts = (
        block for start in range(0, len(texts), batch) for block in of_texts(shuffled[start : start + batch])
    )
    assert as_texts(cluster(reduce_blocks(parts, DEFAULT_SPEC)), shuffled) == before


def test_signed_texts_cluster_like_the_texts() -> None:
    texts = corpus()
    assert as_texts(cluster(sign(texts)), texts) == as_texts(cluster(texts), texts)


def test_signatures_without_sets_are_refused() -> None:
    with pytest.raises(ValueError, match="sets=True"):
        cluster(sign(["some text to sign"], sets=False))


def test_equal_texts_stand_together_with_similarity_one() -> None:
    clusters = cluster(["one and the same", "ONE and the same!", "another", "", "..."])
    assert clusters.representative[0] == clusters.representative[1]
    assert clusters.representative[3] == clusters.representative[4]
    assert len(clusters.kept) == 3
    assert (clusters.similarity == 1).all()


def test_exactly_the_threshold_is_a_duplicate() -> None:
    texts = [" ".join(f"w{number}" for number in range(words)) for words in (12, 14)]
    assert sign(texts).jaccard(0, 1) == 0.8
    assert len(near_pairs(texts).one) == 1
    assert len(cluster(texts).kept) == 1


def test_no_chain_makes_one_cluster() -> None:
    texts = [" ".join(f"w{number}" for number in range(start, start + 60)) for start in range(0, 60, 3)]
    clusters = cluster(texts)
    assert 3 < len(clusters.kept) < len(texts)
    assert clusters.similarity.min() >= 0.8


def test_what_is_not_eligible_never_stands_for_what_is() -> None:
    texts = family(3, 5)
    for able in range(5):
        eligible = np.arange(5) == able
        assert cluster(texts, eligible=eligible).representative[able] == able


def test_ten_thousand_texts_of_one_template_survive_as_without_a_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw = random.Random(9)
    frame = "dear {} your order {} of {} has left our house on {} and will reach {} by the evening of {} with regards from {} at desk {}"
    texts = [frame.format(*draw.choices(WORDS, k=8)) for _ in range(7000)]
    texts += [text for number in range(300) for text in family(number, 10, edits=6, length=60)]
    bounded = cluster(texts)
    monkeypatch.setattr(near, "REPRESENTATIVES", 100_000)
    free = cluster(texts)
    assert abs(len(bounded.kept) - len(free.kept)) <= 0.001 * len(free.kept)
    assert bounded.similarity.min() >= 0.8


def test_ten_thousand_near_copies_are_one_cluster() -> None:
    words = [f"w{number}" for number in range(200)]
    texts = [" ".join([*words[:150], str(number), *words[150:]]) for number in range(10_000)]
    assert len(cluster(texts).kept) == 1


def test_colliding_hashes_are_caught_by_the_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reduced, "set_hashes", lambda values, offsets: np.zeros(len(offsets) - 1, np.uint64))
    monkeypatch.setattr(
        reduced, "band_keys32", lambda rows, spec: np.zeros((len(rows), spec.bands), np.uint32)
    )
    texts = [*family(1, 1), *family(2, 1), *family(3, 1), *family(1, 1)]
    clusters = cluster(texts)
    assert len(clusters.kept) == 3
    assert clusters.representative[0] == clusters.representative[3]


def test_no_text_makes_no_cluster() -> None:
    assert len(cluster([]).kept) == 0
    assert len(near_pairs([]).one) == 0
