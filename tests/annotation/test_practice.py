"""A campaign with a practice round gives its work to nobody who has not passed it, and the database holds to that."""

import random
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from annotation.actions.claim import claim
from annotation.actions.practice import answer_practice, start_try
from annotation.actions.practice_setup import (
    grant_qualification,
    pick_practice_item,
    retire_practice_item,
    set_practice,
    write_practice_item,
)
from annotation.actions.profile import profile_of
from annotation.models import (
    Assignment,
    Judgment,
    PracticeAnswer,
    PracticeItem,
    PracticeTry,
    Qualification,
)
from annotation.practice import PracticeFirst, rounds_before
from core.errors import PermissionRefused, Refused

from .conftest import queue_pairs


def written(team, campaign, number, *, right=("a",)):
    return [
        write_practice_item(
            who=team.lead,
            campaign=campaign,
            question=f"Question {n}?",
            answer_a=f"Good {n}.",
            answer_b=f"Bad {n}.",
            right=right,
            explanation=f"**Because** {n}.",
        )
        for n in range(number)
    ]


@pytest.fixture
def guarded(team, campaign):
    """Three practice items, two of three asked must be right; work waits behind them."""
    queue_pairs(campaign, 2)
    written(team, campaign, 4)
    return set_practice(who=team.lead, campaign=campaign, asked=3, right=2)


def go_through(team, campaign, *choices, seed=0):
    attempt = start_try(who=team.annotator, campaign=campaign, draw=random.Random(seed))
    for item, choice in zip(attempt.items, choices, strict=True):
        now = answer_practice(who=team.annotator, campaign=campaign, item_id=item, choice=choice)
    return now


def test_work_is_given_only_after_enough_right_answers(team, guarded):
    with pytest.raises(PracticeFirst):
        claim(who=team.annotator, campaign=guarded)
    assert rounds_before(team.annotator, team.project) == [guarded]
    assert go_through(team, guarded, "a", "b", "a").passed
    assert claim(who=team.annotator, campaign=guarded) is not None
    assert rounds_before(team.annotator, team.project) == []


def test_who_fails_tries_again_with_items_seen_least_first(team, guarded):
    first = go_through(team, guarded, "a", "b", "tie")
    assert not first.passed
    with pytest.raises(PracticeFirst):
        claim(who=team.annotator, campaign=guarded)
    second = start_try(who=team.annotator, campaign=guarded)
    unseen = set(PracticeItem.objects.values_list("pk", flat=True)) - set(first.attempt.items)
    assert unseen <= set(second.items)
    assert second.number == 2


def test_practice_leaves_no_judgment_and_no_decision(team, guarded):
    go_through(team, guarded, "a", "a", "a")
    assert not Judgment.objects.exists()
    assert not Assignment.objects.exists()


def test_the_same_answer_again_changes_nothing_and_nobody_answers_out_of_order(team, guarded):
    attempt = start_try(who=team.annotator, campaign=guarded)
    first, second, _third = attempt.items
    with pytest.raises(Refused, match="not the next"):
        answer_practice(who=team.annotator, campaign=guarded, item_id=second, choice="a")
    for choice in ("b", "a"):
        answer_practice(who=team.annotator, campaign=guarded, item_id=first, choice=choice)
    assert PracticeAnswer.objects.get().choice == "b"
    assert start_try(who=team.annotator, campaign=guarded) == attempt


def test_a_lead_lets_somebody_in_under_their_own_name(team, guarded):
    profile = profile_of(who=team.annotator, project=team.project)
    assert grant_qualification(who=team.lead, campaign=guarded, profile=profile)
    assert not grant_qualification(who=team.lead, campaign=guarded, profile=profile)
    assert claim(who=team.annotator, campaign=guarded) is not None
    with pytest.raises(PermissionRefused):
        grant_qualification(who=team.annotator, campaign=guarded, profile=profile)


def test_only_decided_items_are_picked(team, campaign):
    (item,) = queue_pairs(campaign, 1)
    with pytest.raises(Refused, match="decided"):
        pick_practice_item(who=team.lead, campaign=campaign, source=item.pk, right=["a"], explanation="x")
    item.state = "closed"
    item.save(update_fields=["state"])
    made = pick_practice_item(who=team.lead, campaign=campaign, source=item.pk, right=["a"], explanation="x")
    assert made.source_id == item.pk
    with pytest.raises(Refused, match="already"):
        pick_practice_item(who=team.lead, campaign=campaign, source=item.pk, right=["b"], explanation="y")


def test_a_round_asks_no_more_items_than_it_has(team, campaign):
    (item, _other) = written(team, campaign, 2)
    with pytest.raises(Refused, match="there are 2"):
        set_practice(who=team.lead, campaign=campaign, asked=3, right=1)
    set_practice(who=team.lead, campaign=campaign, asked=2, right=1)
    with pytest.raises(Refused, match="has no more"):
        retire_practice_item(who=team.lead, campaign=campaign, item_id=item.pk)


def test_what_a_lead_writes_passes_the_redaction(team, campaign):
    item = write_practice_item(
        who=team.lead,
        campaign=campaign,
        question="Mail ana.petrov@example.org?",
        answer_a="Yes",
        answer_b="No",
        right=["a"],
        explanation="x",
    )
    assert "ana.petrov@example.org" not in item.question


def lease_row(team, campaign):
    profile = profile_of(who=team.annotator, project=team.project)
    return Assignment(
        project=team.project,
        item=campaign.items.first(),
        profile=profile,
        leased_until=timezone.now() + timedelta(minutes=5),
        swapped=False,
    )


def test_the_database_gives_no_lease_before_the_round_is_passed(team, guarded):
    with pytest.raises(IntegrityError, match="has not passed"), transaction.atomic():
        lease_row(team, guarded).save()


def test_the_database_marks_no_answer_wrongly_and_takes_none_after_the_end(team, guarded):
    attempt = start_try(who=team.annotator, campaign=guarded)
    wrong = PracticeAnswer(practice=attempt, item_id=attempt.items[0], choice="b", is_right=True)
    with pytest.raises(IntegrityError, match="marked wrongly"), transaction.atomic():
        wrong.save()
    PracticeTry.objects.update(ended_at=timezone.now())
    with pytest.raises(IntegrityError, match="has ended"), transaction.atomic():
        PracticeAnswer(practice=attempt, item_id=attempt.items[0], choice="a", is_right=True).save()


def test_the_database_believes_no_qualification_that_was_not_earned(team, guarded, people):
    attempt = start_try(who=team.annotator, campaign=guarded)
    rows = {"project": team.project, "campaign": guarded, "practice": attempt}
    with pytest.raises(IntegrityError, match="not passed"), transaction.atomic():
        Qualification.objects.create(profile=attempt.profile, **rows)
    (other,) = people(1)
    go_through(team, guarded, "a", "a", "a")
    with pytest.raises(IntegrityError), transaction.atomic():
        Qualification.objects.create(profile=profile_of(who=other, project=team.project), **rows)
    with pytest.raises(IntegrityError), transaction.atomic():
        PracticeTry.objects.filter(pk=attempt.pk).update(needs=1)


def test_qualifications_and_answers_are_append_only(team, guarded):
    go_through(team, guarded, "a", "a", "a")
    for table in ("annotation_qualification", "annotation_practiceanswer"):
        with (
            pytest.raises(DatabaseError, match=r"denied|append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM {table}")


def test_the_pages_lead_from_the_work_through_the_round_and_back(team, guarded):
    client, slug = team.client(team.annotator), team.project.slug
    began = client.get(reverse("annotation:judge", args=[slug]), follow=True)
    address = reverse("annotation:practice", args=[slug, guarded.pk])
    assert began.redirect_chain[-1][0] == address
    client.post(reverse("annotation:practice-start", args=[slug, guarded.pk]))
    attempt = PracticeTry.objects.get()
    for item, swapped in zip(attempt.items, attempt.swapped, strict=True):
        page = client.get(address).content.decode()
        assert "Because" not in page
        choice = "right" if swapped else "left_clear"
        form = {"item": item, "try": attempt.number, "choice": choice, "active_ms": "1200"}
        shown = client.post(reverse("annotation:practice-answer", args=[slug, guarded.pk]), form, follow=True)
        assert "<strong>Because</strong>" in shown.content.decode()
    assert "you have passed" in client.get(address).content.decode()
    assert client.get(reverse("annotation:judge", args=[slug])).status_code == 200
    setup = team.client(team.lead).get(reverse("annotation:practice-setup", args=[slug, guarded.pk]))
    assert "passed" in setup.content.decode()


def test_a_lead_sets_a_round_up_on_pages_alone(team, campaign):
    client, args = team.client(team.lead), [team.project.slug, campaign.pk]
    form = {
        "question": "Which?",
        "answer_a": "This",
        "answer_b": "That",
        "right": ["a", "tie"],
        "explanation": "The rule.",
    }
    client.post(reverse("annotation:practice-add", args=args), form)
    assert PracticeItem.objects.get().right_choices == ["a", "tie"]
    client.post(reverse("annotation:practice-marks", args=args), {"asked": 1, "right": 1})
    campaign.refresh_from_db()
    assert (campaign.practice_asked, campaign.practice_right) == (1, 1)
    too_many = client.post(reverse("annotation:practice-marks", args=args), {"asked": 5, "right": 1})
    assert "needs as many" in too_many.content.decode()
