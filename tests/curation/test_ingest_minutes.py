"""What came in is added up once per minute, exactly, and the present minute is counted from its batches."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from curation import sketch
from curation.actions.tally_minutes import tally_minutes
from curation.flow import Tally, flow
from curation.models import IngestBatch, IngestMinute, Refusal
from tests.conftest import Team

pytestmark = pytest.mark.django_db


def now() -> datetime:
    """The middle of the present minute."""
    return datetime.now(UTC).replace(second=30, microsecond=0)


def batch(team: Team, minutes_ago: float, *, ms: float | None = 100, **more: Any) -> IngestBatch:
    began = now() - timedelta(minutes=minutes_ago)
    finished = None if ms is None else began + timedelta(milliseconds=ms)
    fields = {"route": "otlp", "accepted": 10, "bytes": 1000} | more
    return IngestBatch.objects.create(project=team.project, received_at=began, finished_at=finished, **fields)


def total(team: Team, minutes: int = 60) -> Tally:
    return flow(team.project.pk, minutes=minutes, now=now()).total()


def test_tallies_say_what_the_batches_say(team: Team) -> None:
    for ago in (1, 5, 5.2, 17, 40):
        made = batch(team, ago, refused=1, redactions={"email": 2, "phone": 1})
        Refusal.objects.create(project=team.project, batch=made, place="p", code="bad_json", message="m")
    batch(team, 5, route="jsonl", accepted=3, conflicting=1)
    before = total(team)
    assert (before.batches, before.accepted, before.refused, before.conflicting) == (6, 53, 5, 1)
    assert tally_minutes(team.project.pk) == 4
    after = total(team)
    assert after == before
    assert after.redactions == {"email": 10, "phone": 5}
    assert after.codes == {"bad_json": 5}
    assert IngestMinute.objects.count() == 4, "the present minute is not over"


def test_a_second_round_writes_nothing_twice(team: Team) -> None:
    batch(team, 9)
    assert tally_minutes(team.project.pk) == 1
    assert tally_minutes(team.project.pk) == 0
    batch(team, 5)
    assert tally_minutes(team.project.pk) == 1
    assert total(team).accepted == 20


def test_a_batch_still_being_read_holds_its_minute_open_for_an_hour(team: Team) -> None:
    batch(team, 30, ms=None, accepted=4)
    batch(team, 10)
    assert tally_minutes(team.project.pk) == 0
    assert total(team).accepted == 14
    batch(team, 90, ms=None)
    IngestBatch.objects.filter(finished_at=None, received_at__gt=now() - timedelta(minutes=45)).update(
        finished_at=now()
    )
    assert tally_minutes(team.project.pk) == 3


def test_long_pauses_are_skipped(team: Team) -> None:
    batch(team, 60 * 24 * 30)
    batch(team, 60)
    assert tally_minutes(team.project.pk) == 2


def test_projects_are_counted_apart(team: Team, other_team: Team) -> None:
    batch(team, 9)
    batch(other_team, 9)
    batch(other_team, 9)
    tally_minutes(team.project.pk)
    assert total(team).batches == 1
    assert total(other_team).batches == 2


def test_a_tally_is_never_changed(team: Team) -> None:
    batch(team, 9)
    tally_minutes(team.project.pk)
    for statement in ("UPDATE curation_ingestminute SET accepted = 0", "DELETE FROM curation_ingestminute"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_stretches_without_batches_are_there_and_empty(team: Team) -> None:
    batch(team, 3)
    steps = flow(team.project.pk, minutes=15, now=now()).steps(timedelta(minutes=5))
    assert [one.accepted for _, one in steps] == [0, 0, 10]


def test_quantiles_are_within_five_percent_also_of_merged_histograms() -> None:
    durations = [1.0 * n for n in range(1, 2001)]
    halves = [sketch.of(durations[::2]), sketch.of(durations[1::2])]
    stored = [{str(key): count for key, count in half.items()} for half in halves]
    whole = sketch.merged(stored)
    assert whole == sketch.of(durations)
    for share, truth in ((0.5, 1000), (0.95, 1900), (0.99, 1980)):
        found = sketch.quantile(whole, share)
        assert found is not None
        assert abs(found / truth - 1) < 0.05
    assert sketch.quantile({}, 0.5) is None


def test_the_database_and_python_agree_on_buckets(team: Team) -> None:
    durations = [0.2, 1, 1.05, 3, 17, 250, 4000, 90_000]
    for ms in durations:
        batch(team, 9, ms=ms)
    assert total(team).took == sketch.of(durations)
