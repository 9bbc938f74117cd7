"""A permission to train that ends is a denial from then on, also for what settled long before."""

from datetime import timedelta
from io import BytesIO

import orjson
import pytest
from django.utils import timezone

from core.models import Event
from curation.actions import end_permissions as module
from curation.actions.end_permissions import end_permissions
from curation.actions.ingest_batch import ingest_batch
from curation.actions.settle_traces import settle_traces
from curation.ingest.items import read_records
from curation.models import Trace
from curation.tasks import permissions
from tests.conftest import Team
from tests.curation.records import record

pytestmark = pytest.mark.django_db


def arrive(team: Team, **said: str) -> Trace:
    line = orjson.dumps(record(**said))
    ingest_batch(
        who=team.lead, project=team.project, route="file", items=read_records(BytesIO(line), place="test")
    )
    while settle_traces():
        pass
    return Trace.objects.get()


def test_the_head_knows_when_its_permission_ends(team: Team, settle_at_once: None) -> None:
    trace = arrive(team, training_use="allowed", training_use_until="2031-05-01")
    assert trace.training_use == "allowed"
    assert trace.training_use_until is not None
    assert trace.training_use_until.year == 2031


def test_what_was_allowed_until_now_is_denied_with_an_event(team: Team, settle_at_once: None) -> None:
    trace = arrive(team, training_use="allowed", training_use_until="2031-05-01")
    assert end_permissions() == 0
    Trace.objects.update(training_use_until=timezone.now() - timedelta(seconds=1))
    assert end_permissions() == 1
    trace.refresh_from_db()
    assert (trace.training_use, trace.training_use_source) == ("denied", "ended")
    event = Event.objects.get(name="training_use", subject_id=str(trace.pk))
    assert (event.from_state, event.to_state) == ("allowed", "denied")
    assert end_permissions() == 0


def test_all_that_end_at_one_moment_are_denied_in_one_round(
    team: Team, settle_at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 2)
    items = [record(trace_id=f"{number:032x}", request_id=f"r{number}") for number in range(1, 6)]
    lines = BytesIO(b"\n".join(map(orjson.dumps, items)))
    ingest_batch(who=team.lead, project=team.project, route="file", items=read_records(lines, place="test"))
    Trace.objects.update(training_use_until=timezone.now() - timedelta(seconds=1))
    assert permissions() == 5
    assert set(Trace.objects.values_list("training_use", flat=True)) == {"denied"}


def test_a_permission_without_an_end_stays(team: Team, settle_at_once: None) -> None:
    trace = arrive(team, training_use="allowed")
    assert end_permissions() == 0
    trace.refresh_from_db()
    assert trace.training_use == "allowed"
