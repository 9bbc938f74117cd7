"""What the queue's SQL gives out, what the pages count and what the bridge accepts are one and the same."""

from itertools import product

import pytest
from django.db import connection

from annotation import course
from annotation.actions.gold import Right, mark_gold
from annotation.actions.profile import profile_of
from annotation.bridge.eligible import require_eligible
from annotation.bridge.push import pushable
from annotation.eligibility import SUITS, Seeker, asked_of, seeker_of, suits, why_not
from annotation.models import AnnotatorProfile, Campaign, Item
from annotation.rules import Eligibility, Rules, as_stored
from core.errors import Refused

from .conftest import queue_pairs

MINE, OTHERS = "user-mine", "user-other"
KINDS = list(product(("law", "Law", "tax", ""), ("", "de", "fr"), (False, True), ([], [MINE], [OTHERS])))


@pytest.fixture
def items(campaign):
    """One item of every kind the conditions tell apart."""
    (like,) = queue_pairs(campaign, 1)
    return Item.objects.bulk_create(
        Item(
            project=campaign.project, campaign=campaign, kind="pair", version=like.version, fingerprint=f"kind {n}",
            stratum=stratum, language=language, sensitive=sensitive, asked_by=asked_by, slots_asked=1, slots_left=1,
        )
        for n, (stratum, language, sensitive, asked_by) in enumerate(KINDS)
    )  # fmt: skip


def given_by_sql(campaign, seeker):
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT i.id FROM annotation_item i WHERE i.campaign_id = %(campaign)s {SUITS}",
            {"campaign": campaign.pk, **asked_of(seeker)},
        )
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.parametrize("languages", [None, ["de"], ["de", "fr"]], ids=str)
@pytest.mark.parametrize(
    ("strata", "not_strata"),
    [(None, []), (["law"], []), (None, ["tax"]), (["law", "tax"], ["law"]), ([], [])],
    ids=str,
)
@pytest.mark.parametrize("sensitive", [False, True], ids=["careful", "willing"])
@pytest.mark.parametrize("own", [[], [MINE]], ids=["nobody", "asker"])
def test_the_sql_of_a_claim_and_the_count_of_a_page_agree_on_every_kind_of_item(
    team, campaign, items, languages, strata, not_strata, sensitive, own
):
    seeker = Seeker(
        profile=profile_of(who=team.annotator, project=team.project),
        languages=languages, strata=strata, not_strata=not_strata, sensitive=sensitive, own=own,
    )  # fmt: skip
    by_sql = given_by_sql(campaign, seeker)
    counted = suits(Item.objects.filter(campaign=campaign), seeker)
    assert by_sql == set(counted.values_list("pk", flat=True))
    sample = items[:: max(1, len(items) // 6)]
    assert {one.pk for one in sample if why_not(one, seeker) is None} == by_sql & {one.pk for one in sample}


@pytest.mark.parametrize(
    "rules",
    [
        Eligibility(),
        Eligibility(languages=("de",)),
        Eligibility(expertise=("*",)),
        Eligibility(expertise=("Law",), strata=("law", "tax")),
        Eligibility(match_language=False),
    ],
    ids=["anybody", "german", "experts", "lawyers", "any language"],
)
@pytest.mark.parametrize("willing", [False, True])
def test_the_bridge_and_the_board_believe_the_same_of_a_person(team, campaign, items, rules, willing):
    Campaign.objects.filter(pk=campaign.pk).update(rules=as_stored(Rules(eligibility=rules)))
    profile = profile_of(who=team.annotator, project=team.project)
    AnnotatorProfile.objects.filter(pk=profile.pk).update(
        languages=["de-at"], expertise=["law"], sensitive_ok=willing
    )
    profile.refresh_from_db()
    seeker = seeker_of(profile, Rules(eligibility=rules))
    given = given_by_sql(campaign, seeker)
    for item in Item.objects.filter(campaign=campaign).select_related("campaign"):
        assert accepted(item, profile) == (item.pk in given), (item.stratum, item.language, item.sensitive)
        board = course.suits(
            profile, item.stratum, item.language, item.sensitive, rules=Rules(eligibility=rules)
        )
        assert board == (item.pk in given), "the board knows kinds, nobody's own traces stand among these"


def accepted(item, profile):
    try:
        require_eligible(item, profile)
    except Refused:
        return False
    return True


def test_a_refusal_names_the_condition(team, campaign, items):
    profile = profile_of(who=team.annotator, project=team.project)
    AnnotatorProfile.objects.filter(pk=profile.pk).update(languages=["de"])
    profile.refresh_from_db()
    french = next(item for item in items if item.language == "fr" and not item.sensitive)
    warned = next(item for item in items if item.language == "de" and item.sensitive)
    with pytest.raises(Refused, match="does not read its language"):
        require_eligible(french, profile)
    with pytest.raises(Refused, match="warning this person did not accept"):
        require_eligible(warned, profile)


def test_gold_and_warned_of_material_never_go_to_argilla_and_come_back_from_nobody(team, campaign):
    work, known, warned = queue_pairs(campaign, 3)
    gold = mark_gold(who=team.lead, item=known, right=Right("a", "The second invents a source."))
    Item.objects.filter(pk=warned.pk).update(sensitive=True)
    assert list(pushable(campaign)) == [work]
    gold = Item.objects.select_related("campaign").get(pk=gold.pk)
    assert not accepted(gold, profile_of(who=team.annotator, project=team.project))
