"""A project's quotas against what it has: a version each time, a line for every stratum, and the draw they promise."""

from __future__ import annotations

from typing import Any

import pytest

from core import embedding
from core.errors import PermissionRefused, Refused
from curation.actions.set_quotas import set_quotas
from curation.board_slice import Slice
from curation.models import CurationState
from curation.pipeline import run_curation
from curation.quota_board import (
    board_cells,
    draw_sample,
    kept_by_stratum,
    quota_version,
    quotas_of,
    read_quotas,
)
from curation.sampling import Why
from curation.strata_map import read_strata
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
    assert kept_by_stratum(team.project) == {"maths × easy": 4, "travel × easy": 2}
    lines = {one.stratum: one.against for one in board_cells(team.project, read_quotas(QUOTAS))}
    assert {
        cell: (line.asked, line.available, line.given, line.why) for cell, line in lines.items() if line
    } == {
        "maths × easy": (2, 4, 2, Why.MET),
        "travel × easy": (2, 2, 2, Why.MET),
        "law × hard": (2, 0, 0, Why.NONE),
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


@pytest.mark.usefixtures("strata")
def test_strata_may_be_made_of_any_axes_and_the_draw_is_as_exact(team: Team) -> None:
    CurationState.objects.filter(domain="travel").update(kind="rag", language="de")
    wanted = {
        "axes": ["language", "kind"],
        "total": 4,
        "weights": {"single × en": 2, "rag × de": 1, "code × fr": 1},
    }
    version = set_quotas(who=team.lead, project=team.project, data=wanted)
    quotas = quotas_of(version)
    CurationState.objects.exclude(domain="travel").update(kind="single", language="en")
    assert quotas.axes == ("kind", "language")
    drawn = draw_sample(team.project, quotas)
    assert [(line.stratum, line.asked, line.available, line.given) for line in drawn.report] == [
        ("code × fr", 1, 0, 0), ("rag × de", 1, 2, 1), ("single × en", 2, 4, 2)]  # fmt: skip
    assert drawn.short == 1
    assert read_strata(team.project, Slice(), "kind").has_quotas is False


@pytest.mark.usefixtures("strata")
def test_the_page_sets_quotas_over_the_axes_it_shows(team: Team) -> None:
    client, address = team.client(team.lead), f"/p/{team.project.slug}/curation/quotas/"
    assert "maths × easy" in client.get(address).content.decode()
    text = client.get(f"{address}?axes=domain").content.decode()
    assert 'name="weight:maths"' in text
    assert 'type="hidden" name="axes" value="domain"' in text
    client.post(
        f"{address}choice/", {"axes": "domain", "weight:maths": "1", "weight:travel": "3", "total": "4"}
    )
    held = quota_version(team.project)
    assert held is not None
    assert held.body["axes"] == ["domain"]
    assert "3 of 4 asked for can be given" in client.get(address).content.decode()
    assert "over other axes" in client.get(f"{address}?axes=kind").content.decode()


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
        ({"total": 1, "weights": {"a": 1}, "axes": ["colour"]}, "axes"),
        ({"total": 1, "weights": {"a": 1}, "axes": []}, "axes"),
        ({"total": 1, "weights": {"maths × easy": 1}, "axes": ["kind"]}, "does not name kind"),
    ],
)
def test_quotas_that_mean_nothing_are_refused_by_name(team: Team, data: dict[str, Any], named: str) -> None:
    with pytest.raises(Refused, match=named):
        set_quotas(who=team.lead, project=team.project, data=data)


def test_only_who_manages_curation_sets_them(team: Team) -> None:
    with pytest.raises(PermissionRefused):
        set_quotas(who=team.engineer, project=team.project, data=QUOTAS)
