"""What a service's traces may be used for: nearer words win, and it holds from the first trace that begins after it."""

from io import BytesIO
from typing import Any

import orjson
import pytest
from django.urls import reverse

from core.errors import Refused
from core.models import AuditEntry
from curation.actions.ingest_batch import ingest_batch
from curation.actions.set_service_default import set_service_default
from curation.ingest.items import read_records
from curation.models import ServiceDefault, Trace
from tests.conftest import Team
from tests.curation.records import record

pytestmark = pytest.mark.django_db


def arrive(team: Team, number: int, **changes: Any) -> tuple[str, str]:
    said = changes.pop("batch", "")
    line = orjson.dumps(record(trace_id=f"{number:032x}", request_id=f"r{number}", **changes))
    ingest_batch(
        who=team.lead, project=team.project, route="file", items=read_records(BytesIO(line), place="test"), training_use=said,
    )  # fmt: skip
    trace = Trace.objects.get(external_id=f"{number:032x}")
    return trace.training_use, trace.training_use_source


def test_a_default_holds_for_its_service_alone(team: Team) -> None:
    set_service_default(who=team.lead, project=team.project, service="billing", training_use="denied")
    assert arrive(team, 1, service="billing") == ("denied", "service")
    assert arrive(team, 2, service="tutor") == ("allowed", "project")


def test_what_the_batch_says_is_nearer(team: Team) -> None:
    set_service_default(who=team.lead, project=team.project, service="billing", training_use="denied")
    assert arrive(team, 1, service="billing", batch="allowed") == ("allowed", "batch")


def test_a_default_of_another_project_holds_nothing_here(team: Team, other_team: Team) -> None:
    set_service_default(
        who=other_team.lead, project=other_team.project, service="billing", training_use="denied"
    )
    assert arrive(team, 1, service="billing") == ("allowed", "project")


def test_it_is_taken_back_and_every_change_is_audited(team: Team) -> None:
    for use in ("denied", ""):
        set_service_default(who=team.lead, project=team.project, service="billing", training_use=use)
    assert not ServiceDefault.objects.exists()
    assert AuditEntry.objects.filter(verb="training_use.service_default").count() == 2
    assert arrive(team, 1, service="billing") == ("allowed", "project")


@pytest.mark.parametrize(("service", "use"), [("", "denied"), ("x" * 121, "denied"), ("billing", "maybe")])
def test_what_makes_no_sense_is_refused(team: Team, service: str, use: str) -> None:
    with pytest.raises(Refused):
        set_service_default(who=team.lead, project=team.project, service=service, training_use=use)


def test_a_lead_sets_it_on_the_page_and_an_annotator_does_not(team: Team) -> None:
    arrive(team, 1, service="billing")
    url = reverse("curation:training_use", args=[team.project.slug])
    assert b"billing" in team.client(team.lead).get(url).content
    posted = {"service": "billing", "training_use": "denied"}
    assert team.client(team.annotator).post(url, posted).status_code == 403
    assert team.client(team.lead).post(url, posted).status_code == 302
    assert arrive(team, 2, service="billing") == ("denied", "service")
