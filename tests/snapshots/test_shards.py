"""Shards are one materialisation: equal rows on one pyarrow give equal bytes, and all of them come back."""

import io

import pyarrow.parquet as pq
import pytest

from snapshots.shards import COLUMNS, ShardRow, read_shard, write_shards


def row(number: int, text: str | None = "{}") -> ShardRow:
    return ShardRow(
        f"{number:064x}", None if text is None else "00" * 32, text, "sft", "train", "accepted", False
    )


def test_rows_come_back_as_they_went_in_across_several_shards() -> None:
    rows = [row(n, f'{{"n":{n}}}') for n in range(1, 8)]
    shards = list(write_shards(rows, rows_per_shard=3))
    assert [shard.rows for shard in shards] == [3, 3, 1]
    assert [back for shard in shards for back in read_shard(shard.data)] == rows
    assert shards[0].described()["path"] == "train-00000.parquet"


def test_writing_twice_gives_the_same_bytes() -> None:
    rows = [row(n) for n in range(1, 500)]
    one, two = (next(write_shards(iter(rows))) for _ in range(2))
    assert one.sha256 == two.sha256


def test_an_erased_row_keeps_its_leaf_and_loses_its_text() -> None:
    shard = next(write_shards([row(1, None)]))
    assert list(read_shard(io.BytesIO(shard.data))) == [row(1, None)]


@pytest.mark.parametrize("numbers", [(2, 1), (1, 1)])
def test_rows_out_of_order_or_twice_are_refused(numbers: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="out of order"):
        list(write_shards([row(n) for n in numbers]))


def test_the_file_has_exactly_the_described_columns() -> None:
    shard = next(write_shards([row(1)]))
    assert pq.read_schema(io.BytesIO(shard.data)).names == [name for name, _, _ in COLUMNS]
