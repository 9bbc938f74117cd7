"""The pages over real rows: blind, working without script, and closed to those whose role does not carry them."""

import re
import time
from uuid import uuid4

import pytest
from django.urls import reverse

from annotation.actions.claim import claim
from annotation.actions.make_pairs import make_pairs
from annotation.actions.make_repairs import make_repairs
from annotation.actions.profile import define_axis
from annotation.actions.simulate import simulate_judgments
from annotation.models import Assignment, Item, Judgment, ProfileValue

from .conftest import conversation, store

SCRIPT = {"HTTP_X_WINNOW_JUDGING": "1"}


@pytest.fixture
def filled(team, campaign):
    """Three pairs from two variants whose names must not reach an annotator."""
    for n in range(3):
        for variant in ("secret-model-one", "secret-model-two"):
            value = conversation(
                f"What is a list, {n}?", f"**Answer** {n} {variant[-3:]}", passages=["A passage."]
            )
            value["messages"][1]["model"] = variant
            store(team.project, value, variant=variant, model=variant)
    make_pairs(who=team.lead, campaign=campaign)
    return campaign


def url(team, name, **more):
    return reverse(f"annotation:{name}", kwargs={"slug": team.project.slug, **more})


def fields(html):
    """The hidden fields of the first card."""
    return {
        "assignment": re.search(r'name="assignment" value="([^"]+)"', html)[1],
        "lease_token": re.search(r'name="lease_token" value="([^"]+)"', html)[1],
    }


def test_the_judging_page_holds_this_pair_and_the_next_and_no_models_name(team, filled):
    response = team.client(team.annotator).get(url(team, "judge") + "?round=20")
    html = response.content.decode()
    assert html.count("data-card ") == 2
    assert len(re.findall(r'<strong><span data-s="\d+">Answer</span></strong>', html)) == 4
    assert "A passage." in html
    assert "secret-model" not in html
    for item in Item.objects.select_related("pair"):
        assert str(item.pk) not in html
        assert str(item.pair.response_a_id) not in html
        assert str(item.version_id) not in html


def test_without_script_the_form_alone_saves_and_goes_on(team, filled):
    client = team.client(team.annotator)
    html = client.get(url(team, "judge")).content.decode()
    response = client.post(
        url(team, "submit"), {**fields(html), "choice": "left", "tags": ["wrong"]}, follow=True
    )
    assert "Saved." in response.content.decode()
    assert Judgment.objects.get().revisions.get().tags == ["wrong"]


def test_the_script_gets_the_next_card_and_what_became_of_the_answer(team, filled):
    client = team.client(team.annotator)
    first, second = re.findall(r'data-assignment="([^"]+)"', client.get(url(team, "judge")).content.decode())
    lease = Assignment.objects.get(pk=first)
    answer = {
        "assignment": first,
        "lease_token": lease.lease_token,
        "choice": "both_bad",
        "have": f"{first} {second}",
        "key": uuid4(),
    }
    response = client.post(url(team, "submit"), answer, **SCRIPT)
    assert response["X-Winnow-Answer"] == "counted"
    (third,) = re.findall(r'data-assignment="([^"]+)"', response.content.decode())
    assert third not in (first, second)
    again = client.post(url(team, "submit"), answer, **SCRIPT)
    assert again["X-Winnow-Answer"] == "again"


def test_when_nothing_is_left_the_page_says_so(team, campaign):
    html = team.client(team.annotator).get(url(team, "judge")).content.decode()
    assert "Nothing left for you here" in html


def test_when_others_hold_the_rest_the_page_says_that(team, campaign, people):
    store(team.project, conversation("Why?", "Because."), variant="x")
    store(team.project, conversation("Why?", "Therefore."), variant="y")
    make_pairs(who=team.lead, campaign=campaign)
    for who in people(2):
        claim(who=who, campaign=campaign)
    html = team.client(team.annotator).get(url(team, "judge")).content.decode()
    assert "Everything left is being judged right now" in html


def test_an_answer_can_be_changed_from_my_work(team, filled):
    client = team.client(team.annotator)
    html = client.get(url(team, "judge")).content.decode()
    client.post(url(team, "submit"), {**fields(html), "choice": "left_clear"})
    work = client.get(url(team, "my-work")).content.decode()
    assert "A much better" in work
    change = url(team, "revise", assignment_id=fields(html)["assignment"])
    assert change in work
    assert 'data-chosen="left_clear"' in client.get(change).content.decode()
    client.post(change, {"choice": "tie"})
    assert [r.choice for r in Judgment.objects.get().revisions.order_by("number")][-1] == "tie"


def test_nobody_opens_anothers_answer_by_its_id(team, filled, people):
    client = team.client(team.annotator)
    html = client.get(url(team, "judge")).content.decode()
    client.post(url(team, "submit"), {**fields(html), "choice": "left"})
    (other,) = people(1)
    response = team.client(other).get(url(team, "revise", assignment_id=fields(html)["assignment"]))
    assert response.status_code == 404


def test_a_skip_a_report_and_a_release_end_the_lease(team, filled):
    client = team.client(team.annotator)
    for name, more in (("release", {}), ("skip", {"reason": "unsure"}), ("flag", {"reason": "broken"})):
        html = client.get(url(team, "judge")).content.decode()
        lease = fields(html[html.rindex("data-card") :] if name == "release" else html)
        response = client.post(url(team, name), {**lease, **more}, **SCRIPT)
        assert response.status_code in (200, 204)
        assert Assignment.objects.get(pk=lease["assignment"]).state in ("skipped", "released")


def test_a_broken_form_is_refused_by_field(team, filled):
    response = team.client(team.annotator).post(url(team, "submit"), {"assignment": "nonsense"})
    assert response.status_code == 400
    assert "assignment" in response.content.decode()


def test_the_differences_are_marked_on_each_side(team, filled):
    client = team.client(team.annotator)
    html = client.get(url(team, "judge")).content.decode()
    response = client.get(url(team, "diff", assignment_id=fields(html)["assignment"]))
    assert "<del>" in response.content.decode()
    assert "<ins>" in response.content.decode()


def test_a_repair_is_saved_and_an_unchanged_fix_comes_back_with_the_reason(team, repairs):
    store(team.project, conversation("What is a tuple?", "A tuple is a mutable list."))
    make_repairs(who=team.lead, campaign=repairs)
    client = team.client(team.annotator)
    html = client.get(url(team, "repair")).content.decode()
    form = {**fields(html), "key": uuid4(), "choice": "fix", "text": "A tuple is a mutable list."}
    refused = client.post(url(team, "repair-submit"), form)
    assert refused.status_code == 409
    assert "unchanged" in refused.content.decode()
    changes = client.post(url(team, "repair-diff"), form | {"text": "A tuple is an immutable list."})
    assert "<ins>" in changes.content.decode()
    client.post(url(team, "repair-submit"), form | {"text": "A tuple is an immutable list."})
    assert Judgment.objects.filter(item__kind="repair").count() == 1
    change = url(team, "repair-revise", assignment_id=form["assignment"])
    assert "A tuple is an immutable list." in client.get(change).content.decode()
    client.post(change, {"choice": "drop"})
    assert Judgment.objects.get(item__kind="repair").revisions.count() == 2
    assert client.get(url(team, "repair")).status_code == 200


def test_the_board_shows_progress_agreement_diversity_and_how_much_is_simulated(team, filled):
    define_axis(who=team.lead, project=team.project, name="locale", values=["de", "en"])
    simulate_judgments(who=team.lead, campaign=filled, limit=6, seed=1)
    client = team.client(team.lead)
    html = client.get(url(team, "campaign", campaign_id=filled.pk)).content.decode()
    assert "6 of 6 simulated" in html
    assert "Krippendorff" in html
    assert "locale" in html
    assert client.get(url(team, "campaigns")).status_code == 200
    item = Item.objects.select_related("version").first()
    page = client.get(url(team, "item", item_id=item.pk)).content.decode()
    (lineage,) = re.findall(r'href="([^"]*/lineage/[^"]*)"', page)
    assert client.get(lineage).status_code == 200


def test_a_lead_opens_fills_and_closes_a_campaign_on_pages_alone(team, filled):
    client = team.client(team.lead)
    made = client.post(url(team, "campaign-new"), {"name": "Second look", "kind": "pair", "overlap": 3})
    assert made.status_code == 302
    filling = client.post(made.url + "fill/", follow=True)
    assert "3 items were added" in filling.content.decode()
    closing = client.post(made.url + "state/", {"state": "closed"}, follow=True)
    assert "Closed" in closing.content.decode()
    twice = client.post(url(team, "campaign-new"), {"name": "Second look", "kind": "pair", "overlap": 3})
    assert "already a campaign" in twice.content.decode()


def test_what_one_says_about_oneself_is_chosen_and_erased(team, campaign):
    axis = define_axis(who=team.lead, project=team.project, name="locale", values=["de", "en"])
    client = team.client(team.annotator)
    assert "prefer not to say" in client.get(url(team, "profile")).content.decode()
    client.post(url(team, "profile-axes"), {f"axis-{axis.pk}": "de"})
    assert ProfileValue.objects.get().value == "de"
    client.post(url(team, "profile-erase"))
    assert not ProfileValue.objects.exists()


@pytest.mark.parametrize(
    ("who", "name", "status"),
    [
        ("engineer", "judge", 403),
        ("engineer", "my-work", 403),
        ("annotator", "campaigns", 403),
        ("annotator", "campaign-new", 403),
        ("engineer", "campaigns", 200),
        ("engineer", "campaign-new", 403),
    ],
)
def test_each_page_takes_its_role(team, campaign, who, name, status):
    assert team.client(getattr(team, who)).get(url(team, name)).status_code == status


def test_a_campaign_of_the_other_kind_is_not_judged_here(team, campaign, repairs):
    client = team.client(team.annotator)
    assert client.get(url(team, "judge") + f"?campaign={repairs.pk}").status_code == 404
    assert client.get(url(team, "repair") + f"?campaign={campaign.pk}").status_code == 404
    assert client.get(url(team, "judge") + "?campaign=nonsense").status_code == 404


def test_a_stranger_finds_no_project(team, other_team, campaign):
    client = other_team.client(other_team.lead)
    for name in ("judge", "my-work", "campaigns", "repair"):
        assert client.get(url(team, name)).status_code == 404


def test_hostile_and_huge_answers_are_shown_harmless_and_fast(team, campaign):
    hostile = "<script>alert(1)</script><svg onload=alert(2)> [x](javascript:alert(3)) ![](http://evil.example/p.png)"
    huge = "a bidi \u202e mark and one line " + "without a break " * 70_000
    for variant, text in (("one", hostile), ("two", huge)):
        store(team.project, conversation("What is it?", text), variant=variant)
    make_pairs(who=team.lead, campaign=campaign)
    began = time.perf_counter()
    html = team.client(team.annotator).get(url(team, "judge")).content.decode()
    assert time.perf_counter() - began < 10
    assert "<script>alert" not in html
    assert "<svg onload" not in html
    assert 'href="javascript' not in html
    assert 'src="http://evil' not in html
    assert "\u202e" not in html
