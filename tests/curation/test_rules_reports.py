"""A lead marks a miss or a false hit: the text itself is kept nowhere, and the mark works at once."""

import pytest
from django.db import connection

from core.errors import NotFound, PermissionRefused, Refused
from core.models import AuditEntry
from curation.actions.report_redaction import report_false_hit, report_miss, set_aside
from curation.bodies import load
from curation.models import AssetVersion, RuleReport
from curation.ruling.places import at
from tests.conftest import Team
from tests.curation.arrivals import arrive
from tests.curation.ruled import CODENAME, miss, number_in_force, said, where

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_once(settle_at_once: None, structured_lane: AssetVersion) -> None:
    """Traces settle on arrival, under rules that leave names to people."""


def test_a_reported_miss_is_replaced_in_what_comes_next(team: Team) -> None:
    (version,) = arrive(team, (f"Is {CODENAME} on time?", "Yes."))
    assert CODENAME in said(version)
    reported = miss(team, version)
    assert reported.version.number == 2
    (later,) = arrive(team, ("When does COPPER  lantern start?", "Soon."))
    assert "lantern" not in said(later).lower()
    assert "[OTHER:" in said(later)
    assert later.rules_id == reported.version.pk


def test_only_whole_values_are_replaced_not_their_words(team: Team) -> None:
    (version,) = arrive(team, (f"Is {CODENAME} on time?", "Yes."))
    miss(team, version)
    (later,) = arrive(
        team, ("Copper is a metal, a lantern is a lamp; Copper Lanterns are many.", "So they are.")
    )
    assert "[OTHER:" not in said(later)


def test_the_missed_text_is_stored_nowhere_in_the_report(team: Team) -> None:
    (version,) = arrive(team, (f"Is {CODENAME} on time?", "Yes."))
    reported = miss(team, version)
    with connection.cursor() as cursor:
        cursor.execute("SELECT r::text FROM curation_rulereport r")
        rows = str(cursor.fetchall()) + str(reported.version.body) + str(list(AuditEntry.objects.values()))
    for word in CODENAME.split():
        assert word.lower() not in rows.lower()


def test_a_selection_inside_a_word_takes_the_whole_word(team: Team) -> None:
    (version,) = arrive(team, (f"Is {CODENAME} on time?", "Yes."))
    place = at(load(version).conversation, "/messages/0/parts/0/text", 5, 12)
    assert place is not None
    assert place.value == CODENAME


def test_an_example_that_holds_the_text_is_turned_down(team: Team) -> None:
    (version,) = arrive(team, (f"Is {CODENAME} on time?", "Yes."))
    with pytest.raises(Refused) as refused:
        miss(team, version, example=f"The project [[{CODENAME.upper()}]] is late.")
    assert refused.value.code == "example_holds_it"
    assert CODENAME.lower() not in str(refused.value).lower()
    assert not RuleReport.objects.exists()


def test_the_same_value_is_reported_once(team: Team) -> None:
    (version,) = arrive(team, (f"Is {CODENAME} on time?", "Yes."))
    miss(team, version)
    with pytest.raises(Refused, match="before"):
        miss(team, version)
    assert number_in_force(team) == 2


def test_a_stand_in_is_no_miss_and_plain_text_no_false_hit(team: Team) -> None:
    (version,) = arrive(team, ("Write to anna@firm.example about it", "Done."))
    stand_in = said(version).split()[2]
    with pytest.raises(Refused) as refused:
        report_miss(
            who=team.lead,
            project=team.project,
            version=version,
            place=where(version, stand_in),
            identifier="email",
        )
    assert refused.value.code == "already_replaced"
    with pytest.raises(Refused) as refused:
        report_false_hit(
            who=team.lead,
            project=team.project,
            version=version,
            place=where(version, "about"),
            example="[[about]]",
        )
    assert refused.value.code == "nothing_replaced"


def test_a_false_hit_spares_exactly_that_value_from_now_on(team: Team) -> None:
    asked = "Ask desk@docs.example and anna@firm.example"
    (version,) = arrive(team, (asked, "Done."))
    desk = said(version).split()[1]
    reported = report_false_hit(
        who=team.lead,
        project=team.project,
        version=version,
        place=where(version, desk),
        example="Ask [[help@docs.example]].",
    )
    assert (reported.report.surrogate, reported.report.digest) == (desk, "")
    (later,) = arrive(team, (asked, "Done again."))
    assert "desk@docs.example" in said(later)
    assert "anna@firm.example" not in said(later)


def test_only_those_who_manage_curation_report(team: Team, other_team: Team) -> None:
    (version,) = arrive(team, (f"Is {CODENAME} on time?", "Yes."))
    place = where(version, CODENAME)
    with pytest.raises(PermissionRefused):
        report_miss(who=team.engineer, project=team.project, version=version, place=place, identifier="other")
    with pytest.raises(NotFound):
        report_miss(
            who=other_team.lead, project=other_team.project, version=version, place=place, identifier="other"
        )
    assert not RuleReport.objects.exists()


def test_a_report_is_audited_with_its_patch(team: Team) -> None:
    (version,) = arrive(team, (f"Is {CODENAME} on time?", "Yes."))
    miss(team, version)
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"rules.report", "rules.adopt"} <= verbs


def test_setting_a_case_aside_takes_a_reason_and_happens_once(team: Team) -> None:
    (version,) = arrive(team, (f"Is {CODENAME} on time?", "Yes."))
    report = miss(team, version).report
    with pytest.raises(Refused, match="why"):
        set_aside(who=team.lead, project=team.project, report_id=report.pk, reason=" ")
    set_aside(who=team.lead, project=team.project, report_id=report.pk, reason="a codename has no form")
    with pytest.raises(Refused, match="already"):
        set_aside(who=team.lead, project=team.project, report_id=report.pk, reason="again")
    assert AssetVersion.objects.filter(project=team.project, asset__kind="redaction_rules").count() == 2
