"""Shared by the tests of rules in use: a project with conversations, and where a text stands in one."""

from __future__ import annotations

from core.jobs import runner
from curation.actions.adopt_rules import current_rules
from curation.actions.report_redaction import Reported, report_miss
from curation.actions.reredact import start_reredaction
from curation.bodies import load
from curation.models import ConversationVersion, Reredaction
from curation.ruling.places import Place, find
from tests.conftest import Team

CODENAME = "Copper Lantern"
"""A name no shipped rule knows: what a project may want gone all the same."""


def where(version: ConversationVersion, text: str) -> Place:
    """The place of this text in the stored conversation."""
    found = find(load(version).conversation, text)
    assert found is not None
    return found


def miss(team: Team, version: ConversationVersion, text: str = CODENAME, **more: str) -> Reported:
    """Reported by the lead."""
    return report_miss(
        who=team.lead, project=team.project, version=version, place=where(version, text),
        identifier=more.pop("identifier", "other"), **more,
    )  # fmt: skip


def reredacted(team: Team, *, erase: bool = False) -> Reredaction:
    """A whole run of the rules in force."""
    run = start_reredaction(
        who=team.lead, project=team.project, erase=erase, reason="it was missed" if erase else ""
    )
    runner.run(str(run.job_id))
    run.refresh_from_db()
    return run


def said(version: ConversationVersion) -> str:
    """All that was said, as one text."""
    return "\n".join(
        part.get("text", "")
        for message in load(version).conversation["messages"]
        for part in message["parts"]
    )


def number_in_force(team: Team) -> int:
    """Of the rules."""
    return current_rules(team.project.pk).number
