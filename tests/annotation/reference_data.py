"""Real judgments with several annotators per item, beside the repository; without them tests skip."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "preferences"


def convarg_votes() -> list[dict[str, str]]:
    """19,735 judgments by 2,827 crowd workers, as rows of the published table."""
    path = FOLDER / "convarg" / "judgments.csv"
    if not path.exists():
        pytest.skip("../shared/data/preferences/convarg is not on this machine")
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def pandalm_votes() -> Iterator[tuple[int, int]]:
    """(item, value) of 999 pairs judged by three annotators each; 1 and 2 name the better one, 0 is a tie."""
    path = FOLDER / "pandalm_testset_v1.json"
    if not path.exists():
        pytest.skip("../shared/data/preferences/pandalm_testset_v1.json is not on this machine")
    records: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    for record in records:
        for n in (1, 2, 3):
            yield record["idx"], record[f"annotator{n}"]


def convarg_lengths() -> dict[tuple[str, str], tuple[int, int]]:
    """(debate, pair) to the characters of its two arguments."""
    folder = FOLDER / "convarg"
    with (folder / "arguments.csv").open(newline="", encoding="utf-8") as file:
        size = {(row["debate"], row["argument_id"]): len(row["text"]) for row in csv.DictReader(file)}
    with (folder / "pairs.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {
        (r["debate"], r["pair_id"]): (
            size[r["debate"], r["argument1_id"]],
            size[r["debate"], r["argument2_id"]],
        )
        for r in rows
    }


def convarg_gold() -> dict[tuple[str, str], str]:
    """(debate, pair) to the published answer, where its authors were sure: a1, a2 or equal."""
    path = FOLDER / "convarg" / "pairs.csv"
    if not path.exists():
        pytest.skip("../shared/data/preferences/convarg is not on this machine")
    with path.open(newline="", encoding="utf-8") as file:
        return {(r["debate"], r["pair_id"]): r["mace_gold"] for r in csv.DictReader(file) if r["mace_gold"]}
