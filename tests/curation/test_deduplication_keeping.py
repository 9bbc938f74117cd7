"""Who stands for a cluster is a project's choice and a function of the documents; every member stays as near as the threshold."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import Refused
from core.registry import registry
from curation.actions.choose_deduplication import choose_deduplication
from curation.actions.read_versions import read_versions
from curation.dedup import rerank as rerank_module
from curation.dedup.keep import ANNOTATORS
from curation.dedup.merge import merge
from curation.dedup.rerank import rerank
from curation.models import ClusterMember, ConversationVersion, CurationState, Feedback
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer
from tests.curation.test_deduplication import deduplicate, edited, partition, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]
TEXT = long_answer(50)
SHORTER = TEXT.rsplit(" ", 4)[0]


def choose(team: Team, keep: str) -> None:
    choose_deduplication(who=team.lead, project=team.project, keep=keep)


def rate(version: ConversationVersion, rating: int, **more: Any) -> None:
    Feedback.objects.create(
        project=version.project, trace=version.trace, rating=rating, origin="user", **more
    )


def standing(versions: list[ConversationVersion]) -> list[int]:
    return [place for place, one in enumerate(versions) if state(one).is_representative]


def again(team: Team) -> None:
    rerank(team.project.pk)
    deduplicate(team)
    assert not ClusterMember.objects.filter(jaccard__lt=0.8).exists()


def test_without_a_choice_the_longest_stands(team: Team) -> None:
    versions = arrive(team, ("Q", SHORTER), ("Q", TEXT))
    deduplicate(team)
    assert standing(versions) == [1]


def test_the_newest_stands(team: Team) -> None:
    choose(team, "newest")
    old = arrive(team, ("Q", TEXT), ts="2026-01-01T00:00:00+00:00")
    new = arrive(team, ("Q", SHORTER), ts="2026-02-01T00:00:00+00:00")
    deduplicate(team)
    assert standing([*old, *new]) == [1]


def test_the_newest_of_twins_stands(team: Team) -> None:
    choose(team, "newest")
    twins = [
        *arrive(team, ("Q", TEXT), ts="2026-02-01T00:00:00+00:00"),
        *arrive(team, ("Q", TEXT), ts="2026-01-01T00:00:00+00:00"),
    ]
    deduplicate(team)
    assert standing(twins) == [0]


def test_a_rating_that_comes_later_moves_the_cluster_to_the_best_rated(team: Team) -> None:
    choose(team, "best_rated")
    versions = arrive(team, ("Q", TEXT), ("Q", SHORTER), ("Q", edited(TEXT)))
    deduplicate(team)
    rate(versions[1], 1)
    again(team)
    assert standing(versions) == [1]
    rate(versions[2], 1)
    rate(versions[2], 1)
    again(team)
    assert 2 in standing(versions)
    assert 1 not in standing(versions) or state(versions[1]).cluster_id is None
    assert rerank(team.project.pk) == 0


def test_among_twins_the_best_rated_stands_and_simulated_ratings_do_not_count(team: Team) -> None:
    choose(team, "best_rated")
    versions = arrive(team, ("Q", TEXT), ("Q", TEXT), ("Q", TEXT))
    deduplicate(team)
    rate(versions[1], 1, simulated=True)
    rate(versions[2], 1)
    again(team)
    assert standing(versions) == [2]


def test_the_one_most_annotators_saw_stands(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = arrive(team, ("Q", TEXT), ("Q", SHORTER))
    seen = {versions[1].pk: 3.0}
    monkeypatch.setitem(
        registry.counts, ANNOTATORS, lambda project, asked: {one: seen[one] for one in asked if one in seen}
    )
    deduplicate(team)
    choose(team, "most_annotators")
    again(team)
    assert standing(versions) == [1]
    choose(team, "longest")
    again(team)
    assert standing(versions) == [0]


def test_what_may_not_be_trained_on_stands_for_nobody_however_well_rated(team: Team) -> None:
    choose(team, "best_rated")
    (denied,) = arrive(team, ("Q", TEXT), training_use="denied")
    (allowed,) = arrive(team, ("Q", SHORTER))
    rate(denied, 1)
    deduplicate(team)
    assert standing([denied, allowed]) == [1]


def test_under_a_policy_too_the_order_of_arrival_decides_nothing(team: Team, other_team: Team) -> None:
    said = [
        (f"Q {seed}", text)
        for seed in range(4)
        for text in (long_answer(seed), edited(long_answer(seed)), TEXT)
    ]
    for one, ordered in ((team, said), (other_team, list(reversed(said)))):
        choose(one, "newest")
        for number, (prompt, answer) in enumerate(ordered):
            day = said.index((prompt, answer)) + 1
            arrive(one, (prompt, answer), ts=f"2026-01-{day:02}T00:00:00+00:00")
            if number % 5 == 0:
                deduplicate(one)
        deduplicate(one)
    assert partition(team) == partition(other_team)


def test_only_those_who_manage_curation_choose_and_only_what_there_is(team: Team) -> None:
    with pytest.raises(Exception, match="does not allow this"):
        choose_deduplication(who=team.annotator, project=team.project, keep="newest")
    with pytest.raises(Refused, match="keep policy"):
        choose_deduplication(who=team.lead, project=team.project, keep="loudest")
    with pytest.raises(Refused, match="view"):
        choose_deduplication(who=team.lead, project=team.project, dropping_view="mood")


def test_a_change_of_policy_leaves_no_version_behind(team: Team) -> None:
    versions = arrive(team, ("Q", TEXT), ("Q", SHORTER), ("Q", TEXT), ("Other", long_answer(51)))
    deduplicate(team)
    for keep in ("newest", "best_rated", "most_annotators", "longest"):
        choose(team, keep)
        again(team)
        assert sorted(CurationState.objects.values_list("drop_reason", flat=True)).count("") == 2
        assert len(standing(versions)) == 2


def test_of_twins_that_nobody_may_train_on_the_best_rated_stands_and_stays(team: Team) -> None:
    choose(team, "best_rated")
    versions = arrive(team, ("Q", TEXT), ("Q", TEXT), training_use="denied")
    rate(versions[1], 1)
    deduplicate(team)
    assert standing(versions) == [1]
    assert rerank(team.project.pk) == 0


def test_ratings_are_looked_at_in_every_cluster_however_many_there_are(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rerank_module, "AT_ONCE", 1)
    choose(team, "best_rated")
    said = [("Q", long_answer(seed)) for seed in (60, 60, 61, 61, 62, 62)]
    versions = arrive(team, *said)
    deduplicate(team)
    for place in (1, 3, 5):
        rate(versions[place], 1)
    again(team)
    assert standing(versions) == [1, 3, 5]


def test_who_stands_is_asked_of_the_database_once_for_all_clusters(team: Team) -> None:
    choose(team, "best_rated")
    seeds = range(70, 76)
    arrive(team, *[("Q", long_answer(seed)) for seed in seeds for _ in range(2)])
    deduplicate(team)
    arrive(team, *[("Q", long_answer(seed)) for seed in seeds])
    while read_versions(team.project):
        pass
    with CaptureQueriesContext(connection) as asked:
        merge(team.project.pk)
    assert sum("f.rating" in one["sql"] for one in asked) <= 2
    assert sum("FROM unnest" in one["sql"] and "curation_signature" in one["sql"] for one in asked) <= 8
