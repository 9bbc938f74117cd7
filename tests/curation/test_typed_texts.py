"""What people type about a conversation quotes it, so it passes the choke point before it is stored."""

from __future__ import annotations

import pytest

from core.models import AuditEntry
from curation.actions.backlog import open_item, resolve_item
from curation.actions.report_redaction import set_aside
from curation.actions.reredact import start_reredaction
from curation.models import AssetVersion, ConversationVersion
from tests.conftest import Team
from tests.curation.arrivals import arrive
from tests.curation.ruled import CODENAME, miss

pytestmark = pytest.mark.django_db
MAIL, KEY = "jane.doe@corp.example", "sk-proj-Ab3Cd5Ef7Gh9Jk2Lm4Np6"
SAID = f"\0The customer {MAIL} sent us {KEY}."


@pytest.fixture
def version(team: Team, settle_at_once: None, structured_lane: AssetVersion) -> ConversationVersion:
    return arrive(team, (f"Is {CODENAME} on time?", "Yes."))[0]


def is_clean(text: str) -> bool:
    return "customer" in text and MAIL not in text and KEY not in text


def test_the_notes_of_an_item(team: Team, version: ConversationVersion) -> None:
    item = open_item(who=team.lead, project=team.project, reason="unsafe", trace=version.trace, note=SAID)
    assert is_clean(item.note)
    resolve_item(who=team.lead, item=item, resolution="dismissed", note=SAID)
    assert is_clean(AuditEntry.objects.get(verb="backlog.resolve").data["note"])


def test_the_sentence_around_an_example_and_the_reason_for_setting_it_aside(
    team: Team, version: ConversationVersion
) -> None:
    example = f"The customer {MAIL} asked for [[Iron Candle]] with {KEY}."
    report = miss(team, version, example=example).report
    assert is_clean(report.example)
    assert report.example[report.example_start : report.example_end] == "Iron Candle"
    done = set_aside(who=team.lead, project=team.project, report_id=report.pk, reason=SAID.strip("\0"))
    assert is_clean(done.set_aside_reason)


def test_the_reason_for_destroying(team: Team, version: ConversationVersion) -> None:
    run = start_reredaction(who=team.lead, project=team.project, erase=True, reason=SAID.strip("\0"))
    assert is_clean(run.reason)
