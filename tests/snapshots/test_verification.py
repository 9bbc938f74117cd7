"""A materialisation is believed only after every leaf, the root, the files and the counts were recomputed."""

import dataclasses
from typing import Any

import pytest

from snapshots.canonical import canonical_row
from snapshots.manifest import Tally, compose_manifest
from snapshots.merkle import MerkleRefusal, leaf_hash, merkle_root
from snapshots.shards import ShardRow, write_shards
from snapshots.verification import Verdict, read_verified, verify_files


def body(number: int) -> dict[str, Any]:
    return {
        "kind": "sft",
        "split": "train",
        "reason": "accepted",
        "messages": [{"role": "assistant", "content": f"answer {number} \ud800"}],
        "lineage": {
            "simulated": number % 2 == 0,
            "licence": "CC0-1.0",
            "redaction_rules": "r1",
            "judgments": [f"j{number}"],
        },
    }


def shard_row(number: int, text: str | None = None) -> ShardRow:
    salt = bytes([number]) * 32
    data = canonical_row(body(number))
    return ShardRow(
        leaf_hash(salt, data).hex(),
        salt.hex(),
        text or data.decode(),
        "sft",
        "train",
        "accepted",
        number % 2 == 0,
    )


def sealed(rows: list[ShardRow]) -> tuple[list[tuple[str, bytes]], dict[str, Any], str]:
    tally = Tally()
    for number in range(1, len(rows) + 1):
        tally.keep(row=body(number), stratum="python", training_use="allowed")
    shards = list(write_shards(sorted(rows, key=lambda row: row.leaf), rows_per_shard=2))
    root = merkle_root(sorted(bytes.fromhex(row.leaf) for row in rows)).hex()
    manifest = compose_manifest(
        name="s", kind="sft", project="p", parent_root=None, root=root, selection={}, tally=tally,
        dedup={}, screening={}, shards=shards, code_version="0",
    )  # fmt: skip
    return [(shard.name, shard.data) for shard in shards], manifest, root


def broken(verdict: Verdict) -> list[str]:
    return [finding.check for finding in verdict.broken]


ROWS = [shard_row(n) for n in range(1, 6)]


def test_an_untouched_materialisation_holds_and_reads_back() -> None:
    files, manifest, root = sealed(ROWS)
    assert verify_files(files, manifest, root).holds
    assert len(list(read_verified(files, root))) == 5


def test_a_flipped_byte_is_found() -> None:
    files, manifest, root = sealed(ROWS)
    name, data = files[0]
    files[0] = (name, data[:40] + bytes([data[40] ^ 1]) + data[41:])
    assert "shards" in broken(verify_files(files, manifest, root))


def test_a_row_with_another_text_under_the_same_leaf_is_found_even_with_a_matching_manifest() -> None:
    forged = [ROWS[0], shard_row(2, ROWS[2].row), *ROWS[2:]]
    files, manifest, root = sealed(forged)
    assert broken(verify_files(files, manifest, root)) == ["leaves"]
    with pytest.raises(MerkleRefusal, match="not the text"):
        list(read_verified(files, root))


def test_a_row_whose_columns_hide_that_it_is_simulated_is_found() -> None:
    forged = [ROWS[0], dataclasses.replace(ROWS[1], simulated=False), *ROWS[2:]]
    files, manifest, root = sealed(forged)
    assert "leaves" in broken(verify_files(files, manifest, root))


def test_another_root_is_found() -> None:
    files, manifest, _ = sealed(ROWS)
    assert broken(verify_files(files, manifest, "00" * 32)) == ["root"]


def test_a_missing_row_breaks_the_root_and_the_counts() -> None:
    _, manifest, root = sealed(ROWS)
    files, _, _ = sealed(ROWS[:4])
    assert broken(verify_files(files, manifest, root)) == ["shards", "root", "counts"]


def test_after_erasure_the_root_still_holds_over_the_leaf_list() -> None:
    _, manifest, root = sealed(ROWS)
    erased = [dataclasses.replace(ROWS[0], salt=None, row=None), *ROWS[1:]]
    files, now, _ = sealed(erased)
    verdict = verify_files(files, {**manifest, "shards": now["shards"]}, root)
    assert verdict.holds
    assert verdict.erased == 1


def test_an_erased_row_that_kept_its_salt_is_found() -> None:
    erased = [dataclasses.replace(ROWS[0], row=None), *ROWS[1:]]
    files, manifest, root = sealed(erased)
    assert broken(verify_files(files, manifest, root)) == ["leaves"]


def test_every_candidate_is_counted_once_as_kept_or_dropped() -> None:
    tally = Tally()
    tally.keep(row=body(1), stratum="a", training_use="allowed")
    tally.drop("tie", 3)
    counts = tally.as_counts()
    assert counts["candidates"] == 4 == counts["rows"] + sum(counts["excluded"].values())
