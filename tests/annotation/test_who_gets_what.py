"""Who may be given which item: languages, fields, strata, own traces, warned-of material, people who have left."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from annotation import next_item
from annotation.actions.campaigns import create_campaign
from annotation.actions.claim import claim
from annotation.actions.give_back import skip, sweep_leases
from annotation.actions.leases import heartbeat
from annotation.actions.make_items import NewItem, make_items
from annotation.actions.profile import profile_of
from annotation.eligibility import own_surrogates
from annotation.models import AnnotatorProfile, Assignment, Item
from annotation.rules import Eligibility, Rules, as_stored, checked, read
from core.errors import Refused
from curation.models import CurationState, Trace

from .conftest import annotators, queue_pairs


def again(item, **more):
    """The same answers as a new item of another campaign, made now."""
    pair = item.pair
    return NewItem(item.version_id, (pair.response_a, pair.response_b), "variants", 0.5, **more)


def opened(team, name, **rules):
    return create_campaign(who=team.lead, project=team.project, name=name, overlap=1, rules=Rules(**rules))


def told(who, team, **said):
    """What a person's profile says."""
    profile = profile_of(who=who, project=team.project)
    AnnotatorProfile.objects.filter(pk=profile.pk).update(**said)


@pytest.fixture
def known(team, campaign):
    """A pair about lists, in German, asked by somebody in production."""
    (item,) = queue_pairs(campaign, 1)
    CurationState.objects.filter(version_id=item.version_id).update(domain="lists", language="de")
    return item


def test_an_item_goes_to_people_who_read_its_language_or_said_nothing(team, known):
    campaign = opened(team, "German")
    make_items(campaign=campaign, found=[again(known)])
    reader, other, silent = annotators(team.project, 3)
    told(reader, team, languages=["en", "de-AT"])
    told(other, team, languages=["fr"])
    assert claim(who=other, campaign=campaign) is None
    mine = claim(who=reader, campaign=campaign)
    assert mine.item.language == "de"
    skip(
        who=reader, project=team.project, assignment_id=mine.pk, lease_token=mine.lease_token, reason="unsure"
    )
    assert claim(who=silent, campaign=campaign)


def test_a_campaign_may_ask_for_a_language_of_its_people(team, known):
    campaign = opened(team, "French speakers", eligibility=Eligibility(languages=("fr",)))
    make_items(campaign=campaign, found=[again(known)])
    assert claim(who=team.annotator, campaign=campaign) is None
    told(team.annotator, team, languages=["fr", "de"])
    assert claim(who=team.annotator, campaign=campaign)


@pytest.mark.parametrize("field", ["lists", "Lists", "*"])
def test_a_stratum_that_needs_expertise_waits_for_those_who_have_it(team, known, field):
    campaign = opened(team, "Experts", eligibility=Eligibility(expertise=(field,)))
    make_items(campaign=campaign, found=[again(known)])
    assert claim(who=team.annotator, campaign=campaign) is None
    told(team.annotator, team, expertise=["lists"])
    assert claim(who=team.annotator, campaign=campaign)


def test_a_campaign_may_give_out_some_strata_only(team, known):
    campaign = opened(team, "Dates only", eligibility=Eligibility(strata=("dates",)))
    make_items(campaign=campaign, found=[again(known)])
    assert claim(who=team.annotator, campaign=campaign) is None


def test_nobody_judges_what_they_asked_themselves(team, known, people):
    (other,) = people(1)
    for name in (0, 1, 2):
        surrogate = own_surrogates(profile_of(who=team.annotator, project=team.project))[name]
        Trace.objects.update(user_key=surrogate)
        campaign = opened(team, f"Own {name}")
        make_items(campaign=campaign, found=[again(known)])
        assert claim(who=team.annotator, campaign=campaign) is None
        assert claim(who=other, campaign=campaign)


def test_warned_of_material_goes_to_people_who_agreed_and_so_many_a_day(team, known):
    campaign = opened(team, "Red team")
    make_items(campaign=campaign, found=[again(known, sensitive=True)])
    assert claim(who=team.annotator, campaign=campaign) is None
    told(team.annotator, team, sensitive_ok=True)
    mine = claim(who=team.annotator, campaign=campaign)
    assert mine.item.sensitive
    other = opened(team, "Red team again")
    make_items(campaign=other, found=[again(known, sensitive=True)])
    told(team.annotator, team, sensitive_per_day=1)
    assert claim(who=team.annotator, campaign=other) is None


def test_who_was_deactivated_gets_nothing_and_holds_nothing(team, campaign):
    queue_pairs(campaign, 2)
    held = claim(who=team.annotator, campaign=campaign)
    told(team.annotator, team, deactivated_at=timezone.now())
    assert sweep_leases() == 1
    held.refresh_from_db()
    assert held.state == "expired"
    assert claim(who=team.annotator, campaign=campaign) is None


def test_a_deactivated_users_leases_are_swept_too(team, campaign):
    queue_pairs(campaign, 1)
    claim(who=team.annotator, campaign=campaign)
    team.annotator.is_active = False
    team.annotator.save(update_fields=["is_active"])
    assert sweep_leases() == 1


def test_a_sign_of_life_starts_the_lease_anew_and_a_late_one_does_not(team, campaign):
    queue_pairs(campaign, 1)
    mine = claim(who=team.annotator, campaign=campaign, prefetch=True)
    beat = {
        "who": team.annotator,
        "project": team.project,
        "assignment_id": mine.pk,
        "lease_token": mine.lease_token,
    }
    until = heartbeat(**beat)
    mine.refresh_from_db()
    assert until == mine.leased_until > timezone.now() + timedelta(seconds=campaign.lease_seconds - 60)
    assert not mine.prefetch
    Assignment.objects.update(leased_until=Now() - timedelta(hours=1))
    sweep_leases()
    assert heartbeat(**beat) is None


def test_what_is_fetched_ahead_is_held_shortly_until_it_is_looked_at(team, campaign):
    queue_pairs(campaign, 3)
    first = claim(who=team.annotator, campaign=campaign)
    ahead = claim(who=team.annotator, campaign=campaign, besides=[first.pk], prefetch=True)
    assert ahead.prefetch
    assert ahead.leased_until < first.leased_until
    claim(who=team.annotator, campaign=campaign, besides=[ahead.pk], prefetch=True)
    Assignment.objects.filter(pk=first.pk).update(state="submitted")
    third = claim(who=team.annotator, campaign=campaign, besides=[ahead.pk], prefetch=True)
    ahead.refresh_from_db()
    assert third.prefetch
    assert not ahead.prefetch


def test_it_is_said_that_work_is_kept_for_others(team, known):
    campaign = opened(team, "Kept")
    make_items(campaign=campaign, found=[again(known, sensitive=True)])
    profile_of(who=team.annotator, project=team.project)
    asked = {"who": team.annotator, "project": team.project}
    assert next_item.kept_for_others(**asked, campaign=campaign) == 1
    assert next_item.waiting_for(**asked, kind="pair") == 1


def test_pairs_of_one_prompt_follow_each_other_where_the_campaign_wants_it(team):
    campaign = opened(team, "In sequence", in_sequence=True)
    items = queue_pairs(campaign, 4)
    assert len({item.prompt_group for item in items}) == 1
    Item.objects.filter(campaign=campaign).exclude(pk=items[0].pk).update(priority=0.1)
    other = opened(team, "Elsewhere")
    assert not Item.objects.filter(campaign=other).exists()
    first = claim(who=team.annotator, campaign=campaign)
    second = claim(who=team.annotator, campaign=campaign, besides=[first.pk], prefetch=True)
    assert second.item.prompt_group == first.item.prompt_group


def test_rules_survive_being_stored_and_old_ones_are_read_with_defaults():
    rules = Rules(caps={"locale": 1}, eligibility=Eligibility(languages=("de",)), gold_share=0.1)
    assert read(as_stored(rules)) == rules
    old = read({"tags": ["wrong"], "tags_version": 1, "requires": [], "caps": {"locale": 2}})
    assert (old.tags, old.caps, old.gold_share, old.adaptive) == (("wrong",), {"locale": 2}, 0.0, None)


@pytest.mark.parametrize(
    ("rules", "name"),
    [
        (Rules(gold_share=0.9), "gold_share"),
        (Rules(caps={"locale": 0}), "caps.locale"),
        (Rules(prefetch_seconds=1), "prefetch_seconds"),
        (Rules(overlap={"law": 99}), "overlap.law"),
        (Rules(sensitive_per_day=True), "sensitive_per_day"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused_by_name(rules, name):
    with pytest.raises(Refused, match=name.replace(".", r"\.")):
        checked(rules, overlap=2)
