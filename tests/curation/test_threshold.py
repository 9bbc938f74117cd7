"""Before anybody moves the threshold: real pairs on either side of it, honest counts, and nothing changes by looking."""

from __future__ import annotations

import pytest

from core import embedding
from curation import threshold
from curation.clusters import Document
from curation.dedup.spec import current_spec
from curation.models import CurationState, DistinctText, DuplicateEdge
from curation.pipeline import run_curation
from curation.threshold import Surroundings, borderline, look_around, standing
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]


@pytest.fixture(autouse=True)
def without_embedding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)


def changed(text: str, words: int) -> str:
    """The last words are others: of some 90 word sequences, about as many."""
    kept = text.split()[:-words]
    return " ".join([*kept, *(f"another{place}" for place in range(words))])


@pytest.fixture
def told(team: Team, settle_at_once: None) -> Team:
    """Three tellings of one text (0.89, 0.78 and 0.76 alike), and a text like nothing else."""
    text = long_answer(1)
    arrive(
        team,
        ("What now", text),
        ("What now", changed(text, 5)),
        ("What now", changed(text, 12)),
        ("Other", long_answer(2)),
    )
    run_curation(team.project)
    return team


def around(team: Team, seed: int = 0) -> Surroundings:
    return look_around(team.project.pk, current_spec(), "whole", seed)


def test_pairs_below_the_threshold_in_force_are_compared_exactly(told: Team) -> None:
    found = around(told)
    below, above = borderline(found, 0.8, 5)
    assert [round(likeness, 2) for _one, _other, likeness in below] == [0.78, 0.76]
    assert not above
    _below, above = borderline(found, 0.88, 5)
    assert [round(likeness, 2) for _one, _other, likeness in above] == [0.89]
    assert DuplicateEdge.objects.filter(jaccard__lt=0.8).count() == 0, "looking stores no edge"


def test_at_the_threshold_in_force_as_many_stand_as_are_kept(told: Team) -> None:
    found = around(told)
    kept = CurationState.objects.filter(project=told.project, step="done", drop_reason="").count()
    now = standing(found, current_spec().threshold)
    assert found.is_all
    assert (now.count, now.low, now.high) == (kept, kept, kept)
    assert [standing(found, value).count for value in (0.7, 0.95)] == [2, 4]


def test_a_sample_is_the_same_for_its_seed_and_says_how_sure_it_is(
    told: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threshold, "SAMPLE", 2)
    first, again = around(told, 5), around(told, 5)
    assert first.sampled == again.sampled
    assert len(first.sampled) == 2
    assert not first.is_all
    assert any(around(told, seed).sampled != first.sampled for seed in range(500)), (
        "another seed, another sample"
    )
    now = standing(first, 0.8)
    assert now.low < now.count <= now.high <= DistinctText.objects.filter(view="whole").count()


def test_what_may_not_be_trained_on_never_takes_what_may(told: Team) -> None:
    arrive(told, ("What now", changed(long_answer(1), 2)), training_use="denied")
    run_curation(told.project)
    kept = CurationState.objects.filter(project=told.project, step="done", drop_reason="").count()
    assert standing(around(told), 0.8).count == kept


def test_the_one_that_stands_comes_first_in_a_pair() -> None:
    order = {1: Document(True, 10, b"a").order(), 2: Document(True, 20, b"b").order()}
    (pair,), _above = borderline(Surroundings([1, 2], 2, order, [(1, 2, 0.78)]), 0.8, 1)
    assert pair == (2, 1, 0.78)


def test_the_page_shows_both_sides_of_the_line_and_says_what_it_cannot_do(told: Team) -> None:
    client, address = told.client(told.lead), f"/p/{told.project.slug}/curation/threshold/"
    text = client.get(address).content.decode()
    assert "Just below 0.80" in text
    assert "<ins>" in text
    assert "This page looks and changes nothing" in text
    assert "All 4 texts of this view" in text
    live = client.get(address, {"t": "0.92"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in live
    assert "1 more than now" in live
    assert "At <strong>0.75</strong>" in client.get(address, {"t": "0.9", "exactly": "0.75"}).content.decode()
    for wrong in ("0.2", "much", "nan", "inf"):
        assert "is no threshold between" in client.get(address, {"t": wrong, "seed": "x"}).content.decode()


def test_without_texts_it_says_what_belongs_there_and_strangers_see_nothing(
    team: Team, other_team: Team
) -> None:
    address = f"/p/{team.project.slug}/curation/threshold/"
    assert "Nothing to compare yet" in team.client(team.lead).get(address).content.decode()
    assert team.client(team.annotator).get(address).status_code == 403
    assert other_team.client(other_team.lead).get(address).status_code == 404
