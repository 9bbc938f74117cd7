"""A next version comes into force only when every case passes; the database asks for the proof."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core.errors import PermissionRefused, Refused
from core.models import AuditEntry, Event
from core.privacy import Rule
from core.privacy.tagger import SHIPPED
from curation.actions.adopt_rules import CasesFail, adopt_rules, current_rules
from curation.actions.report_redaction import set_aside
from curation.models import Asset, AssetVersion, RuleCheck
from curation.ruling.drafts import base_of, with_rules
from curation.ruling.sets import usable_rules
from tests.conftest import Team
from tests.curation.arrivals import arrive
from tests.curation.ruled import CODENAME, miss, number_in_force, said

pytestmark = pytest.mark.django_db
TICKET = Rule(id="ticket", kind="ticket", pattern=r"\bTKT-[0-9]{5}\b", anchors=("TKT-",))


@pytest.fixture(autouse=True)
def _at_once(settle_at_once: None, structured_lane: AssetVersion) -> None:
    """Traces settle on arrival, under rules that leave names to people."""


def draft(team: Team, rule: Rule | None = TICKET, **fields: Any) -> Any:
    """The rules in force with one more."""
    base = base_of(team.project.pk, current_rules(team.project.pk), "")
    return with_rules(base, {one.id for one in base.rules}, rule, **fields)


def test_a_new_rule_holds_for_what_comes_next_and_names_its_version(team: Team) -> None:
    made = adopt_rules(who=team.lead, project=team.project, draft=draft(team), note="tickets name customers")
    (version,) = arrive(team, ("What of TKT-48213?", "Closed."))
    assert "TKT-48213" not in said(version)
    assert version.rules_id == made.pk
    assert (made.number, made.created_by, made.note) == (2, team.lead, "tickets name customers")
    assert RuleCheck.objects.get(version=made).failed == 0
    assert AuditEntry.objects.filter(verb="rules.adopt", subject_id=str(made.pk)).exists()
    assert Event.objects.filter(name="rules.in_force").exists()


def test_a_version_that_fails_a_case_does_not_come_into_force(team: Team) -> None:
    (version,) = arrive(team, ("Order AB-99-XK of mine", "Found."))
    miss(team, version, "AB-99-XK", identifier="other")
    with pytest.raises(CasesFail) as refused:
        adopt_rules(who=team.lead, project=team.project, draft=draft(team))
    assert [case.report.identifier for case in refused.value.failing] == ["other"]
    assert refused.value.failing[0].wrong
    order = Rule(id="order", kind="order", pattern=r"\b[A-Z]{2}-[0-9]{2}-[A-Z]{2}\b", gate=r"-[0-9]{2}-")
    made = adopt_rules(who=team.lead, project=team.project, draft=draft(team, order))
    assert RuleCheck.objects.get(version=made).cases == 1


def test_a_case_set_aside_no_longer_stands_in_the_way_but_its_value_stays_gone(team: Team) -> None:
    (version,) = arrive(team, (f"Is {CODENAME} on time?", "Yes."))
    report = miss(team, version).report
    with pytest.raises(CasesFail):
        adopt_rules(who=team.lead, project=team.project, draft=draft(team))
    set_aside(who=team.lead, project=team.project, report_id=report.pk, reason="no form")
    adopt_rules(who=team.lead, project=team.project, draft=draft(team))
    (later,) = arrive(team, (f"Is {CODENAME} on time?", "No."))
    assert CODENAME not in said(later)


def test_starting_from_what_is_shipped_keeps_reported_values(team: Team) -> None:
    (version,) = arrive(team, (f"Is {CODENAME} on time?", "Yes."))
    miss(team, version)
    base = base_of(team.project.pk, current_rules(team.project.pk), "shipped")
    assert len(base.literals) == 1


@pytest.mark.parametrize(
    "rule",
    [
        replace(TICKET, pattern="("),
        replace(TICKET, pattern="(a+)+$"),
        replace(TICKET, pattern="x*"),
        replace(TICKET, group=2),
        replace(TICKET, check="no such check"),
        replace(TICKET, kind="Ticket 1"),
        replace(TICKET, id="../ticket"),
    ],
)
def test_a_rule_that_cannot_be_used_is_named_and_changes_nothing(team: Team, rule: Rule) -> None:
    with pytest.raises(Refused) as refused:
        adopt_rules(who=team.lead, project=team.project, draft=draft(team, rule))
    assert refused.value.code == "bad_rule"
    assert number_in_force(team) == 1


def test_no_change_makes_no_version(team: Team) -> None:
    with pytest.raises(Refused, match="in force already"):
        adopt_rules(who=team.lead, project=team.project, draft=draft(team, None))


def test_an_engineer_changes_no_rules(team: Team) -> None:
    with pytest.raises(PermissionRefused):
        adopt_rules(who=team.engineer, project=team.project, draft=draft(team))


def test_the_full_lane_is_a_version_like_any_other(team: Team) -> None:
    base = draft(team, None)
    lane = "" if base.tagger else SHIPPED
    made = adopt_rules(who=team.lead, project=team.project, draft=draft(team, None, tagger=lane))
    (version,) = arrive(team, ("Please ask Margaret Thompson to call me back tomorrow.", "I will."))
    assert version.rules_id == made.pk
    assert ("Margaret Thompson" in said(version)) == (lane == "")


def attack(sql: str, *parameters: Any) -> str:
    """As the app role; what the database says to it."""
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, list(parameters))
    return str(refused.value)


def forged(team: Team, **check: Any) -> AssetVersion:
    """A next version written past the action."""
    current = current_rules(team.project.pk)
    body = current.body | check.pop("body", {})
    version = AssetVersion.objects.create(
        project=team.project, asset=current.asset, number=current.number + 1, sha256="f" * 64, body=body
    )
    if check:
        RuleCheck.objects.create(version=version, project=team.project, **check)
    return version


def point(team: Team, version: AssetVersion) -> str:
    """Move the pointer past the action."""
    return attack("UPDATE curation_asset SET current_id = %s WHERE id = %s", version.pk, version.asset_id)


def test_the_database_takes_no_version_without_proof(team: Team) -> None:
    assert "not tried" in point(team, forged(team))


def test_the_database_takes_no_version_tried_on_too_few_cases(team: Team) -> None:
    (version,) = arrive(team, (f"Is {CODENAME} on time?", "Yes."))
    miss(team, version)
    assert "not tried" in point(team, forged(team, cases=0))


def test_the_database_takes_no_patch_that_changes_a_rule(team: Team) -> None:
    assert "changes no rule" in point(team, forged(team, cases=0, patch=True, body={"rules": []}))


def test_the_database_takes_no_failed_check_and_no_step_back(team: Team) -> None:
    first = current_rules(team.project.pk)
    assert "rule_check_passed" in attack(
        "INSERT INTO curation_rulecheck (version_id, project_id, cases, failed, patch) VALUES (%s, %s, 2, 1, false)",
        first.pk, team.project.pk,
    )  # fmt: skip
    adopt_rules(who=team.lead, project=team.project, draft=draft(team))
    assert "only move on" in point(team, first)


def test_a_pointer_never_goes_to_another_projects_rules(team: Team, other_team: Team) -> None:
    mine, foreign = current_rules(team.project.pk), current_rules(other_team.project.pk)
    assert attack("UPDATE curation_asset SET current_id = %s WHERE id = %s", foreign.pk, mine.asset_id)
    assert Asset.objects.get(pk=mine.asset_id).current_id == mine.pk


def test_reports_and_proofs_are_not_rewritten(team: Team) -> None:
    (version,) = arrive(team, (f"Is {CODENAME} on time?", "Yes."))
    miss(team, version)
    assert attack("UPDATE curation_rulereport SET example = 'x'")
    assert attack("DELETE FROM curation_rulereport")
    assert attack("UPDATE curation_rulecheck SET cases = 9")


def test_the_stored_set_is_the_one_that_redacts(team: Team) -> None:
    made = adopt_rules(who=team.lead, project=team.project, draft=draft(team))
    assert usable_rules(made.body, team.project.pk).sha256 == made.sha256
