"""Counted hours of everybody, for leads: the numbers people see themselves, by person and day, nothing simulated."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from annotation.actions.campaigns import create_campaign
from annotation.actions.profile import profile_of
from annotation.actions.simulate import simulate_judgments
from annotation.hours import hours_of, hours_of_people, total
from annotation.models import AnnotatorProfile

from .conftest import queue_pairs
from .test_my_work import judged, today


@pytest.fixture
def worked(team, campaign, people):
    """Two people on one campaign, one of them on another too."""
    queue_pairs(campaign, 3)
    other = create_campaign(who=team.lead, project=team.project, name="Another", overlap=2)
    queue_pairs(other, 1)
    judged(team.annotator, campaign, ms=60_000)
    judged(team.annotator, campaign, ms=30_000)
    judged(team.annotator, other, ms=10_000)
    (second,) = people(1)
    judged(second, campaign, ms=120_000)
    return second


def lines(team, **asked):
    page = reverse("annotation:people-hours-csv", args=[team.project.slug])
    answer = team.client(team.lead).get(page, asked)
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_everybodys_hours_are_what_each_sees_themselves(team, campaign, worked):
    found = hours_of_people(team.project, **today())
    for who in (team.annotator, worked):
        profile = profile_of(who=who, project=team.project)
        assert [one.work for one in found if one.profile == profile] == hours_of(profile, **today())
    assert total(one.work for one in found) == timedelta(seconds=220)


def test_the_csv_has_a_line_for_each_person_day_and_campaign(team, campaign, worked):
    rows = lines(team)
    assert [(row["email"], row["campaign"], row["answers"], row["seconds"]) for row in rows] == [
        (team.annotator.email, "Another", "1", "10"),
        (team.annotator.email, "Which is better", "2", "90"),
        (worked.email, "Which is better", "1", "120"),
    ]
    assert {row["day"] for row in rows} == {timezone.localdate().isoformat()}
    only = lines(team, campaign=campaign.pk)
    assert [row["seconds"] for row in only] == ["90", "120"]
    assert lines(team, last="2020-01-01") == []


def test_no_pseudonym_stands_beside_a_name_and_no_name_runs_in_a_spreadsheet(team, campaign, worked):
    User.objects.filter(pk=worked.pk).update(name="=HYPERLINK(1)")
    page = reverse("annotation:people-hours-csv", args=[team.project.slug])
    table = team.client(team.lead).get(page).content.decode()
    assert "'=HYPERLINK" in table
    for profile in AnnotatorProfile.objects.all():
        assert str(profile.pk)[:8] not in table


def test_simulated_annotators_are_left_out(team, campaign):
    queue_pairs(campaign, 2)
    simulate_judgments(who=team.lead, campaign=campaign, limit=2, seed=1)
    assert hours_of_people(team.project, **today()) == []


def test_the_page_sums_by_person_and_is_for_leads(team, other_team, campaign, worked):
    page = reverse("annotation:people-hours", args=[team.project.slug])
    html = team.client(team.lead).get(page, {"campaign": campaign.pk}).content.decode()
    assert worked.email in html
    assert html.count(">0.03</td>") == 2
    assert "Nobody worked" in team.client(team.lead).get(page, {"last": "2020-01-01"}).content.decode()
    for who in (team.annotator, team.engineer):
        assert team.client(who).get(page).status_code == 403
    elsewhere = reverse("annotation:people-hours", args=[other_team.project.slug])
    assert other_team.client(other_team.lead).get(elsewhere, {"campaign": campaign.pk}).status_code == 404


def test_the_page_of_a_member_leads_to_the_annotator(team):
    link = reverse("annotation:person", args=[team.project.slug, team.annotator.pk])
    page = reverse("accounts:member", args=[team.project.slug, team.annotator.pk])
    client = team.client(team.lead)
    assert link in client.get(page).content.decode()
    engineers = reverse("accounts:member", args=[team.project.slug, team.engineer.pk])
    assert "As an annotator" not in client.get(engineers).content.decode()
