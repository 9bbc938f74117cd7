"""A benchmark row says what it must be and whether it is."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.contract import Row, report, table, write

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("must", "value", "holds"),
    [
        (">= 0.30", 0.30, True),
        (">= 0.30", 0.29, False),
        ("<= 8", 8.1, False),
        ("< 8", 7.9, True),
        ("== 0", 0, True),
        ("", -1, True),
        (">= 0", math.nan, False),
    ],
)
def test_a_row_holds_when_its_value_is_what_it_must_be(must: str, value: float, holds: bool) -> None:
    assert Row("thing", value, "s", must).holds is holds


@pytest.mark.parametrize("must", ["0.30", "=> 1", "at least 3", ">= fast"])
def test_a_demand_that_cannot_be_checked_is_refused(must: str) -> None:
    with pytest.raises(ValueError, match="not a comparison with a number"):
        Row("thing", 1.0, "s", must)


def test_the_file_has_the_promised_form(tmp_path: Path) -> None:
    write(tmp_path / "out.json", report("thing", [Row("speed", 2.5, "1/s", ">= 2")], quick=True))
    data = json.loads((tmp_path / "out.json").read_text())
    assert data["name"] == "thing"
    assert data["rows"] == [{"what": "speed", "must": ">= 2", "value": 2.5, "unit": "1/s", "holds": True}]
    assert {"processor", "cores", "date", "python"} <= set(data["machine"])


def test_the_table_shows_peers_and_failures() -> None:
    text = table([Row("ours", 1.0, "s", "<= 0.5"), Row("a peer", 2.0, "s")])
    ours, peer = text.splitlines()[1:]
    assert ours.endswith("NO")
    assert peer.split() == ["a", "peer", "2", "s"]


def test_without_a_name_the_benchmarks_are_listed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "startup" in done.stdout.split()


def test_every_benchmark_follows_the_contract() -> None:
    names = {file.stem for file in (ROOT / "benchmarks").glob("*.py")} - {"__init__", "__main__", "contract"}
    for name in names:
        assert "def rows(*, quick: bool)" in (ROOT / "benchmarks" / f"{name}.py").read_text(), name
