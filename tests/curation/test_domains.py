"""With the embedding extra: domains are found in the data, kept as a version, and given to everything that waited for them."""

from __future__ import annotations

import pytest

from core import embedding
from curation.actions.stratify import FIT_FROM
from curation.models import AssetVersion, CurationState, LabelRevision
from curation.pipeline import run_curation
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("settle_at_once"),
    pytest.mark.skipif(not embedding.available(), reason="the embed extra is not installed"),
]
THINGS = ["apples", "pears", "coins", "books", "tickets", "stamps", "marbles", "chairs", "bottles", "pencils"]
PLACES = ["Paris", "Rome", "Berlin", "Madrid", "Vienna", "Lisbon", "Athens", "Dublin", "Oslo", "Prague"]
QUESTIONS = [
    *(
        f"Tom has {n + 3} {thing} and buys {n + 5} more. How many {thing} are left?"
        for n, thing in enumerate(THINGS)
    ),
    *(
        f"Anna sells {n + 9} {thing} for {n + 2} dollars each. How much money does she earn?"
        for n, thing in enumerate(THINGS)
    ),
    *(f"Book me a flight to {place} and a hotel for {n + 2} nights." for n, place in enumerate(PLACES)),
    *(f"Which train leaves for {place} after {n + 8} o'clock?" for n, place in enumerate(PLACES)),
    *(f"Write a Python function that sorts a list of {thing} by size." for thing in THINGS),
    *(f"Fix the bug in this code: the loop over {thing} never ends." for thing in THINGS),
    *(f"What is the weather forecast in {place} tomorrow?" for place in PLACES),
]


def test_domains_are_found_once_there_is_enough_to_find_them_in(team: Team) -> None:
    few = arrive(team, *[(question, long_answer(seed)) for seed, question in enumerate(QUESTIONS[:5])])
    run_curation(team.project)
    assert {CurationState.objects.get(version=one).domain for one in few} == {"unassigned"}
    arrive(team, *[(question, long_answer(seed)) for seed, question in enumerate(QUESTIONS[5:], 5)])
    report = run_curation(team.project)
    assert len(QUESTIONS) >= FIT_FROM
    assert "unassigned" not in report.domains
    assert len(report.domains) >= 2
    version = AssetVersion.objects.get(asset__kind="taxonomy")
    assert set(report.domains) <= {*version.body["names"], "other"}
    label = LabelRevision.objects.filter(version=few[0], axis="domain").order_by("-number").first()
    assert label is not None
    assert (label.number, label.source) == (2, "taxonomy v1")
