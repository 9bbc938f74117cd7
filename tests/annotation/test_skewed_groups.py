"""Few people of two locales among many of one: pairs still get two locales, and the few are not worn out."""

import random
import statistics
from collections import Counter

from django.db.models import Count

from annotation.actions.campaigns import create_campaign
from annotation.actions.claim import claim
from annotation.actions.profile import choose_value, define_axis
from annotation.actions.submit import submit_judgment
from annotation.choices import Shown
from annotation.models import Judgment, JudgmentGroup
from annotation.rules import Rules
from tests.annotation.conftest import annotators, queue_pairs

LOCALES = ["de"] * 34 + ["en"] * 4 + ["fr"] * 2
PAIRS, OVERLAP = 80, 4


def judge(who, campaign):
    """One more answer of this person, in one way or another; False when nothing is left for them."""
    mine = claim(who=who, campaign=campaign)
    if mine is None:
        return False
    submit_judgment(
        who=who,
        project=campaign.project,
        assignment_id=mine.pk,
        lease_token=mine.lease_token,
        key=mine.pk,
        shown=Shown.LEFT,
    )
    return True


def test_pairs_get_two_locales_and_the_few_do_not_carry_twice_the_median(team):
    axis = define_axis(who=team.lead, project=team.project, name="locale", values=["de", "en", "fr"])
    campaign = create_campaign(
        who=team.lead,
        project=team.project,
        name="Skewed",
        overlap=OVERLAP,
        rules=Rules(distinct={"locale": 2}),
    )
    queue_pairs(campaign, PAIRS)
    people = annotators(team.project, len(LOCALES))
    for who, value in zip(people, LOCALES, strict=True):
        choose_value(who=who, project=team.project, axis=axis, value=value)
    rng, left = random.Random(7), list(people)
    while left:
        rng.shuffle(left)
        left = [who for who in left if judge(who, campaign)]
    votes = JudgmentGroup.objects.filter(judgment__slot__isnull=False)
    two = votes.values("judgment__item").annotate(n=Count("value", distinct=True)).filter(n__gte=2).count()
    assert two >= 0.95 * PAIRS
    assert campaign.items.filter(state="decided").count() == PAIRS
    load = Counter(Judgment.objects.values_list("profile__user", flat=True))
    median = statistics.median(load[who.pk] for who in people)
    few = [load[who.pk] for who, value in zip(people, LOCALES, strict=True) if value != "de"]
    assert max(few) <= 2 * median
