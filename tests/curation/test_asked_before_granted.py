"""Attacks as the app role on what two people decide and on the record of what came in."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from curation.models import IngestBatch, RevealRequest
from tests.conftest import Team
from tests.curation.arrivals import arrive
from tests.curation.test_vault import asked, vault

__all__ = ["vault"]
pytestmark = pytest.mark.django_db


def refused(statement: str, *given: Any) -> str:
    """What the database says against this statement."""
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, given)
    return str(error.value)


def test_nobody_writes_a_request_to_reveal_that_is_already_granted(team: Team, vault: None) -> None:
    request = asked(team)
    said = refused(
        "INSERT INTO curation_revealrequest (id, project_id, entry_id, reason, requested_by_id, decided_by_id, decided_at,"
        " expires_at, state) SELECT gen_random_uuid(), project_id, entry_id, 'r', requested_by_id, %s, now(),"
        " now() + interval '5 minutes', 'granted' FROM curation_revealrequest WHERE id = %s",
        team.second_lead.pk, request.pk,
    )  # fmt: skip
    assert "asked before it is decided" in said
    assert RevealRequest.objects.count() == 1


def test_no_grant_to_reveal_stands_for_years(team: Team, vault: None) -> None:
    said = refused(
        "UPDATE curation_revealrequest SET state = 'granted', decided_by_id = %s, decided_at = now(),"
        " expires_at = now() + interval '10 years' WHERE id = %s",
        team.second_lead.pk, asked(team).pk,
    )  # fmt: skip
    assert "an hour at most" in said


def test_a_batch_that_came_in_stays_on_record_as_it_came(team: Team, settle_at_once: None) -> None:
    arrive(team, ("What is a list?", "A sequence."))
    assert "permission denied" in refused("DELETE FROM curation_ingestbatch")
    assert "append-only" in refused("UPDATE curation_ingestbatch SET route = 'upload'")
    assert IngestBatch.objects.exists()
