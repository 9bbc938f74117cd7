"""Many annotators at once, abandoned leases and a sweeper between them: nothing is given out or counted twice."""

import random
import threading
import time
from contextlib import suppress
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q

from annotation.actions.campaigns import create_campaign
from annotation.actions.claim import claim
from annotation.actions.give_back import skip, sweep_leases
from annotation.actions.profile import choose_value, define_axis
from annotation.actions.submit import submit_judgment
from annotation.choices import Shown
from annotation.models import Assignment, Item, Judgment, JudgmentGroup
from core.errors import Refused
from tests.conftest import make_team

from .conftest import annotators, queue_pairs

THREADS, PAIRS, OVERLAP = 16, 150, 2
LOCALES = ("de", "en", "fr", "hi")


def as_app(work):
    """Run in a thread of its own, on a connection with the app role's rights."""

    def run(*args):
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET ROLE winnow_app")
            work(*args)
        finally:
            connection.close()

    return run


def together(jobs):
    """Start all at once, wait for all, and re-raise the first fault."""
    faults = []
    gate = threading.Barrier(len(jobs))

    def guarded(job):
        gate.wait()
        try:
            as_app(job)()
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=guarded, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def judge_all(who, campaign, seed, deadline):
    """Judge until nothing is left: one lease in ten is abandoned, one skipped, one answered twice at once."""
    rng = random.Random(seed)
    while time.monotonic() < deadline:
        mine = claim(who=who, campaign=campaign)
        if mine is None:
            if not Item.objects.filter(campaign=campaign, slots_left__gt=0).exists():
                return
            sweep_leases()
            time.sleep(0.02)
            if not mine_to_come(who, campaign):
                return
            continue
        fate, key = rng.random(), uuid4()
        answer = {
            "who": who,
            "project": campaign.project,
            "assignment_id": mine.pk,
            "lease_token": mine.lease_token,
        }
        if fate < 0.1:
            Assignment.objects.filter(pk=mine.pk, state="leased").update(leased_until=F("claimed_at"))
            if fate < 0.05:
                continue
        elif fate < 0.13:
            skip(**answer, reason="unsure")
            continue
        for _ in range(2 if fate > 0.9 else 1):
            with suppress(Refused):
                submit_judgment(**answer, key=key, shown=rng.choice(list(Shown)))


def mine_to_come(who, campaign):
    """Whether any open item is neither answered, held nor skipped by this person."""
    seen = Q(assignments__profile__user=who, assignments__state__in=["leased", "submitted", "skipped"])
    voted = Q(judgments__profile__user=who)
    free = Item.objects.filter(campaign=campaign, slots_left__gt=0)
    return free.exclude(pk__in=Item.objects.filter(seen | voted).values("pk")).exists()


def slots_are_conserved(campaign):
    """asked = left + leased + counted, on every item."""
    leased = Count("assignments", filter=Q(assignments__state="leased"), distinct=True)
    counted = Count("judgments", filter=Q(judgments__slot__isnull=False), distinct=True)
    off = campaign.items.annotate(leased=leased, counted=counted).exclude(
        slots_asked=F("slots_left") + F("leased") + F("counted")
    )
    return not off.exists()


def nobody_is_kept_from_what_they_may_have(campaign):
    """Whom an item names as given to holds, answered or skipped it."""
    ended = Assignment.objects.filter(item__campaign=campaign, state__in=["expired", "released"])
    kept = ended.filter(item__given_to__contains=[F("profile")]).exclude(
        Exists(
            Assignment.objects.filter(
                item=OuterRef("item"),
                profile=OuterRef("profile"),
                state__in=["leased", "submitted", "skipped"],
            )
        )
    )
    return not kept.exists()


@pytest.mark.django_db(transaction=True)
def test_sixteen_annotators_at_once_break_nothing():
    team = make_team("rush")
    campaign = create_campaign(who=team.lead, project=team.project, name="Rush", overlap=OVERLAP)
    queue_pairs(campaign, PAIRS)
    deadline = time.monotonic() + 60
    together(
        [
            lambda who=who, seed=seed: judge_all(who, campaign, seed, deadline)
            for seed, who in enumerate(annotators(team.project, THREADS))
        ]
    )
    sweep_leases()
    counted = Judgment.objects.filter(slot__isnull=False)
    over = counted.values("item").annotate(n=Count("pk")).filter(n__gt=OVERLAP)
    assert not over.exists()
    assert slots_are_conserved(campaign)
    assert nobody_is_kept_from_what_they_may_have(campaign)
    assert counted.count() == PAIRS * OVERLAP
    assert not Judgment.objects.values("item", "profile").annotate(n=Count("pk")).filter(n__gt=1).exists()
    assert campaign.items.filter(state="decided").count() == PAIRS


@pytest.mark.django_db(transaction=True)
def test_caps_hold_while_groups_race_for_the_same_pairs():
    team = make_team("caps")
    axis = define_axis(who=team.lead, project=team.project, name="locale", values=LOCALES)
    campaign = create_campaign(
        who=team.lead, project=team.project, name="Caps", overlap=2, caps={"locale": 1}
    )
    queue_pairs(campaign, 40)
    people = annotators(team.project, 12)
    for n, who in enumerate(people):
        choose_value(who=who, project=team.project, axis=axis, value=LOCALES[n % 3])
    deadline = time.monotonic() + 60
    together([lambda who=who, n=n: judge_all(who, campaign, n, deadline) for n, who in enumerate(people)])
    sweep_leases()
    votes = JudgmentGroup.objects.filter(judgment__slot__isnull=False)
    assert not votes.values("judgment__item", "value").annotate(n=Count("pk")).filter(n__gt=1).exists()
    assert slots_are_conserved(campaign)
    taken = [group for groups in campaign.items.values_list("groups", flat=True) for group in groups]
    assert len(taken) == votes.count() > 40


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_vote():
    team = make_team("double")
    campaign = create_campaign(who=team.lead, project=team.project, name="Double", overlap=1)
    queue_pairs(campaign, 1)
    mine, key, how = claim(who=team.annotator, campaign=campaign), uuid4(), []

    def click():
        done = submit_judgment(
            who=team.annotator,
            project=team.project,
            assignment_id=mine.pk,
            lease_token=mine.lease_token,
            key=key,
            shown=Shown.LEFT,
        )
        how.append(done.how)

    together([click] * 6)
    assert sorted(how) == ["again"] * 5 + ["counted"]
    assert Judgment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_tabs_claiming_at_once_hold_one_lease_per_item():
    team = make_team("tabs")
    campaign = create_campaign(who=team.lead, project=team.project, name="Tabs", overlap=3)
    queue_pairs(campaign, 3)
    together([lambda: claim(who=team.annotator, campaign=campaign)] * 8)
    held = Assignment.objects.filter(state="leased").values("item").annotate(n=Count("pk"))
    assert set(held.values_list("n", flat=True)) == {1}
    assert slots_are_conserved(campaign)
