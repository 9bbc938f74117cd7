"""A folder is clustered like the texts in it, in memory or spilled; what cannot be read is named."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command

from curation.bulk import folder as folders
from curation.bulk.cluster import cluster
from curation.bulk.folder import Unreadable, parts
from curation.bulk.run import Progress, cluster_parts, read_here
from curation.signing.spec import DEFAULT_SPEC, spec_at
from tests.curation.test_bulk_clusters import corpus

TEXTS = [text for text in corpus() if text.encode("utf-8", "ignore").decode() == text]


def write_folder(folder: Path) -> None:
    """The texts as Parquet with small row groups, as JSON lines, and as compressed JSON lines, in the order of the names."""
    a, b = len(TEXTS) // 3, 2 * len(TEXTS) // 3
    (folder / "deep").mkdir(parents=True)
    pq.write_table(pa.table({"id": range(a), "text": TEXTS[:a]}), folder / "a.parquet", row_group_size=50)
    (folder / "b.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS[a:b]))
    with gzip.open(folder / "deep" / "c.jsonl.gz", "wt") as stream:
        stream.writelines(json.dumps({"text": text}) + "\n" for text in TEXTS[b:])


def stands_for(target: Path) -> list[int]:
    """For each row of the result the number of the row that stands for it."""
    rows = pq.read_table(target).to_pylist()
    number = {(row["file"], row["row"]): place for place, row in enumerate(rows)}
    return [number[row["representative_file"], row["representative_row"]] for row in rows]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_folder(tmp_path / "in")
    return tmp_path / "in"


def test_a_folder_is_clustered_like_its_texts(folder: Path, tmp_path: Path) -> None:
    call_command("cluster_folder", str(folder), "--out", str(tmp_path / "out.parquet"))
    assert stands_for(tmp_path / "out.parquet") == cluster(TEXTS).representative.tolist()


def test_another_threshold_has_bands_of_its_own(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    call_command("cluster_folder", str(folder), "--out", str(target), "--threshold", "0.6")
    assert stands_for(target) == cluster(TEXTS, spec_at(0.6)).representative.tolist()
    assert len(set(stands_for(target))) < len(cluster(TEXTS).kept)


@pytest.mark.parametrize("threshold", ["0", "1.5", "nan"])
def test_a_threshold_nothing_can_have_is_refused(folder: Path, tmp_path: Path, threshold: str) -> None:
    with pytest.raises(CommandError, match="more than 0 and at most 1"):
        call_command(
            "cluster_folder", str(folder), "--out", str(tmp_path / "x.parquet"), "--threshold", threshold
        )


def test_beyond_its_memory_it_spills_and_says_the_same(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "TEXTS", 20)
    told: list[Progress] = []
    found = parts(folder, "text")
    target = tmp_path / "out.parquet"
    outcome = cluster_parts(
        found,
        read_here(found, "text", DEFAULT_SPEC),
        target,
        spec=DEFAULT_SPEC,
        budget=30_000,
        tell=told.append,
    )
    assert stands_for(target) == cluster(TEXTS).representative.tolist()
    assert outcome.documents == len(TEXTS) == told[-1].documents
    assert told[-1].done == told[-1].of
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".spill")] == []


def test_the_similarity_is_written(folder: Path, tmp_path: Path) -> None:
    call_command("cluster_folder", str(folder), "--out", str(tmp_path / "out.parquet"))
    similarity = pq.read_table(tmp_path / "out.parquet")["similarity"].to_numpy()
    assert np.array_equal(similarity, cluster(TEXTS).similarity)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "line 2: no JSON object"),
        ('{"body": "x"}', "line 2: no JSON object"),
        ('{"text": 3}', "line 2: 'text' is no text"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, line: str, fault: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_text('{"text": "fine"}\n' + line + "\n")
    with pytest.raises(CommandError, match=fault):
        call_command("cluster_folder", str(tmp_path / "in"), "--out", str(tmp_path / "out.parquet"))
    assert not (tmp_path / "out.parquet").exists()


def test_a_folder_without_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="holds no file"):
        parts(tmp_path, "text")
    pq.write_table(pa.table({"id": [1]}), tmp_path / "a.parquet")
    with pytest.raises(Unreadable, match="no column 'text'; it has id"):
        parts(tmp_path, "text")
    (tmp_path / "a.parquet").write_bytes(b"nothing of the kind")
    with pytest.raises(Unreadable, match="no Parquet file"):
        parts(tmp_path, "text")


def test_empty_lines_and_nulls_are_empty_texts(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "one"}\n\n{"text": null}\n')
    pq.write_table(pa.table({"text": pa.array([None, "one"])}), tmp_path / "b.parquet")
    call_command("cluster_folder", str(tmp_path), "--out", str(tmp_path / "out.parquet"))
    assert stands_for(tmp_path / "out.parquet") == [0, 1, 1, 1, 0]


def test_a_table_of_spark_and_an_earlier_result_in_the_folder_are_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "table.parquet").mkdir()
    pq.write_table(pa.table({"text": ["one", "two"]}), tmp_path / "table.parquet" / "part-0.parquet")
    for _ in range(2):
        call_command("cluster_folder", str(tmp_path), "--out", str(tmp_path / "out.parquet"))
        assert stands_for(tmp_path / "out.parquet") == [0, 1]


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.parquet"])
def test_a_file_that_is_damaged_behind_its_head_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "in").mkdir()
    file, texts = tmp_path / "in" / name, [f"text {number}" for number in range(20_000)]
    if name.endswith(".gz"):
        raw = gzip.compress("".join(json.dumps({"text": text}) + "\n" for text in texts).encode())
        file.write_bytes(raw[: len(raw) // 2])
    else:
        pq.write_table(pa.table({"text": texts}), file)
        raw = file.read_bytes()
        file.write_bytes(raw[:1000] + b"\xff" * 2000 + raw[3000:])
    with pytest.raises(CommandError, match=f"{name} cannot be read to its end"):
        call_command("cluster_folder", str(tmp_path / "in"), "--out", str(tmp_path / "out.parquet"))


def test_a_column_of_numbers_is_no_text_in_parquet_either(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": [1, 2]}), tmp_path / "a.parquet")
    with pytest.raises(Unreadable, match="holds int64, no text"):
        parts(tmp_path, "text")
