"""Pairs from production: same question, different answers, and only what may be trained on."""

import pytest

from annotation.actions.make_pairs import make_pairs
from annotation.models import Item, Pair, Response
from annotation.pairing import same_question
from core.errors import PermissionRefused, Refused
from curation.conversation import message
from curation.models import Asset, AssetVersion, PinnedBody, Screening

from .conftest import conversation, store


def two_variants(
    team, question="What is a list?", answers=("A mutable sequence.", "A row of things."), **trace
):
    return [
        store(team.project, conversation(question, answer), variant=f"v{n}", **trace)
        for n, answer in enumerate(answers)
    ]


def test_two_variants_asked_the_same_make_a_pair(team, campaign):
    two_variants(team)
    store(team.project, conversation("Something else entirely?", "Yes."), variant="v1")
    made = make_pairs(who=team.lead, campaign=campaign)
    assert dict(made.made) == {"variants": 1}
    pair = Pair.objects.get()
    assert {pair.response_a.text, pair.response_b.text} == {"A mutable sequence.", "A row of things."}
    assert (pair.item.slots_asked, pair.item.slots_left) == (2, 2)
    assert PinnedBody.objects.count() == 2


def test_an_n_best_answer_and_its_alternative_make_a_pair(team, campaign):
    other = [[message("assistant", "A hash table with insertion order.")]]
    store(team.project, conversation("What is a dict?", "A mapping.", alternatives=other))
    made = make_pairs(who=team.lead, campaign=campaign)
    assert dict(made.made) == {"n_best": 1}
    assert set(Response.objects.values_list("origin", flat=True)) == {"production", "n_best"}


def test_asking_again_in_one_session_is_a_regeneration(team, campaign):
    for answer in ("Use a set.", "Sort it first."):
        store(team.project, conversation("How do I find duplicates?", answer), session_key="s1")
    assert dict(make_pairs(who=team.lead, campaign=campaign).made) == {"regeneration": 1}


def test_identical_answers_are_a_tie_and_are_not_shown(team, campaign):
    two_variants(team, answers=("A mutable sequence.", "A mutable  sequence.\n"))
    made = make_pairs(who=team.lead, campaign=campaign)
    assert made.total == 0
    assert made.not_made["identical"] == 1


def test_making_pairs_again_adds_only_what_is_new(team, campaign):
    two_variants(team)
    make_pairs(who=team.lead, campaign=campaign)
    two_variants(team, question="What is a set?", answers=("Unordered.", "Unique members."))
    assert make_pairs(who=team.lead, campaign=campaign, seed=7).total == 1
    for seed in range(8):
        made = make_pairs(who=team.lead, campaign=campaign, seed=seed)
        assert made.total == 0
        assert made.not_made["already there"] == 2
    assert Item.objects.count() == 2


@pytest.mark.parametrize(
    "trace",
    [
        {"training_use": "denied"},
        {"training_use": "unknown"},
        {"status": "error"},
        {"truncated": True},
        {"state": "open"},
    ],
)
def test_what_may_not_be_trained_on_is_not_judged(team, campaign, trace):
    two_variants(team, **trace)
    assert make_pairs(who=team.lead, campaign=campaign).total == 0


def test_what_a_quarantine_screening_hit_is_not_judged(team, campaign):
    one, _ = two_variants(team)
    asset = Asset.objects.create(project=team.project, kind="quarantine_set", name="held out")
    quarantine = AssetVersion.objects.create(
        project=team.project, asset=asset, number=1, sha256="0" * 64, body={}
    )
    Screening.objects.create(
        project=team.project, content_hash="c" * 64, quarantine=quarantine, verdict="hit", version=one
    )
    assert make_pairs(who=team.lead, campaign=campaign).total == 0


def test_another_projects_answers_are_never_used(team, other_team, campaign):
    two_variants(other_team)
    assert make_pairs(who=team.lead, campaign=campaign).total == 0


def test_only_leads_make_pairs_and_only_in_a_campaign_of_pairs(team, campaign, repairs):
    with pytest.raises(PermissionRefused):
        make_pairs(who=team.annotator, campaign=campaign)
    with pytest.raises(Refused, match="judges repairs"):
        make_pairs(who=team.lead, campaign=repairs)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("What is 2 + 2?", "what is 2 + 2?", True),
        ("What is 2 + 2?", "What is 2 + 3?", False),
        ("How do I sort a list in reverse order?", "How can I sort a list in reverse order please?", True),
        ("How do I sort a list?", "How do I open a socket?", False),
    ],
)
def test_near_same_questions_are_told_from_different_ones(one, other, same):
    assert same_question(one, other) is same
