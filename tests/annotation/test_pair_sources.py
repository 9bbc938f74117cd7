"""Pairs from mended answers, from hard negatives and from two trained models, each chosen by the lead."""

from uuid import uuid4

import pytest

from annotation.actions.claim import claim
from annotation.actions.make_pairs import make_pairs
from annotation.actions.make_repairs import make_repairs
from annotation.actions.pairs_from_samples import Sampled, pairs_from_samples
from annotation.actions.repair import submit_repair
from annotation.choices import RepairChoice
from annotation.informativeness import informativeness
from annotation.models import Pair, Response
from core.errors import PermissionRefused, Refused
from curation.models import HardNegative, PinnedBody, Trace

from .conftest import conversation, store
from .test_pages import url


def negative(team, *, positive="An ordered mapping.", rule="near_miss"):
    good = store(team.project, conversation("What is a dict?", positive))
    bad = store(team.project, conversation("What is a set?", "Unordered unique members."))
    return HardNegative.objects.create(
        project=team.project, rule="near_miss", prompt=good, negative=bad, positive=good, margin=0.1, stratum="x"
    )  # fmt: skip


def test_a_hard_negative_stands_against_the_good_answer_and_the_pair_names_it(team, campaign):
    one = negative(team)
    made = make_pairs(who=team.lead, campaign=campaign, sources=["hard_negative"])
    assert dict(made.made) == {"hard_negative": 1}
    pair = Pair.objects.select_related("item", "response_a", "response_b").get()
    assert pair.hard_negative == one
    assert (pair.item.version, pair.item.sampled) == (one.prompt, False)
    assert (pair.response_a.text, pair.response_b.origin) == ("An ordered mapping.", "hard_negative")
    assert PinnedBody.objects.count() == 2
    page = team.client(team.lead).get(url(team, "item", item_id=pair.pk)).content.decode()
    assert f"Hard negative {one.pk} of curation" in page
    assert str(one.negative.trace_id) in page


def test_a_hard_negative_that_may_not_be_trained_on_any_more_is_left_out(team, campaign):
    one = negative(team)
    Trace.objects.filter(pk=one.negative.trace_id).update(status="error")
    made = make_pairs(who=team.lead, campaign=campaign, sources=["hard_negative"])
    assert (made.total, dict(made.not_made)) == (0, {"not permitted": 1})


def test_one_without_a_good_answer_gives_nothing_to_compare(team, campaign):
    bad = store(team.project, conversation("What is 2 + 2?", "2 + 2 = 5."))
    HardNegative.objects.create(
        project=team.project, rule="wrong_arithmetic", prompt=bad, negative=bad, stratum="x", evidence={"said": 5}
    )  # fmt: skip
    made = make_pairs(who=team.lead, campaign=campaign, sources=["hard_negative"])
    assert (made.total, dict(made.not_made)) == (0, {"no good answer known": 1})


def test_a_mended_answer_is_judged_beside_what_it_was(team, campaign, repairs):
    store(team.project, conversation("What is a tuple?", "A tuple is a mutable list."))
    make_repairs(who=team.lead, campaign=repairs)
    mine = claim(who=team.annotator, campaign=repairs)
    submit_repair(
        who=team.annotator, project=team.project, assignment_id=mine.pk, lease_token=mine.lease_token,
        key=uuid4(), choice=RepairChoice.FIX, text="A tuple is an immutable sequence.",
    )  # fmt: skip
    made = make_pairs(who=team.lead, campaign=campaign, sources=["edited"])
    assert dict(made.made) == {"edited": 1}
    pair = Pair.objects.get(source="edited")
    assert (pair.response_a.origin, pair.response_a.parent) == ("fix", pair.response_b)
    again = make_pairs(who=team.lead, campaign=campaign, sources=["edited"])
    assert dict(again.not_made) == {"already there": 1}


def test_only_the_sources_asked_for_are_looked_at(team, campaign):
    negative(team)
    for variant, answer in (("v1", "A mutable sequence."), ("v2", "A row of things.")):
        store(team.project, conversation("What is a list?", answer), variant=variant)
    assert dict(make_pairs(who=team.lead, campaign=campaign).made) == {"variants": 1}
    with pytest.raises(Refused, match="where pairs come from"):
        make_pairs(who=team.lead, campaign=campaign, sources=["hearsay"])


def test_answers_of_two_models_are_judged_blind_and_redacted(team, campaign):
    version = store(team.project, conversation("What is a list?", "A sequence."))
    denied = store(team.project, conversation("What is a set?", "Members."), training_use="denied")
    samples = [
        Sampled(version.pk, "A mutable sequence, says jane.doe@example.com.", "A row of things."),
        Sampled(version.pk, "The same words.", "The same words."),
        Sampled(denied.pk, "One.", "Two."),
        Sampled(uuid4(), "One.", "Two."),
    ]
    made = pairs_from_samples(who=team.lead, campaign=campaign, models=("run-7", "run-8"), samples=samples)
    assert dict(made.made) == {"sampled": 1}
    assert dict(made.not_made) == {"identical": 1, "not permitted": 2}
    pair = Pair.objects.get()
    assert {pair.response_a.generator, pair.response_b.generator} == {"run-7", "run-8"}
    assert "jane.doe@example.com" not in Response.objects.get(pk=pair.response_a_id).text
    html = team.client(team.annotator).get(url(team, "judge")).content.decode()
    assert "A row of things." in html
    assert "run-7" not in html


def test_samples_of_one_model_or_by_somebody_else_are_refused(team, campaign):
    with pytest.raises(Refused, match="two models"):
        pairs_from_samples(who=team.lead, campaign=campaign, models=("m", "m"), samples=[])
    with pytest.raises(PermissionRefused):
        pairs_from_samples(who=team.annotator, campaign=campaign, models=("m", "n"), samples=[])


def test_the_lead_chooses_sources_on_the_page_and_is_told_what_was_not_made(team, campaign):
    negative(team)
    one = store(team.project, conversation("What is 2 + 2?", "2 + 2 = 5."))
    HardNegative.objects.create(
        project=team.project, rule="wrong_arithmetic", prompt=one, negative=one, stratum="x", evidence={"said": 5}
    )  # fmt: skip
    client = team.client(team.lead)
    fill = url(team, "campaign-fill", campaign_id=campaign.pk)
    said = client.post(fill, {"sources": ["hard_negative"], "limit": "10"}, follow=True).content.decode()
    assert "1 item was added" in said
    assert "1 without a good answer to compare with" in said
    refused = client.post(fill, {"sources": [], "limit": "0"}, follow=True).content.decode()
    assert "Where pairs come from" in refused
    assert "greater than or equal to 1" in refused


def test_informativeness_keeps_what_a_winner_hides():
    assert informativeness({}) is None
    assert informativeness({"cannot": 3}) is None
    sure, split = informativeness({"a": 3}), informativeness({"a": 2, "b": 1, "tie": 1, "cannot": 5})
    assert (sure.soft_label, sure.margin, sure.entropy) == (1, 1, 0)
    assert (split.soft_label, split.margin, split.votes) == (0.625, 0.25, 4)
    assert split.entropy == pytest.approx(0.946, abs=1e-3)
    assert informativeness({"a": 1, "both_bad": 1, "b": 1}).entropy == pytest.approx(1)
