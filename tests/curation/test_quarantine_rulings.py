"""A verdict is what hits and people say: cleared with a reason, an exact copy by two, and never by writing 'clean'."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from core.errors import PermissionRefused, Refused
from core.models import AuditEntry
from curation.actions import screening
from curation.actions.quarantine import QuarantineEntry, publish_quarantine
from curation.actions.rule_hit import latest_ruling, rule_hit, second_ruling
from curation.actions.screening import Content, Screener, current_quarantine, screen_contents
from curation.models import HitRuling, Screening, ScreeningHit
from tests.conftest import Team
from tests.curation.test_containment import QUESTION

pytestmark = pytest.mark.django_db
WHY = "The question is quoted in a paper that we teach."
CONTENT = "c" * 64


def found(team: Team, text: str = f"Look: {QUESTION}", content: str = CONTENT) -> ScreeningHit:
    items = [QuarantineEntry("held out", "1", QUESTION)]
    publish_quarantine(who=team.lead, project=team.project, items=items)
    screen_contents(project=team.project, contents=[Content(content, [text])])
    return ScreeningHit.objects.select_related("item", "screening__project").order_by("-pk")[0]


def verdict(content: str = CONTENT) -> str:
    return Screening.objects.filter(content_hash=content).order_by("-pk")[0].verdict


def test_a_cleared_text_is_clean_and_the_database_keeps_who_and_why(team: Team) -> None:
    hit = found(team)
    assert verdict() == "hit"
    ruling = rule_hit(who=team.lead, hit=hit, decision="cleared", reason=WHY)
    assert verdict() == "clean"
    assert (ruling.ruled_by, ruling.reason) == (team.lead, WHY)
    assert AuditEntry.objects.filter(verb="quarantine.cleared", data__reason=WHY).exists()


def test_what_was_screened_against_this_version_is_not_compared_again(team: Team) -> None:
    """A ruling in a web process does not first read the whole quarantine."""
    hit = found(team)
    screening._index.cache_clear()
    seen = Screener(current_quarantine(team.project), [CONTENT]).look(CONTENT, [])
    assert [one.item_id for one in seen.findings] == [hit.item_id]
    assert screening._index.cache_info().misses == 0


def test_a_clearing_needs_a_reason(team: Team) -> None:
    hit = found(team)
    with pytest.raises(Refused, match="why"):
        rule_hit(who=team.lead, hit=hit, decision="cleared", reason=" ok ")


def test_who_may_not_manage_curation_rules_nothing(team: Team) -> None:
    hit = found(team)
    with pytest.raises(PermissionRefused):
        rule_hit(who=team.engineer, hit=hit, decision="confirmed")


def test_an_exact_copy_is_cleared_when_a_second_person_agrees(team: Team) -> None:
    hit = found(team, QUESTION)
    assert rule_hit(who=team.lead, hit=hit, decision="cleared", reason=WHY).waits
    assert verdict() == "hit"
    with pytest.raises(Refused, match="another lead"):
        second_ruling(who=team.lead, hit=hit)
    second_ruling(who=team.second_lead, hit=hit)
    assert verdict() == "clean"


def test_a_cleared_text_stays_clean_in_the_next_version_until_another_item_hits(team: Team) -> None:
    rule_hit(who=team.lead, hit=found(team), decision="cleared", reason=WHY)
    again = [Content(CONTENT, [f"Look: {QUESTION}"])]
    publish_quarantine(
        who=team.lead, project=team.project, items=[QuarantineEntry("x", "1", "An unrelated item of words")]
    )
    assert screen_contents(project=team.project, contents=again) == {CONTENT: "clean"}
    publish_quarantine(
        who=team.lead, project=team.project, items=[QuarantineEntry("x", "2", QUESTION + " Why?")]
    )
    assert screen_contents(project=team.project, contents=again) == {CONTENT: "hit"}


def test_a_person_may_take_a_clearing_back(team: Team) -> None:
    hit = found(team)
    rule_hit(who=team.lead, hit=hit, decision="cleared", reason=WHY)
    rule_hit(who=team.second_lead, hit=hit, decision="confirmed")
    assert verdict() == "hit"
    latest = latest_ruling(hit)
    assert latest is not None
    assert latest.decision == "confirmed"


def test_clearing_one_text_clears_no_other(team: Team) -> None:
    rule_hit(who=team.lead, hit=found(team), decision="cleared", reason=WHY)
    other = Content("d" * 64, [f"Look here: {QUESTION}"])
    assert screen_contents(project=team.project, contents=[other]) == {"d" * 64: "hit"}


def refused(statement: str, *values: object) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL IMMEDIATE; {statement}", values)


def test_the_app_role_cannot_write_clean_over_a_hit(team: Team) -> None:
    hit = found(team)
    refused("UPDATE curation_screening SET verdict = 'clean' WHERE id = %s", hit.screening_id)
    refused("UPDATE curation_screening SET engine = 'x' WHERE id = %s", hit.screening_id)
    refused("DELETE FROM curation_screeninghit WHERE id = %s", hit.pk)
    refused("DELETE FROM curation_screening WHERE id = %s", hit.screening_id)


def test_a_screening_without_hits_never_turns_clean(team: Team) -> None:
    screening = found(team).screening
    bare = Screening.objects.create(
        project=team.project, content_hash="e" * 64, quarantine=screening.quarantine, verdict="hit"
    )
    refused("UPDATE curation_screening SET verdict = 'clean' WHERE id = %s", bare.pk)


def test_a_clean_screening_takes_no_hit(team: Team) -> None:
    hit = found(team)
    clean = Screening.objects.create(
        project=team.project, content_hash="f" * 64, quarantine=hit.screening.quarantine, verdict="clean"
    )
    refused(
        "INSERT INTO curation_screeninghit (screening_id, item_id, method, score, evidence) VALUES (%s, %s, 'gram3', 1, '{}')",
        clean.pk, hit.item_id,
    )  # fmt: skip


def test_the_database_asks_for_a_reason_for_two_people_and_for_a_hit(team: Team) -> None:
    hit = found(team, QUESTION)
    fields = {"project": team.project, "content_hash": CONTENT, "item": hit.item, "ruled_by": team.lead}
    for wrong in (
        {"decision": "cleared", "two_people": True},
        {"decision": "cleared", "reason": WHY},
        {"decision": "perhaps", "reason": WHY},
        {"decision": "cleared", "reason": WHY, "two_people": True, "content_hash": "0" * 64},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            HitRuling.objects.create(**{**fields, **wrong})
    ruling = rule_hit(who=team.lead, hit=hit, decision="cleared", reason=WHY)
    refused(
        "UPDATE curation_hitruling SET seconded_by_id = ruled_by_id, seconded_at = now() WHERE id = %s",
        ruling.pk,
    )
    refused("UPDATE curation_hitruling SET reason = 'other' WHERE id = %s", ruling.pk)
    refused("UPDATE curation_hitruling SET two_people = false WHERE id = %s", ruling.pk)
    refused("DELETE FROM curation_hitruling WHERE id = %s", ruling.pk)
