"""Before a lead chooses who stands for a cluster, the page says in how many another would, shows it, and only a lead can choose."""

from __future__ import annotations

import pytest

from core import embedding
from curation.dedup.keep import choice_of
from curation.keeping import prospect
from curation.models import ConversationVersion, Feedback, Keep
from curation.pipeline import run_curation
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]
TEXT = long_answer(1)
ADDRESS = "/p/acme/curation/keeping/"


@pytest.fixture
def rated(team: Team, settle_at_once: None, monkeypatch: pytest.MonkeyPatch) -> list[ConversationVersion]:
    """The longest of two stands; the other is newer, and its user liked it."""
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)
    (old,) = arrive(team, ("Q", TEXT), ts="2026-01-01T00:00:00+00:00")
    (new,) = arrive(team, ("Q", TEXT.rsplit(" ", 4)[0]), ts="2026-02-01T00:00:00+00:00")
    Feedback.objects.create(project=team.project, trace=new.trace, rating=1, origin="user")
    run_curation(team.project)
    return [old, new]


def test_each_policy_says_in_how_many_clusters_another_would_stand(
    team: Team, rated: list[ConversationVersion]
) -> None:
    found = prospect(team.project)
    assert {keep: len(exchanges) for keep, exchanges in found.exchanges.items()} == {
        Keep.LONGEST: 0, Keep.NEWEST: 1, Keep.BEST_RATED: 1, Keep.MOST_ANNOTATORS: 0,
    }  # fmt: skip
    (exchange,) = found.exchanges[Keep.BEST_RATED]
    assert (exchange.now.version_id, exchange.then.version_id) == (rated[0].pk, rated[1].pk)
    assert (exchange.rank_now, exchange.rank_then) == (None, 1.0)


@pytest.mark.usefixtures("rated")
def test_the_page_shows_what_would_change_and_what_it_foretold_comes_true(team: Team) -> None:
    client = team.client(team.lead)
    text = client.get(ADDRESS, {"keep": "best_rated"}).content.decode()
    assert "Stands now: not rated" in text
    assert "Would stand: rated +1" in text
    assert "Keep by “Best rated”" in text
    assert client.post(f"{ADDRESS}choice/", {"keep": "best_rated"}).status_code == 302
    assert choice_of(team.project.pk).keep == "best_rated"
    run_curation(team.project)
    after = prospect(team.project).exchanges
    assert len(after[Keep.BEST_RATED]) == 0
    assert len(after[Keep.LONGEST]) == 1


@pytest.mark.usefixtures("rated")
def test_who_may_not_manage_reads_and_chooses_nothing(team: Team) -> None:
    text = team.client(team.engineer).get(ADDRESS, {"keep": "newest"}).content.decode()
    assert "Would stand: 2026-02-01" in text
    assert "Keep by" not in text
    assert team.client(team.engineer).post(f"{ADDRESS}choice/", {"keep": "newest"}).status_code == 403
    assert team.client(team.annotator).get(ADDRESS).status_code == 403


def test_without_clusters_it_says_what_belongs_there_and_an_unknown_policy_is_refused(team: Team) -> None:
    client = team.client(team.lead)
    assert "No clusters yet" in client.get(ADDRESS).content.decode()
    answer = client.post(f"{ADDRESS}choice/", {"keep": "loudest"}, follow=True)
    assert "This is no keep policy" in answer.content.decode()
