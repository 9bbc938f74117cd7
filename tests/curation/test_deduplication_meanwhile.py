"""What becomes of a version while the merger is at work holds: a hit, a denial, a newer version of its trace."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from curation.actions.read_versions import read_versions
from curation.dedup.merge import merge
from curation.dedup.outcome import Outcome, conclude
from curation.dedup.probe import probe
from curation.dedup.spec import current_spec
from curation.models import ConversationVersion, CurationState
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer
from tests.curation.test_deduplication import deduplicate, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]
TEXT = long_answer(80)


@pytest.fixture
def version(team: Team, settle_at_once: None) -> ConversationVersion:
    (made,) = arrive(team, ("Q", TEXT))
    deduplicate(team)
    return made


def stands_alone(version: ConversationVersion) -> Outcome:
    """As the merger worked it out before anything happened."""
    return Outcome(version.pk, None, version.pk, 1.0, "", "")


def test_a_reason_that_came_meanwhile_stays_and_the_merger_looks_again(
    team: Team, version: ConversationVersion
) -> None:
    CurationState.objects.filter(version=version).update(drop_reason="quarantined", step="published")
    conclude(team.project.pk, [stands_alone(version)])
    assert (state(version).drop_reason, state(version).step) == ("quarantined", "probed")
    deduplicate(team)
    assert (state(version).drop_reason, state(version).step) == ("quarantined", "clustered")


@pytest.mark.parametrize("step", ["superseded", "pending"])
def test_a_version_that_went_meanwhile_does_not_come_back(
    team: Team, version: ConversationVersion, step: str
) -> None:
    CurationState.objects.filter(version=version).update(step=step, is_representative=False)
    conclude(team.project.pk, [stands_alone(version)])
    assert state(version).step == step


def test_a_twin_takes_the_place_of_one_that_is_gone_before_the_merger_has_seen_it_leave(team: Team) -> None:
    versions = arrive(team, ("Q", TEXT), ("Q", TEXT))
    deduplicate(team)
    gone = next(one for one in versions if state(one).is_representative)
    CurationState.objects.filter(version=gone).update(step="superseded")
    cache.set(f"leavers:{team.project.pk}:{current_spec().pk}", ([],), 60)
    arrive(team, ("Q", TEXT))
    for station in (
        lambda: read_versions(team.project),
        lambda: probe(team.project.pk),
        lambda: merge(team.project.pk),
    ):
        station()
    left = next(one for one in versions if one != gone)
    cluster = state(left).cluster
    assert cluster is not None
    assert cluster.representative_id != gone.pk
    deduplicate(team)
    assert not gone.signatures.exists()
