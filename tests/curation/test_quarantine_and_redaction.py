"""Traffic is redacted before it is screened: an item is caught also where its names stand under surrogates."""

import pytest

from core.privacy import redact
from curation.actions.quarantine import QuarantineEntry, publish_quarantine
from curation.actions.screening import Content, screen_contents
from curation.ingest.redaction import redactor_for
from tests.conftest import Team

QUESTION = "Please write to Lena Hoffmann at lena.hoffmann@corp.example and to Piotr Nowak about the meeting."


@pytest.mark.django_db
@pytest.mark.parametrize("stored_redacted", [True, False])
def test_an_item_is_caught_as_it_is_and_as_it_is_stored(team: Team, stored_redacted: bool) -> None:
    publish_quarantine(
        who=team.lead, project=team.project, items=[QuarantineEntry("held out", "1", QUESTION)]
    )
    redactor = redactor_for(team.project.pk)
    text = QUESTION
    if stored_redacted:
        text = redact(QUESTION, keys=redactor.keys, rules=redactor.rules).value
        assert "Hoffmann" not in text
    verdicts = screen_contents(project=team.project, contents=[Content("a" * 64, [text])])
    assert verdicts == {"a" * 64: "hit"}
