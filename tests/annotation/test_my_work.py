"""One's own work: hours as the page counted them, corrections with their reason, and all that is recorded, of nobody else."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from annotation.actions.claim import claim
from annotation.actions.give_back import skip
from annotation.actions.practice import answer_practice, start_try
from annotation.actions.practice_setup import set_practice, write_practice_item
from annotation.actions.profile import choose_value, define_axis, profile_of
from annotation.actions.revise import revise_judgment
from annotation.actions.submit import submit_judgment
from annotation.choices import Shown
from annotation.corrections import corrected_judgments
from annotation.hours import hours_of, total
from annotation.models import Adjudication, Assignment, Item, Judgment, JudgmentRevision, PracticeTry

from .conftest import queue_pairs
from .test_practice import written


def judged(who, campaign, *, ms=60_000, shown=Shown.LEFT):
    """One pair answered, held long enough for its time to count."""
    lease = claim(who=who, campaign=campaign)
    Assignment.objects.filter(pk=lease.pk).update(claimed_at=timezone.now() - timedelta(hours=1))
    return submit_judgment(
        who=who,
        project=campaign.project,
        assignment_id=lease.pk,
        lease_token=lease.lease_token,
        key=lease.pk,
        shown=shown,
        active_ms=ms,
        rationale=f"{who.email} thinks so",
    ).judgment


def today():
    return {"first": timezone.localdate(), "last": timezone.localdate()}


def test_hours_are_the_active_time_of_answers_changes_and_practice(team, campaign):
    queue_pairs(campaign, 3)
    first = judged(team.annotator, campaign, ms=60_000)
    judged(team.annotator, campaign, ms=30_000)
    revise_judgment(
        who=team.annotator, project=team.project, judgment_id=first.pk, shown=Shown.TIE, active_ms=10_000
    )
    write_practice_item(
        who=team.lead,
        campaign=campaign,
        question="Q?",
        answer_a="A",
        answer_b="B",
        right=["a"],
        explanation="w",
    )
    campaign = set_practice(who=team.lead, campaign=campaign, asked=1, right=1)
    (item,) = start_try(who=team.annotator, campaign=campaign).items
    PracticeTry.objects.update(started_at=timezone.now() - timedelta(minutes=1))
    answer_practice(who=team.annotator, campaign=campaign, item_id=item, choice="a", active_ms=5_000)
    (day,) = hours_of(profile_of(who=team.annotator, project=team.project), **today())
    assert (day.answers, day.changes, day.practice) == (2, 1, 1)
    assert total([day]) == timedelta(seconds=105)


def test_an_answer_counts_no_longer_than_its_item_was_held(team, campaign):
    queue_pairs(campaign, 1)
    lease = claim(who=team.annotator, campaign=campaign)
    submit_judgment(
        who=team.annotator, project=team.project, assignment_id=lease.pk, lease_token=lease.lease_token,
        key=lease.pk, shown=Shown.LEFT, active_ms=8 * 3_600_000,
    )  # fmt: skip
    (day,) = hours_of(profile_of(who=team.annotator, project=team.project), **today())
    assert day.active < timedelta(minutes=2)


def test_a_change_counts_no_longer_than_a_lease_and_no_more_than_the_time_there_was(team, campaign):
    queue_pairs(campaign, 1)
    first = judged(team.annotator, campaign, ms=60_000)

    def change(shown):
        revise_judgment(
            who=team.annotator, project=team.project, judgment_id=first.pk, shown=shown, active_ms=999_999_999
        )
        (day,) = hours_of(profile_of(who=team.annotator, project=team.project), **today())
        return day.active

    lease = timedelta(seconds=campaign.lease_seconds)
    assert change(Shown.TIE) == timedelta(minutes=1) + lease
    for shown in [Shown.LEFT, Shown.RIGHT] * 5:
        active = change(shown)
    assert timedelta(minutes=59) < active < timedelta(minutes=62)


def test_a_practice_answer_counts_no_longer_than_the_try_is_old(team, campaign):
    written(team, campaign, 1)
    campaign = set_practice(who=team.lead, campaign=campaign, asked=1, right=1)
    (item,) = start_try(who=team.annotator, campaign=campaign).items
    answer_practice(who=team.annotator, campaign=campaign, item_id=item, choice="a", active_ms=999_999_999)
    (day,) = hours_of(profile_of(who=team.annotator, project=team.project), **today())
    assert day.active < timedelta(minutes=2)


def test_days_begin_at_midnight_of_the_persons_zone(team, campaign):
    queue_pairs(campaign, 1)
    judged(team.annotator, campaign)
    at = JudgmentRevision.objects.get().created_at
    profile = profile_of(who=team.annotator, project=team.project)
    days = set()
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        with timezone.override(zone):
            (day,) = hours_of(profile, first=at.date() - timedelta(2), last=at.date() + timedelta(2))
            assert day.day == timezone.localdate(at)
            days.add(day.day)
    assert len(days) == 2


def test_the_csv_of_hours_holds_the_same_numbers_and_only_ones_own(team, campaign, people):
    queue_pairs(campaign, 2)
    judged(team.annotator, campaign, ms=90_000)
    (other,) = people(1)
    judged(other, campaign, ms=900_000)
    response = team.client(team.annotator).get(reverse("annotation:my-hours-csv", args=[team.project.slug]))
    (row,) = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))
    assert (row["answers"], row["seconds"], row["hours"]) == ("1", "90", "0.03")


def decide(team, item, outcome, reason, *, strength=0):
    return Adjudication.objects.create(
        project=team.project,
        item=item,
        number=1,
        outcome=outcome,
        strength=strength,
        reason=reason,
        by=team.lead,
    )


def test_a_leads_decision_against_ones_answer_is_shown_with_its_reason(team, campaign):
    queue_pairs(campaign, 2)
    against, along = judged(team.annotator, campaign), judged(team.annotator, campaign)
    decide(team, against.item, "tie", "Both cite the same passage.")
    mine = along.revisions.get().choice
    decide(team, along.item, mine, "Quite so.", strength=1)
    page = team.client(team.annotator).get(reverse("annotation:my-corrections", args=[team.project.slug]))
    assert "Both cite the same passage." in page.content.decode()
    assert "Quite so." not in page.content.decode()


def test_gold_is_never_among_the_corrections(team, campaign):
    (work,) = queue_pairs(campaign, 1)
    given = judged(team.annotator, campaign)
    gold = Item.objects.create(
        project=team.project, campaign=campaign, kind="pair", version=work.version, fingerprint="g", role="gold",
        slots_asked=0, slots_left=0,
    )  # fmt: skip
    lease = Assignment.objects.create(
        project=team.project, item=gold, profile=given.profile, leased_until=timezone.now(), swapped=False,
        state="submitted",
    )  # fmt: skip
    vote = Judgment.objects.create(project=team.project, item=gold, profile=given.profile, assignment=lease)
    JudgmentRevision.objects.create(project=team.project, judgment=vote, number=1, choice="a", strength=1)
    with pytest.raises(IntegrityError, match="not work"), transaction.atomic():
        decide(team, gold, "tie", "Because.")
    decide(team, work, "tie", "Because.")
    assert [one.item_id for one in corrected_judgments(given.profile)] == [work.pk]


@pytest.fixture
def recorded(team, campaign, people):
    """Two people at work; the first has done everything that leaves a record."""
    queue_pairs(campaign, 3)
    axis = define_axis(who=team.lead, project=team.project, name="locale", values=["de", "en"])
    choose_value(who=team.annotator, project=team.project, axis=axis, value="de")
    judged(team.annotator, campaign)
    lease = claim(who=team.annotator, campaign=campaign)
    skip(
        who=team.annotator,
        project=team.project,
        assignment_id=lease.pk,
        lease_token=lease.lease_token,
        reason="unsure",
    )
    (other,) = people(1)
    judged(other, campaign)
    page = team.client(team.annotator).get(reverse("annotation:my-records-json", args=[team.project.slug]))
    return b"".join(page.streaming_content).decode(), other


def test_everything_recorded_comes_as_one_json_file_and_nothing_of_others(team, recorded):
    text, other = recorded
    known = json.loads(text)
    assert known["person"]["email"] == team.annotator.email
    assert [row["value"] for row in known["about_me"]] == ["de"]
    assert [row["value"] for row in known["groups"]] == ["de"]
    assert [row["in_own_words"] for row in known["answers"]] != []
    assert {row["skip_reason"] for row in known["leases"]} == {"", "unsure"}
    assert {"annotation.submit", "annotation.skip"} <= {row["verb"] for row in known["acts"]}
    theirs = Judgment.objects.get(profile__user=other)
    for secret in (other.email, str(theirs.pk), str(theirs.profile_id), str(theirs.assignment_id)):
        assert secret not in text


def test_the_file_does_not_tell_gold_from_work(recorded):
    text, _other = recorded
    for mark in ("role", "gold", "slot", "counted"):
        assert f'"{mark}' not in text


def test_the_page_of_records_says_how_many_lines_there_are(team, recorded):
    page = team.client(team.annotator).get(reverse("annotation:my-records", args=[team.project.slug]))
    assert {one.name: n for one, n in page.context["sections"]}["answers"] == 1


def test_the_pages_take_no_more_queries_for_a_long_history(team, campaign):
    queue_pairs(campaign, 6)
    client = team.client(team.annotator)
    counts = []
    client.get(reverse("annotation:my-corrections", args=[team.project.slug]))
    for rounds in (1, 4):
        for _ in range(rounds):
            decide(team, judged(team.annotator, campaign).item, "both_bad", "No.")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("annotation:my-corrections", args=[team.project.slug]))
        counts.append(len(queries))
    assert counts[0] == counts[1]
