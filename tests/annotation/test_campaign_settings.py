"""A name makes a campaign; its settings change while people work, leave what is there alone, and are audited old and new."""

import pytest
from django.urls import reverse

from annotation.actions.change_campaign import change_campaign
from annotation.actions.claim import claim
from annotation.actions.profile import define_axis
from annotation.campaign_form import CampaignForm, initial_of
from annotation.models import Campaign, Item
from annotation.rules import Adaptive, Eligibility, Rules, read
from core.errors import PermissionRefused, Refused
from core.models import AuditEntry

from .conftest import queue_pairs
from .test_my_work import judged


def changed(team, campaign, **more):
    now = {
        "name": campaign.name,
        "overlap": campaign.overlap,
        "lease_seconds": campaign.lease_seconds,
        "guidelines": campaign.guidelines,
        "rules": read(campaign.rules),
    }
    done = change_campaign(who=team.lead, campaign=campaign, **(now | more))
    campaign.refresh_from_db()
    return done


def posted(form):
    """What a browser sends of a form nobody touched: every field that holds something, boxes only where ticked."""
    return {
        name: value
        for name, value in ((bound.name, bound.value()) for bound in form)
        if value not in (None, "", False, [])
    }


def test_a_name_is_enough_and_a_fifth_is_judged_twice_and_conflicts_a_third_time(team):
    client, url = team.client(team.lead), reverse("annotation:campaign-new", args=[team.project.slug])
    form = client.get(url).context["form"]
    client.post(url, posted(form) | {"name": "First"})
    made = Campaign.objects.get()
    assert (made.overlap, read(made.rules).adaptive) == (1, Adaptive(share=0.2, most=3))
    assert read(made.rules).tags == Rules().tags


def test_saving_the_page_untouched_changes_nothing(team, campaign):
    define_axis(who=team.lead, project=team.project, name="locale", values=["de", "en"])
    changed(
        team,
        campaign,
        rules=Rules(
            caps={"locale": 1},
            distinct={"locale": 2},
            overlap={"law": 3},
            adaptive=Adaptive(0.3, 4),
            eligibility=Eligibility(("de",), ("law",), ("law", "tax"), match_language=False),
            gold_share=0.05,
            cost_per_hour=18.5,
            cost_per_answer=0.1,
        ),
    )
    before = campaign.rules
    url = reverse("annotation:campaign-settings", args=[team.project.slug, campaign.pk])
    client = team.client(team.lead)
    answer = client.post(url, posted(client.get(url).context["form"]), follow=True)
    assert "Nothing was different" in answer.content.decode()
    campaign.refresh_from_db()
    assert campaign.rules == before


def test_every_setting_of_the_page_reaches_the_rules(team, campaign):
    axis = define_axis(who=team.lead, project=team.project, name="locale", values=["de", "en"])
    form = {name: value for name, value in initial_of(campaign).items() if value not in (None, False, "")}
    form |= {
        "overlap": 2, "adaptive": "on", "share": 50, "most": 5, "stop_early": "on", "by_stratum": "law: 4\n\ntax: 1",
        "requires": ["tags"], "tags": ["wrong"], "languages": "pt-BR, de", "expertise": "*", "strata": "law, tax",
        "lease_minutes": 3, "in_sequence": "on", "active": "on", "floor": 40, "gold_share": 7, "gold_per_day": 9,
        "sensitive_per_day": 0, "cost_per_hour": "21.5", "cost_per_answer": "0.25", "currency": "usd",
        f"cap-{axis.pk}": 1, f"distinct-{axis.pk}": 2,
    }  # fmt: skip
    del form["match_language"]
    url = reverse("annotation:campaign-settings", args=[team.project.slug, campaign.pk])
    assert team.client(team.lead).post(url, form).status_code == 302
    campaign.refresh_from_db()
    rules = read(campaign.rules)
    assert campaign.lease_seconds == 180
    assert rules.adaptive == Adaptive(0.5, 5)
    assert (rules.stop_early, rules.overlap, rules.requires) == (True, {"law": 4, "tax": 1}, ("tags",))
    assert (rules.tags, rules.tags_version) == (("wrong",), 2)
    assert rules.eligibility == Eligibility(("de", "pt-br"), ("*",), ("law", "tax"), match_language=False)
    assert (rules.caps, rules.distinct) == ({"locale": 1}, {"locale": 2})
    assert (rules.in_sequence, rules.selection.active, rules.selection.floor) == (True, True, 0.4)
    assert (rules.gold_share, rules.gold_per_day, rules.sensitive_per_day) == (0.07, 9, 0)
    assert (rules.cost_per_hour, rules.cost_per_answer, rules.currency) == (21.5, 0.25, "USD")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("by_stratum", "law three", "is not a stratum"),
        ("by_stratum", "law: 99", "is not a stratum"),
        ("by_stratum", "\n".join(f"s{n}: 2" for n in range(51)), "names 51 strata; it names at most 50"),
        ("by_stratum", "x" * 81 + ": 2", "cannot be a stratum"),
        ("languages", "german", "no language tag"),
        ("currency", "money", "at most 3"),
        ("currency", "E1R", "three letters"),
        ("overlap", "0", "greater than or equal to 1"),
        ("gold_share", "80", "less than or equal to 50"),
        ("name", "", "required"),
    ],
)
def test_what_cannot_be_kept_is_named_at_its_field_and_nothing_changes(team, campaign, field, value, said):
    form = CampaignForm({**initial_of(campaign), field: value}, project=team.project, campaign=campaign)
    assert not form.is_valid()
    assert any(said in error for error in form.errors[field])


def test_the_audit_says_what_was_and_what_is(team, campaign):
    changed(team, campaign, name="New name", rules=Rules(gold_share=0.1))
    entry = AuditEntry.objects.get(verb="annotation.change_campaign")
    assert entry.data["changes"] == {
        "name": ["Which is better", "New name"],
        "rules.gold_share": [0.0, 0.1],
    }


def test_another_list_of_reasons_is_a_new_version_and_answers_keep_theirs(team, campaign):
    queue_pairs(campaign, 2)
    first = judged(team.annotator, campaign)
    changed(team, campaign, rules=Rules(tags=("wrong",)))
    second = judged(team.annotator, campaign)
    assert [one.revisions.get().tags_version for one in (first, second)] == [1, 2]
    changed(team, campaign, rules=Rules(tags=("wrong",), gold_share=0.1))
    assert read(campaign.rules).tags_version == 2


def test_overlap_lowered_below_the_votes_that_are_in_keeps_them_and_decides_the_item(team, campaign, people):
    (full, waiting) = queue_pairs(campaign, 2)
    changed(team, campaign, overlap=3)
    for who in people(2):
        assert judged(who, campaign).item_id == full.pk
    changed(team, campaign, overlap=1)
    full.refresh_from_db()
    waiting.refresh_from_db()
    assert (full.slots_asked, full.slots_left, full.state) == (2, 0, "decided")
    assert (waiting.slots_asked, waiting.slots_left) == (1, 1)


def test_a_stratum_with_a_number_of_its_own_keeps_to_it(team, campaign):
    (item,) = queue_pairs(campaign, 1)
    changed(team, campaign, overlap=1, rules=Rules(overlap={item.stratum: 4}))
    assert Item.objects.get().slots_asked == 4
    changed(team, campaign, overlap=2)
    assert Item.objects.get().slots_asked == 4


def test_a_lease_survives_every_change_of_settings(team, campaign):
    queue_pairs(campaign, 1)
    held = claim(who=team.annotator, campaign=campaign)
    changed(team, campaign, overlap=1, lease_seconds=60, rules=Rules(requires=("tags",)))
    held.refresh_from_db()
    assert held.state == "leased"


def test_only_leads_and_administrators_change_a_campaign_and_only_with_guidelines_of_its_project(
    team, campaign
):
    now = {"name": "x", "overlap": 2, "lease_seconds": 600, "guidelines": None, "rules": Rules()}
    for person in (team.annotator, team.engineer):
        with pytest.raises(PermissionRefused):
            change_campaign(who=person, campaign=campaign, **now)
    with pytest.raises(Refused, match="no axis"):
        change_campaign(who=team.lead, campaign=campaign, **(now | {"rules": Rules(caps={"age": 1})}))
