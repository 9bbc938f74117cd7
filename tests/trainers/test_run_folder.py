"""The contract between the product and a training process, without any process."""

from pathlib import Path

import pytest

from trainers.folder import RunFolder
from trainers.manifests import Unverified, newest_checkpoint, publish, seal, verify


def checkpoint(folder: RunFolder, step: int) -> Path:
    place = folder.checkpoints / f"step-{step:08d}"
    place.mkdir(parents=True)
    (place / "weights").write_text(f"weights {step}")
    seal(place, {"step": step})
    return place


def test_an_older_attempt_cannot_take_the_folder_back(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.take(2)
    with pytest.raises(ValueError, match="older"):
        folder.take(1)
    assert not folder.attempt(1).owns


def test_a_second_different_specification_is_refused(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.write_spec({"seed": 1})
    folder.write_spec({"seed": 1})
    with pytest.raises(ValueError, match="another"):
        folder.write_spec({"seed": 2})


def test_a_torn_last_line_of_metrics_waits_for_its_end(tmp_path: Path) -> None:
    attempt = RunFolder(tmp_path).take(1)
    attempt.append("metrics", {"step": 1})
    whole = (attempt.path / "metrics.jsonl").stat().st_size
    with (attempt.path / "metrics.jsonl").open("ab") as sink:
        sink.write(b'{"step":2')
    assert list(attempt.lines("metrics")) == [(whole, {"step": 1})]
    with (attempt.path / "metrics.jsonl").open("ab") as sink:
        sink.write(b"}\n")
    assert [line for _, line in attempt.lines("metrics", whole)] == [{"step": 2}]


def test_a_damaged_or_incomplete_checkpoint_is_passed_over(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    for step in (10, 20, 30):
        checkpoint(folder, step)
    (folder.checkpoints / "step-00000030" / "weights").write_text("flipped")
    (folder.checkpoints / "step-00000020" / "manifest.json").unlink()
    found = newest_checkpoint(folder.checkpoints)
    assert found is not None
    assert found[0] == 10


def test_artifacts_are_published_once_and_only_whole(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        (folder / "weights").write_text(folder.name)
    with pytest.raises(Unverified):
        publish(first, tmp_path / "artifacts")
    seal(first)
    seal(second)
    assert publish(first, tmp_path / "artifacts") is True
    assert publish(second, tmp_path / "artifacts") is False
    assert (tmp_path / "artifacts" / "weights").read_text() == "first"


def test_a_file_that_no_manifest_names_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "weights").write_text("w")
    seal(tmp_path)
    (tmp_path / "extra").write_text("x")
    with pytest.raises(Unverified, match="extra"):
        verify(tmp_path)
