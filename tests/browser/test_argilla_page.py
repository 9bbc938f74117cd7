"""The Argilla page fits a phone, reads in both themes, and has nothing a screen reader stumbles over."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db.models.functions import Now

from annotation.actions.campaigns import create_campaign
from annotation.actions.profile import profile_of
from annotation.bridge import secrets
from annotation.jobs import ARGILLA_CONNECT, ARGILLA_PULL, ARGILLA_PUSH
from annotation.models import (
    ArgillaAccount,
    ArgillaConnection,
    ArgillaDataset,
    ArgillaRecord,
    ArgillaRefusal,
    Campaign,
)
from core.models import Job
from tests.annotation.conftest import queue_pairs
from tests.browser.conftest import NARROW, Visit
from tests.conftest import Team

pytestmark = pytest.mark.browser
SERVER = "https://argilla.example.org"
REFUSED = [
    ("stranger", "", "No annotator is linked to this Argilla user."),
    (
        "span_ambiguous",
        "ungrounded_left[0]",
        "6 to 8 means different words counted in characters and in UTF-16 units",
    ),
    ("record_changed", "", "The texts were edited in Argilla."),
]


@pytest.fixture
def judged_there(team: Team, settings: Any) -> Campaign:
    """A campaign that was pushed and pulled, with refusals, as a lead finds it."""
    settings.ARGILLA_SERVERS = [SERVER]
    campaign = create_campaign(who=team.lead, project=team.project, name="Which is better", overlap=2)
    items = queue_pairs(campaign, 12)
    sealed, key_id = secrets.seal("k", project=team.project, server=SERVER, name=secrets.API_KEY)
    connection = ArgillaConnection.objects.create(
        project=team.project, server=SERVER, workspace="winnow-acme", key_id=key_id, api_key=sealed,
        changed_by=team.lead,
    )  # fmt: skip
    ArgillaDataset.objects.create(
        campaign=campaign, connection=connection, dataset_id=uuid4(), name="which-is-better-1"
    )
    records = [
        ArgillaRecord.objects.create(campaign=campaign, item=one, swapped=False, record_id=uuid4())
        for one in items[:9]
    ]
    for code, place, detail in REFUSED:
        ArgillaRefusal.objects.create(
            campaign=campaign, record=records[0], response_id=uuid4(), updated_at=campaign.created_at, code=code,
            place=place, detail=detail, said={"preference": {"value": "tie"}, "why": {"value": "Both say so."}},
        )  # fmt: skip
    for person in (team.annotator, team.lead):
        profile = profile_of(who=person, project=team.project)
        ArgillaAccount.objects.create(
            connection=connection, profile=profile, user_id=uuid4(), username=f"winnow-{profile.pk.hex[:16]}",
            made_with="test",
        )  # fmt: skip
    results = {
        ARGILLA_CONNECT: {"user": "argilla", "role": "owner", "users": [["maria", str(uuid4())]]},
        ARGILLA_PUSH: {"sent": 9, "refused": 0, "accounts": 2},
        ARGILLA_PULL: {
            "counted": 14,
            "uncounted": 3,
            "revised": 1,
            "refused": 2,
            "refused_spans": 1,
            "asks_for": 3,
        },
    }
    for kind, result in results.items():
        Job.objects.create(
            kind=kind, project_id=team.project.pk, state="succeeded", result=result, finished_at=Now(),
            payload={"campaign": str(campaign.pk)},
        )  # fmt: skip
    return campaign


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1440, NARROW, 320])
def test_it_fits_and_reads(
    visit: Callable[..., Visit], team: Team, judged_there: Campaign, dark: bool, width: int
) -> None:
    window = visit(team.lead, dark=dark, width=width)
    assert window.open(f"/p/acme/annotation/campaigns/{judged_there.pk}/argilla/") == 200
    assert window.sideways() == 0
    found = Axe().run(window.page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    assert window.complaints == []


def test_an_annotators_own_account_fits_too(
    visit: Callable[..., Visit], team: Team, judged_there: Campaign
) -> None:
    window = visit(team.annotator, width=320)
    assert window.open("/p/acme/annotation/work/argilla/") == 200
    assert window.sideways() == 0
    assert window.complaints == []
