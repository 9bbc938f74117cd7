"""A project's quotas against what it has: a version each time, a line for every stratum, and the draw they promise."""

from __future__ import annotations

from typing import Any

import pytest

from core import embedding
from core.errors import PermissionRefused, Refused
from curation.actions.set_quotas import set_quotas
from curation.models import CurationState
from curation.pipeline import run_curation
from curation.quota_board import board_cells, draw_sample, kept_by_cell, quota_version, quotas_of, read_quotas
from curation.sampling import Why
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]


@pytest.fixture(autouse=True)
def without_embedding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)


@pytest.fixture
def strata(team: Team, settle_at_once: None) -> None:
    """Four of maths, two of travel."""
    versions = arrive(team, *[(f"Question {n}?", long_answer(n)) for n in range(6)])
    run_curation(team.project)
    for place, version in enumerate(versions):
        CurationState.objects.filter(version=version).update(domain="maths" if place < 4 else "travel")


QUOTAS: dict[str, Any] = {"total": 6, "weights": {"maths × easy": 1, "travel × easy": 1, "law × hard": 1}}


@pytest.mark.usefixtures("strata")
def test_every_cell_that_holds_something_or_is_asked_for_has_its_line(team: Team) -> None:
    assert kept_by_cell(team.project) == {("maths", "easy"): 4, ("travel", "easy"): 2}
    cells = {(one.domain, one.difficulty): one for one in board_cells(team.project, read_quotas(QUOTAS))}
    lines = {cell: one.against for cell, one in cells.items()}
    assert {
        cell: (line.asked, line.available, line.given, line.why) for cell, line in lines.items() if line
    } == {
        ("maths", "easy"): (2, 4, 2, Why.MET),
        ("travel", "easy"): (2, 2, 2, Why.MET),
        ("law", "hard"): (2, 0, 0, Why.NONE),
    }
    assert [one.against for one in board_cells(team.project)] == [None, None]


@pytest.mark.usefixtures("strata")
def test_the_draw_gives_what_the_board_says(team: Team) -> None:
    quotas = read_quotas({**QUOTAS, "fill": True})
    drawn = draw_sample(team.project, quotas)
    said = {
        line.against.stratum: line.against.given for line in board_cells(team.project, quotas) if line.against
    }
    assert {line.stratum: line.given for line in drawn.report} == said == {
        "maths × easy": 4, "travel × easy": 2, "law × hard": 0}  # fmt: skip


def test_quotas_are_versions_and_the_same_again_is_none(team: Team) -> None:
    assert quota_version(team.project) is None
    first = set_quotas(who=team.lead, project=team.project, data=QUOTAS)
    assert set_quotas(who=team.lead, project=team.project, data=QUOTAS) == first
    second = set_quotas(who=team.lead, project=team.project, data={**QUOTAS, "total": 9})
    assert (first.number, second.number, quotas_of(second).total) == (1, 2, 9)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"total": -1, "weights": {"a": 1}}, "total"),
        ({"total": 1, "weights": {"a": -1}}, "weights"),
        ({"total": 1, "weights": {}}, "weights"),
        ({"total": 1, "weights": [1]}, "weights"),
        ({"total": "1", "weights": {"a": 1}}, "total"),
        ({"total": 1, "weights": {"a": 1}, "per_cluster": 0}, "per_cluster"),
        ({"total": 1, "weights": {"a": 1}, "colour": 1}, "colour"),
    ],
)
def test_quotas_that_mean_nothing_are_refused_by_name(team: Team, data: dict[str, Any], named: str) -> None:
    with pytest.raises(Refused, match=named):
        set_quotas(who=team.lead, project=team.project, data=data)


def test_only_who_manages_curation_sets_them(team: Team) -> None:
    with pytest.raises(PermissionRefused):
        set_quotas(who=team.engineer, project=team.project, data=QUOTAS)
