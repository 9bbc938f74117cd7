"""Reports about groups come out in batches, and a person cannot be read out of them, whatever they change or erase."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from annotation.actions.profile import choose_value, define_axis, erase_profile, profile_of
from annotation.actions.release_axes import RHYTHM, release_axes, release_axis
from annotation.models import AxisRelease, Judgment, JudgmentGroup, JudgmentRevision, ProfileValue
from core.models import AuditEntry

from .conftest import queue_pairs
from .test_pages import url


@pytest.fixture
def axis(team):
    return define_axis(who=team.lead, project=team.project, name="locale", values=["de", "en", "fr"])


@pytest.fixture
def crowd(team, axis, people):
    """Six say de, six say en, one says fr, two say nothing."""
    found = people(15)
    for person, value in zip(found, ["de"] * 6 + ["en"] * 6 + ["fr"], strict=False):
        choose_value(who=person, project=team.project, axis=axis, value=value)
    return found


def vote(campaign, axis, person, item, choice="a"):
    """A counted vote with the group frozen into it, as submitting leaves it."""
    profile = profile_of(who=person, project=campaign.project)
    slot = item.judgments.count() + 1
    judgment = Judgment.objects.create(project=campaign.project, item=item, profile=profile, slot=slot)
    JudgmentRevision.objects.create(project=campaign.project, judgment=judgment, number=1, choice=choice)
    for value in ProfileValue.objects.filter(profile=profile, axis=axis):
        JudgmentGroup.objects.create(judgment=judgment, axis=axis, value=value.value)
    return judgment


@pytest.fixture
def items(campaign):
    campaign.overlap = 20
    campaign.save(update_fields=["overlap"])
    return queue_pairs(campaign, 6)


def groups_shown(release):
    (levels,) = release.report["strata"].values()
    return [one["group"] for one in levels if one["shown"]]


def later(weeks):
    return timezone.now() + weeks * RHYTHM + timedelta(minutes=1)


def test_a_report_shows_groups_of_five_and_more_and_counts_nobody(campaign, axis, crowd, items):
    for person in crowd:
        vote(campaign, axis, person, items[0])
    release = release_axis(campaign=campaign, axis=axis)
    assert groups_shown(release) == ["en"], "fr and the silent ones are three: de hides them"
    assert release.report["shares"] == {"de": None, "en": 0.4, "fr": None}
    assert (len(release.as_said), len(release.as_rest)) == (6, 9)


def test_nothing_comes_out_before_enough_people_voted_nor_twice_a_week(campaign, axis, crowd, items):
    for person in crowd[:8]:
        vote(campaign, axis, person, items[0])
    assert release_axis(campaign=campaign, axis=axis) is None
    for person in crowd[8:12]:
        vote(campaign, axis, person, items[0])
    assert groups_shown(release_axis(campaign=campaign, axis=axis)) == ["de", "en"]
    for person in crowd[:12]:
        vote(campaign, axis, person, items[1])
    assert release_axis(campaign=campaign, axis=axis) is None
    assert release_axes(now=later(1)) == 1


def test_one_person_at_work_moves_no_report(campaign, axis, crowd, items):
    for person in crowd[:12]:
        vote(campaign, axis, person, items[0])
    release_axis(campaign=campaign, axis=axis)
    for item in items[1:]:
        vote(campaign, axis, crowd[0], item)
    for person in crowd[6:12]:
        vote(campaign, axis, person, items[1])
    assert release_axis(campaign=campaign, axis=axis, now=later(1)) is None
    assert AxisRelease.objects.count() == 1


def test_a_change_of_group_and_an_erasure_are_seen_only_among_the_votes_of_ten_others(
    team, campaign, axis, crowd, items
):
    for person in crowd[:12]:
        vote(campaign, axis, person, items[0])
    first = release_axis(campaign=campaign, axis=axis)
    choose_value(who=crowd[0], project=team.project, axis=axis, value="en")
    erase_profile(who=crowd[1], project=team.project)
    vote(campaign, axis, crowd[0], items[1])
    assert release_axis(campaign=campaign, axis=axis, now=later(1)) is None
    latest = AxisRelease.objects.get()
    assert latest.report == first.report
    for person in crowd[1:12]:
        vote(campaign, axis, person, items[2])
    second = release_axis(campaign=campaign, axis=axis, now=later(1))
    assert groups_shown(first) == ["de", "en"]
    assert groups_shown(second) == ["en"], "too few still say de"


def test_erasing_takes_the_group_out_of_votes_and_leaves_the_votes(team, campaign, axis, crowd, items):
    given = [vote(campaign, axis, crowd[0], item) for item in items]
    erase_profile(who=crowd[0], project=team.project)
    assert not JudgmentGroup.objects.filter(judgment__in=given).exists()
    assert Judgment.objects.filter(pk__in=[one.pk for one in given]).count() == len(items)
    entry = AuditEntry.objects.filter(verb="annotation.erase_profile").get()
    assert "de" not in str(entry.data)


def test_the_audit_of_choosing_and_releasing_names_no_group(campaign, axis, crowd, items):
    for person in crowd:
        vote(campaign, axis, person, items[0])
    release_axis(campaign=campaign, axis=axis)
    entries = AuditEntry.objects.filter(
        verb__in=["annotation.change_profile", "annotation.release_axis", "annotation.erase_profile"]
    )
    assert entries.count() == 14
    assert not any(word in str(one.data) for one in entries for word in ("'de'", "'en'", "'fr'"))


def test_another_wording_of_an_axis_starts_anew(team, campaign, axis, crowd, items):
    for person in crowd[:12]:
        vote(campaign, axis, person, items[0])
    define_axis(who=team.lead, project=team.project, name="locale", values=["de", "en"])
    assert release_axes() == 0


def test_the_app_role_neither_changes_nor_deletes_a_group_or_a_release(campaign, axis, crowd, items):
    for person in crowd[:12]:
        vote(campaign, axis, person, items[0])
    release = release_axis(campaign=campaign, axis=axis)
    attacks = [
        "UPDATE annotation_judgmentgroup SET value = 'fr'",
        "DELETE FROM annotation_judgmentgroup",
        "UPDATE annotation_axisrelease SET report = '{}'",
        "DELETE FROM annotation_axisrelease",
        f"SELECT annotation_forget_groups('{profile_of(who=crowd[0], project=campaign.project).pk}')",
    ]
    for sql in attacks:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    with pytest.raises(DatabaseError, match="released once"), transaction.atomic():
        AxisRelease.objects.create(
            project=campaign.project, campaign=campaign, axis=axis, number=2, report={},
            as_said=[], as_rest=release.as_said[:1],
        )  # fmt: skip


def test_the_board_shows_what_was_published_and_what_would_help(team, campaign, axis, crowd, items):
    for n, person in enumerate(crowd):
        for item in items[:4]:
            vote(campaign, axis, person, item, "ab"[n % 2])
    page = url(team, "diversity", campaign_id=campaign.pk)
    before = team.client(team.lead).get(page).content.decode()
    assert "Nothing about people is published yet" in before
    assert "of <strong>en</strong>" in before
    release_axis(campaign=campaign, axis=axis)
    after = team.client(team.lead).get(page).content.decode()
    assert "≈ 40" in after
    assert "covered" in after
    assert "of <strong>de</strong> (locale): fewer than 5, or too few beside them" in after
    assert "Effective number of annotators" in after
