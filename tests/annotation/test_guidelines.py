"""Guidelines and policies: versions follow one another, are read per person, and stand on every answer."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from annotation.actions.claim import claim
from annotation.actions.fix_in_pair import fix_in_pair
from annotation.actions.make_repairs import make_repairs
from annotation.actions.profile import profile_of
from annotation.actions.publish_text import attach_text, publish_text, read_guidelines
from annotation.actions.revise import revise_judgment
from annotation.actions.said import Under
from annotation.actions.submit import submit_judgment
from annotation.choices import Shown
from annotation.guidance import guidance_for
from annotation.models import GuidelinesRead, JudgmentRevision
from core.errors import PermissionRefused, Refused

from .conftest import conversation, queue_pairs, store

POLICY = "Read this first.\n\n1. Truth\nSay what is so.\n\n2.1 Refusals\nRefuse what harms."


def publish(team, text="Prefer what is true.", kind="guidelines", **more):
    return publish_text(who=team.lead, project=team.project, kind=kind, name="House rules", text=text, **more)


@pytest.fixture
def guided(team, campaign):
    """A campaign with guidelines and a policy in force, and one pair."""
    for kind, text in (("guidelines", "Prefer what is true."), ("policy", POLICY)):
        campaign = attach_text(
            who=team.lead, campaign=campaign, kind=kind, asset=publish(team, text, kind).asset
        )
    queue_pairs(campaign, 1)
    return campaign


def answer(team, campaign, **more):
    lease = claim(who=team.annotator, campaign=campaign)
    done = submit_judgment(
        who=team.annotator,
        project=team.project,
        assignment_id=lease.pk,
        lease_token=lease.lease_token,
        key=uuid4(),
        shown=Shown.LEFT,
        **more,
    )
    return done.judgment.revisions.get()


def test_the_next_version_is_in_force_wherever_the_earlier_one_was(team, guided):
    newer = publish(team, "Prefer what is true, then what is short.")
    guided.refresh_from_db()
    assert (newer.number, guided.guidelines) == (2, newer)


def test_the_same_text_again_is_refused(team):
    publish(team)
    with pytest.raises(Refused, match="version 1"):
        publish(team)


def test_annotators_do_not_write_guidelines(team):
    with pytest.raises(PermissionRefused):
        publish_text(who=team.annotator, project=team.project, kind="guidelines", name="Mine", text="A.")


def test_nobody_reads_again_for_a_version_that_changes_no_decision(team, guided):
    me = profile_of(who=team.annotator, project=team.project)
    first = guidance_for(me, guided)
    assert first.unread
    read_guidelines(who=team.annotator, project=team.project, version=first.version)
    publish(team, "Prefer what is  true!")
    guided.refresh_from_db()
    assert not guidance_for(me, guided).asked


def test_a_version_that_changes_decisions_is_read_again_even_behind_a_harmless_one(team, guided):
    me = profile_of(who=team.annotator, project=team.project)
    first = guided.guidelines
    read_guidelines(who=team.annotator, project=team.project, version=first)
    publish(team, "Prefer what is short.", changes_decisions=True)
    publish(team, "Prefer what is short, please.")
    guided.refresh_from_db()
    now = guidance_for(me, guided)
    assert (now.reread, now.read, now.version.number) == (True, first, 3)
    read_guidelines(who=team.annotator, project=team.project, version=now.version)
    read_guidelines(who=team.annotator, project=team.project, version=now.version)
    assert not guidance_for(me, guided).asked
    assert GuidelinesRead.objects.count() == 2


def test_an_answer_says_which_version_was_on_the_screen(team, guided):
    seen = guided.guidelines
    publish(team, "Prefer what is short.", changes_decisions=True)
    guided.refresh_from_db()
    assert answer(team, guided, under=Under(guidelines=seen.pk)).guidelines == seen


def test_a_version_of_other_guidelines_is_not_believed(team, guided):
    other = publish_text(who=team.lead, project=team.project, kind="guidelines", name="Other", text="No.")
    assert answer(team, guided, under=Under(guidelines=other.pk)).guidelines == guided.guidelines


def test_an_answer_cites_a_section_of_the_policy(team, guided):
    revision = answer(team, guided, section="2.1")
    assert (revision.section, revision.policy) == ("2.1", guided.policy)


def test_a_section_the_policy_lacks_is_refused(team, guided):
    with pytest.raises(Refused, match=r"no section 9"):
        answer(team, guided, section="9")
    assert not JudgmentRevision.objects.exists()


def test_the_database_refuses_a_section_that_is_not_there(team, guided):
    revision = answer(team, guided, section="1")
    with pytest.raises(IntegrityError, match="cites a section"), transaction.atomic():
        JudgmentRevision.objects.create(
            project=team.project,
            judgment=revision.judgment,
            number=2,
            choice="tie",
            policy=guided.policy,
            section="7",
        )


def test_what_was_read_cannot_be_unread(team, guided):
    read_guidelines(who=team.annotator, project=team.project, version=guided.guidelines)
    with (
        pytest.raises(Exception, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM annotation_guidelinesread")


def test_a_policy_is_not_read_as_guidelines(team, guided):
    with pytest.raises(Refused):
        read_guidelines(who=team.annotator, project=team.project, version=guided.policy)


def test_a_policy_without_numbers_is_refused(team):
    with pytest.raises(Refused, match="begins with a number"):
        publish(team, "Be good.", "policy")


@pytest.fixture
def behind(team, guided):
    """The annotator has read the guidelines, and what decides has changed since."""
    read_guidelines(who=team.annotator, project=team.project, version=guided.guidelines)
    seen = guided.guidelines
    publish(team, "Prefer what is short.", changes_decisions=True)
    guided.refresh_from_db()
    return guided, seen


@pytest.mark.parametrize("named", [True, False])
def test_an_answer_is_refused_until_what_changed_was_read(team, behind, named):
    campaign, seen = behind
    under = {"under": Under(guidelines=seen.pk)} if named else {}
    with pytest.raises(Refused, match="What decides has changed"):
        answer(team, campaign, **under)
    assert not JudgmentRevision.objects.exists()
    read_guidelines(who=team.annotator, project=team.project, version=campaign.guidelines)
    assert answer(team, campaign).guidelines == campaign.guidelines


def test_a_change_that_decides_nothing_refuses_nothing(team, guided):
    read_guidelines(who=team.annotator, project=team.project, version=guided.guidelines)
    publish(team, "Prefer what is  true!")
    assert answer(team, guided)


def test_an_answer_that_stands_already_is_said_again_and_a_change_of_it_waits_for_the_reading(team, guided):
    read_guidelines(who=team.annotator, project=team.project, version=guided.guidelines)
    lease, key = claim(who=team.annotator, campaign=guided), uuid4()
    given = {
        "who": team.annotator, "project": team.project, "assignment_id": lease.pk,
        "lease_token": lease.lease_token, "key": key, "shown": Shown.LEFT,
    }  # fmt: skip
    done = submit_judgment(**given)
    publish(team, "Prefer what is short.", changes_decisions=True)
    assert submit_judgment(**given).how == "again"
    change = {"who": team.annotator, "project": team.project, "judgment_id": done.judgment.pk}
    with pytest.raises(Refused, match="What decides has changed"):
        revise_judgment(**change, shown=Shown.RIGHT)
    assert done.judgment.revisions.count() == 1


def test_without_script_the_answer_waits_on_its_pair_beside_what_is_to_be_read(team, behind):
    campaign, _seen = behind
    client = team.client(team.annotator)
    judge = reverse("annotation:judge", kwargs={"slug": team.project.slug})
    lease = claim(who=team.annotator, campaign=campaign)
    form = {
        "assignment": lease.pk, "lease_token": lease.lease_token, "choice": "left", "rationale": "Because.",
        "section": "2.1",
    }  # fmt: skip
    submit = reverse("annotation:submit", kwargs={"slug": team.project.slug})
    html = client.post(submit, form, follow=True).content.decode()
    assert "What decides has changed" in html
    assert "Because.</textarea>" in html
    assert 'data-chosen="left"' in html
    reading = html.split("<noscript>")[1].split("</noscript>")[0]
    assert "Prefer what is short." in reading
    acknowledged = client.post(
        reverse("annotation:guidelines", kwargs={"slug": team.project.slug}),
        {"version": campaign.guidelines_id, "back": "judge"},
    )
    assert acknowledged.url == judge
    client.post(submit, form)
    assert JudgmentRevision.objects.get().guidelines_id == campaign.guidelines_id


def test_a_repair_comes_back_with_what_was_written(team, repairs):
    store(team.project, conversation("What is a tuple?", "A mutable list."))
    make_repairs(who=team.lead, campaign=repairs)
    attach_text(who=team.lead, campaign=repairs, kind="guidelines", asset=publish(team).asset)
    repairs.refresh_from_db()
    read_guidelines(who=team.annotator, project=team.project, version=repairs.guidelines)
    lease = claim(who=team.annotator, campaign=repairs)
    publish(team, "Mend little.", changes_decisions=True)
    refused = team.client(team.annotator).post(
        reverse("annotation:repair-submit", kwargs={"slug": team.project.slug}),
        {
            "assignment": lease.pk,
            "lease_token": lease.lease_token,
            "key": uuid4(),
            "choice": "fix",
            "text": "Immutable.",
        },
    )
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "What decides has changed" in page
    assert "Immutable.</textarea>" in page
    assert not JudgmentRevision.objects.exists()


def test_a_better_answer_is_fixed_only_once_what_changed_was_read(team, behind):
    campaign, _seen = behind
    lease = claim(who=team.annotator, campaign=campaign)
    given = {
        "who": team.annotator, "project": team.project, "assignment_id": lease.pk,
        "lease_token": lease.lease_token, "key": uuid4(), "side": "left", "text": "A better one.",
    }  # fmt: skip
    with pytest.raises(Refused, match="What decides has changed"):
        fix_in_pair(**given)
    assert not JudgmentRevision.objects.exists()
    read_guidelines(who=team.annotator, project=team.project, version=campaign.guidelines)
    assert fix_in_pair(**given).how == "counted"
