"""The rows of `./dev bench dedup`, part by part."""

import importlib
import importlib.util
import math
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.contract import Row
from benchmarks.dedup import peers, quality
from benchmarks.dedup.corpus import real_texts, recombined, with_edits
from benchmarks.dedup.memory import bytes_per_document
from benchmarks.dedup.truth import LEAST, Truth, exact_join

PERSISTENT = "benchmarks.dedup.persistent"
SETTING = "database" if importlib.util.find_spec(PERSISTENT) else ""
ROUNDS = 5
FLOORS = {"rensa": (15, 6), "datasketch": (60, 0), "datasketch-xxh3": (0, 18)}


def rows(*, quick: bool) -> Iterator[Row]:
    """CPU time of one thread throughout; peers in the same run. Needs the real traces beside the checkout."""
    from curation.signing.signer import warm

    warm()
    real = real_texts()
    texts = with_edits(real, 10_000 if quick else 105_000, seed=5)
    yield Row("documents", len(texts), f"{sum(map(len, texts)) / len(texts):.0f} characters each")
    truth = exact_join(texts)
    signatures = yield from _signatures(texts)
    clusters = yield from _clusters(texts, truth)
    for lane in ("same", "own"):
        yield from _peers(texts, truth, lane, signatures, clusters)
    yield from _growth(real, [6_000, 12_000, 24_000] if quick else [12_000, 25_000, 50_000, 100_000, 200_000])
    yield Row("peak memory above the input", bytes_per_document(len(texts)), "bytes a document", "<= 1200")
    if SETTING:
        yield from importlib.import_module(PERSISTENT).rows(quick=quick)


def _cpu(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """The least CPU seconds of some rounds: other work on the machine only ever adds."""
    spent = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        spent.append(time.process_time() - started)
    return min(spent)


def _signatures(texts: list[str]) -> Generator[Row, None, float]:
    import xxhash

    from curation.signing.blocks import of_texts
    from curation.signing.signer import sign, sign_blocks

    raw = [text.encode() for text in texts]
    size = sum(map(len, raw))
    whole = b"".join(raw)
    bare = _cpu(lambda: xxhash.xxh3_64_intdigest(whole))
    blocks = list(of_texts(texts))
    from_bytes = _cpu(lambda: [None for _ in sign_blocks(blocks, sets=False)])
    from_texts = _cpu(lambda: sign(texts, sets=False))
    yield Row("xxh3, one pass over the bytes", size / bare / 1e6, "MB/s")
    yield Row("bytes to signatures", size / from_bytes / 1e6, "MB/s")
    yield Row("bytes to signatures, of a bare xxh3 pass", bare / from_bytes, "share", ">= 0.015")
    yield Row("str to signatures", len(texts) / from_texts, "docs/s")
    with_sets = _cpu(lambda: sign(texts))
    yield Row("str to signatures and sorted sets", len(texts) / with_sets, "docs/s")
    return from_texts


def _clusters(texts: list[str], truth: Truth) -> Generator[Row, None, float]:
    from curation.bulk.cluster import cluster, near_pairs
    from curation.signing.spec import DEFAULT_SPEC, spec_at

    seconds = _cpu(lambda: cluster(texts), 3)
    yield Row("raw text to verified clusters", len(texts) / seconds, "docs/s")
    yield Row("raw text to all verified pairs", len(texts) / _cpu(lambda: near_pairs(texts), 2), "docs/s")
    at_threshold = near_pairs(texts)
    found = quality.of_distinct(
        list(zip(at_threshold.one.tolist(), at_threshold.other.tolist(), strict=True)), truth
    )
    yield Row("pair recall at J >= 0.8", quality.recall(found, truth, 0.8), "", ">= 0.995")
    yield Row("pair precision at J >= 0.8", quality.precision(found, truth, 0.8), "", ">= 0.9999")
    for spec, must in (
        (spec_at(LEAST), ">= 0.98"),
        (replace(DEFAULT_SPEC, name="0.8's bands", threshold=LEAST), ""),
    ):
        lower = near_pairs(texts, spec)
        found = quality.of_distinct(list(zip(lower.one.tolist(), lower.other.tolist(), strict=True)), truth)
        met = quality.recall(found, truth, LEAST)
        yield Row(f"pair recall at J >= 0.7, {spec.bands} bands of {spec.rows}", met, "", must)
    kept = len(cluster(texts).kept)
    true = quality.survivors(truth, _canonical(texts, truth), 0.8)
    yield Row("documents that survive", kept, f"of {true} by the exact walk")
    yield Row("error of the surviving set", abs(kept - true) / true, "", "<= 0.001")
    return seconds


def _canonical(texts: list[str], truth: Truth) -> list[int]:
    """Distinct documents in the canonical order, as the truth numbers them."""
    from curation.bulk.order import canonical_order
    from curation.bulk.reduced import reduce_blocks
    from curation.signing.blocks import of_texts
    from curation.signing.spec import DEFAULT_SPEC

    chosen = canonical_order(reduce_blocks(of_texts(texts), DEFAULT_SPEC)).chosen
    return list(dict.fromkeys(truth.twin[one] for one in chosen.tolist()))


def _peers(texts: list[str], truth: Truth, lane: str, signatures: float, clusters: float) -> Iterator[Row]:
    said = {"same": "same shingles", "own": "words between blanks"}[lane]
    for engine in peers.ENGINES:
        try:
            measured = peers.ask(engine, lane, texts)
        except peers.Absent as error:
            yield Row(f"{engine}, {said}: absent ({error})", math.nan)
            continue
        floor, cluster_floor = FLOORS[engine] if lane == "same" else (0, 0)
        yield Row(f"{engine}, {said}: str to signatures", len(texts) / measured.signatures, "docs/s")
        yield Row(
            f"times {engine}, {said}: signatures",
            measured.signatures / signatures,
            "×",
            f">= {floor}" if floor else "",
        )
        yield Row(f"{engine}, {said}: to clusters", len(texts) / measured.clusters, "docs/s")
        yield Row(
            f"times {engine}, {said}: clusters", measured.clusters / clusters, "×", f">= {cluster_floor}" if cluster_floor else ""
        )  # fmt: skip
        if lane == "same":
            found = quality.of_distinct(measured.pairs, truth)
            yield Row(f"{engine}: pair recall at J >= 0.8", quality.recall(found, truth, 0.8))
            yield Row(f"{engine}: pair precision at J >= 0.8", quality.precision(found, truth, 0.8))
            yield Row(f"{engine}: documents that survive", measured.kept)


def _growth(real: list[str], sizes: list[int]) -> Iterator[Row]:
    from curation.bulk.cluster import cluster

    seconds = []
    for size in sizes:
        texts = with_edits(recombined(real, size, seed=7), size, seed=11)
        seconds.append(_cpu(lambda texts=texts: cluster(texts), 3))  # type: ignore[misc]
        yield Row(f"CPU of {size} documents", seconds[-1] / size * 1e6, "µs a document")
    slope = float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])
    yield Row(f"growth exponent {sizes[0]} to {sizes[-1]}", slope, "", "<= 1.1")
