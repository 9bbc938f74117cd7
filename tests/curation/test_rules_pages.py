"""The pages of the rules: versions, the next one, reports by keyboard alone, and the diff of a run."""

import pytest
from django.test import Client
from django.urls import reverse

from core.jobs import runner
from curation.actions.adopt_rules import current_rules
from curation.models import AssetVersion, Reredaction, RuleReport
from tests.conftest import Team
from tests.curation.arrivals import arrive
from tests.curation.ruled import CODENAME, miss, number_in_force, reredacted, said

pytestmark = pytest.mark.django_db
RULE = {"rule_id": "ticket", "rule_kind": "ticket", "rule_pattern": r"TKT-[0-9]{5}", "rule_anchors": "TKT-"}


@pytest.fixture(autouse=True)
def _at_once(settle_at_once: None, structured_lane: AssetVersion) -> None:
    """Traces settle on arrival, under rules that leave names to people."""


@pytest.fixture
def lead(team: Team) -> Client:
    """The lead's browser."""
    return team.client(team.lead)


def page(name: str, *arguments: object) -> str:
    """An address in the project."""
    return reverse(f"curation:{name}", args=["acme", *arguments])


def drafted(team: Team, **more: str) -> dict[str, object]:
    """The form of the next version, filled in."""
    rules = [rule["id"] for rule in current_rules(team.project.pk).body["rules"]]
    keys = current_rules(team.project.pk).body["sensitive_keys"]
    return {"rules": rules, "lane": "structured", "sensitive_keys": keys} | more


def test_the_list_shows_versions_reports_and_runs(team: Team, lead: Client) -> None:
    assert b"Nothing was reported" in lead.get(page("rules")).content
    (version,) = arrive(team, (f"Is {CODENAME} on time?", "Yes."))
    miss(team, version)
    reredacted(team)
    shown = lead.get(page("rules")).content.decode()
    assert "Needs a rule" in shown
    assert "1 owed" in shown
    assert page("rules_version", current_rules(team.project.pk).pk) in shown
    assert page("rules_run", Reredaction.objects.get().pk) in shown


def test_a_draft_is_tried_without_changing_anything(team: Team, lead: Client) -> None:
    arrive(team, ("What of TKT-48213?", "Closed."), ("Capital of France?", "Paris."))
    shown = lead.post(page("rules_next"), drafted(team, **RULE, **{"try": "1"})).content.decode()
    assert "Of the newest 2 conversations 1 would get a next version" in shown
    assert "TKT-48213" not in shown
    assert "What of <mark>" in shown
    assert number_in_force(team) == 1


def test_a_draft_is_put_into_force(team: Team, lead: Client) -> None:
    answer = lead.post(page("rules_next"), drafted(team, **RULE, adopt="1", note="tickets"))
    assert answer.status_code == 302
    assert b"Added: ticket" in lead.get(answer["Location"]).content
    assert number_in_force(team) == 2


def test_failing_cases_are_listed_with_the_reason(team: Team, lead: Client) -> None:
    (version,) = arrive(team, ("Order AB-99-XK of mine", "Found."))
    miss(team, version, "AB-99-XK")
    shown = lead.post(page("rules_next"), drafted(team, **RULE, adopt="1")).content.decode()
    assert "1 of 1 test cases" in shown
    assert "nothing of this form is replaced" in shown
    assert number_in_force(team) == 2


@pytest.mark.parametrize("pattern", ["(", "(a+)+b"])
def test_a_rule_that_cannot_be_used_says_why(team: Team, lead: Client, pattern: str) -> None:
    answer = lead.post(page("rules_next"), drafted(team, **{**RULE, "rule_pattern": pattern}, adopt="1"))
    assert answer.status_code == 200
    assert b"These rules cannot be used" in answer.content
    assert number_in_force(team) == 1


def test_a_miss_is_reported_by_pasting_it(team: Team, lead: Client) -> None:
    (version,) = arrive(team, (f"Is {CODENAME} on time?", "Yes."))
    address = page("report_redaction", version.trace_id)
    form = lead.post(address, {"step": "find", "text": CODENAME.lower()}).context["miss"]
    where = {name: form[name].value() for name in ("path", "start", "end")}
    answer = lead.post(address, {"step": "miss", "identifier": "other", "rerun": "on", **where})
    run = Reredaction.objects.get()
    assert answer["Location"] == page("rules_run", run.pk)
    runner.run(str(run.job_id))
    version.trace.refresh_from_db()
    assert version.trace.current is not None
    assert CODENAME not in said(version.trace.current)
    shown = lead.get(answer["Location"]).content.decode()
    assert "v1 → v2" in shown
    assert CODENAME not in shown


def test_a_text_that_is_not_there_is_said_to_be_missing(team: Team, lead: Client) -> None:
    (version,) = arrive(team, (f"Is {CODENAME} on time?", "Yes."))
    address = page("report_redaction", version.trace_id)
    assert b"not there" in lead.post(address, {"step": "find", "text": "Amber Falcon"}).content
    assert (
        b"not there"
        in lead.post(address, {"step": "find", "text": CODENAME, "within": "/messages/1/"}).content
    )


def test_destroying_is_refused_without_a_reason_before_anything_happens(team: Team, lead: Client) -> None:
    (version,) = arrive(team, (f"Is {CODENAME} on time?", "Yes."))
    address = page("report_redaction", version.trace_id)
    where = {"path": "/messages/0/parts/0/text", "start": "3", "end": "9"}
    answer = lead.post(address, {"step": "miss", "identifier": "other", "erase": "on", **where})
    assert b"needs a reason" in answer.content
    assert not RuleReport.objects.exists()


def test_a_false_hit_is_chosen_from_the_stand_ins(team: Team, lead: Client) -> None:
    (version,) = arrive(team, ("Ask desk@docs.example", "Done."))
    address = page("report_redaction", version.trace_id)
    ((place, _words),) = lead.get(address).context["wrong"].fields["place"].choices
    answer = lead.post(
        address, {"step": "false_hit", "place": place, "example": "Ask [[help@docs.example]]."}
    )
    assert answer["Location"] == page("rules")
    assert RuleReport.objects.get().kind == "false_hit"


def test_a_case_is_set_aside_on_the_page(team: Team, lead: Client) -> None:
    (version,) = arrive(team, (f"Is {CODENAME} on time?", "Yes."))
    report = miss(team, version).report
    answer = lead.post(page("rules_aside", report.pk), {"reason": "a codename has no form"}, follow=True)
    assert "Set aside" in answer.content.decode()
    assert "a codename has no form" in answer.content.decode()


def test_engineers_read_and_annotators_do_not(team: Team) -> None:
    engineer, annotator = team.client(team.engineer), team.client(team.annotator)
    assert engineer.get(page("rules")).status_code == 200
    assert engineer.get(page("rules_next")).status_code == 403
    assert engineer.post(page("rules_runs")).status_code == 403
    assert annotator.get(page("rules")).status_code == 403


def test_a_run_can_be_stopped(team: Team, lead: Client) -> None:
    (version,) = arrive(team, (f"Is {CODENAME} on time?", "Yes."))
    miss(team, version)
    lead.post(page("rules_runs"))
    run = Reredaction.objects.get()
    lead.post(page("rules_run_cancel", run.pk))
    runner.run(str(run.job_id))
    run.job.refresh_from_db() if run.job else None
    assert run.job is not None
    assert run.job.state == "cancelled"
