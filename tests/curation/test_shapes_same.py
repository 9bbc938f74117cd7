"""The same scenario through any shape is the same conversation, but for what docs/shapes.md lists; both ways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.curation.old_shapes import BUILT
from tests.curation.scenarios import SCENARIOS, expected
from tests.curation.shape_captures import (
    LIVE,
    RECORDED,
    ROOT,
    Scenarios,
    captured_live,
    comparable,
    differences,
    recorded,
)

NAMES = [one.name for one in SCENARIOS]
ROW = re.compile(
    r"^\| (?P<shape>[\w-]+) \| `(?P<field>[^`]+)` \| (?P<scenarios>[^|]+) \| [^|]+ \|$", re.MULTILINE
)
Found = set[tuple[str, str, str]]


def listed() -> Found:
    """(shape, field, scenario) of every exception in the documentation."""
    text = (ROOT / "docs" / "shapes.md").read_text()
    table = text.split("## What a shape cannot say")[1].split("\n## ")[0]
    rows = {
        (row["shape"], row["field"], scenario)
        for row in ROW.finditer(table)
        for scenario in _scenarios(row["scenarios"].strip())
    }
    assert len(list(ROW.finditer(table))) == table.count("\n| ") - 1
    return rows


def _scenarios(said: str) -> Iterator[str]:
    names = [one.strip() for one in said.removeprefix("all but").split(",")]
    assert said == "all" or set(names) <= set(NAMES)
    yield from (
        NAMES if said == "all" else [one for one in NAMES if (one in names) != said.startswith("all but")]
    )


def _of_ours(shape: str, told: Scenarios) -> Found:
    return {
        (shape, field, one.name)
        for one in SCENARIOS
        for field in differences(comparable(told[one.name]), expected(one))
    }


@pytest.mark.parametrize("shape", LIVE)
def test_a_real_instrumentation_tells_the_same_conversation(shape: str) -> None:
    found = _of_ours(shape, captured_live(shape))
    assert found == {one for one in listed() if one[0] == shape}


@pytest.mark.parametrize("shape", BUILT)
def test_a_shape_built_by_its_convention_tells_the_same_conversation(shape: str) -> None:
    found = _of_ours(shape, BUILT[shape]())
    assert found == {one for one in listed() if one[0] == shape}


@pytest.mark.parametrize("shape", RECORDED)
def test_recorded_requests_tell_the_same_conversation(shape: str, shared_data: Path) -> None:
    told, other = recorded(shape, shared_data), recorded("openinference", shared_data)
    assert sorted(told) == sorted(NAMES)
    found = {
        (shape, field, name)
        for name in NAMES
        for field in differences(comparable(told[name]), comparable(other[name]))
    }
    assert found == {one for one in listed() if one[0] == shape}


def test_every_listed_exception_is_of_a_shape_that_is_tried() -> None:
    assert {shape for shape, _, _ in listed()} <= {*LIVE, *RECORDED, *BUILT}
