"""Identical answers are ties of their own kind: recorded once, counted for both models, said by nobody, asked of nobody."""

import pytest
from django.db import Error, IntegrityError, connection, transaction

from annotation.actions.claim import claim
from annotation.actions.make_items import NewItem, make_items
from annotation.actions.make_pairs import make_pairs
from annotation.actions.pairs_from_samples import Sampled, pairs_from_samples
from annotation.actions.responses import NewResponse, store_responses
from annotation.models import AutomaticTie, Decision, Item, Judgment, Response
from annotation.quality.reading import read_votes
from annotation.win_rates import Compared, win_rates
from curation.conversation import message

from .conftest import conversation, store
from .test_make_pairs import two_variants


@pytest.fixture
def tie(team, campaign) -> AutomaticTie:
    two_variants(team, answers=("A mutable sequence.", "A mutable  sequence.\n"))
    assert make_pairs(who=team.lead, campaign=campaign).ties == 1
    return AutomaticTie.objects.get()


def test_it_is_recorded_with_both_models_and_nobody_is_asked(team, campaign, tie):
    assert (tie.generator_a, tie.generator_b, tie.source) == ("v0", "v1", "variants")
    assert not Item.objects.exists()
    assert not Judgment.objects.exists()
    assert not Decision.objects.exists()
    assert claim(who=team.annotator, campaign=campaign) is None


def test_it_is_recorded_once_and_stays_counted_as_not_made(team, campaign, tie):
    again = make_pairs(who=team.lead, campaign=campaign, seed=3)
    assert (again.ties, again.not_made["identical"]) == (0, 1)
    assert AutomaticTie.objects.count() == 1


def test_templated_and_empty_answers_are_left_out_and_are_no_ties(team, campaign):
    two_variants(team, answers=("**Yes**, it is.", "Yes, it is"))
    made = make_pairs(who=team.lead, campaign=campaign)
    assert (made.not_made["templated"], made.ties) == (1, 0)


def test_two_models_that_say_the_very_same_are_a_tie_too(team, campaign):
    version = store(team.project, conversation("What is a list?", "A sequence."))
    samples = [Sampled(version.pk, "A row.", "A row.")]
    assert (
        pairs_from_samples(who=team.lead, campaign=campaign, models=("one", "two"), samples=samples).ties == 1
    )
    assert (
        pairs_from_samples(who=team.lead, campaign=campaign, models=("two", "one"), samples=samples).ties == 0
    )
    assert (
        pairs_from_samples(who=team.lead, campaign=campaign, models=("one", "six"), samples=samples).ties == 1
    )
    assert AutomaticTie.objects.filter(response_a=Response.objects.get()).count() == 2


SPACES = "\t\n\v\f\r \x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2006\u200a\u2028\u2029\u202f\u205f\u3000"


@pytest.mark.parametrize("space", SPACES, ids=[f"{ord(one):04x}" for one in SPACES])
def test_the_database_agrees_on_what_is_white_space(team, campaign, space):
    two_variants(team, answers=("A row", f"{space}A{space}{space}row{space}"))
    assert make_pairs(who=team.lead, campaign=campaign).ties == 1


def test_the_database_agrees_on_composed_letters(team, campaign):
    two_variants(team, answers=("cafe\u0301", "caf\u00e9"))
    assert make_pairs(who=team.lead, campaign=campaign).ties == 1


def copied(tie, **changes):
    fields = (
        "project_id",
        "campaign_id",
        "version_id",
        "response_a_id",
        "response_b_id",
        "source",
        "fingerprint",
    )
    kept = {name: getattr(tie, name) for name in fields}
    return kept | {"generator_a": "a", "generator_b": "b"} | changes


def test_the_database_refuses_a_tie_of_different_words(team, tie):
    (other,) = store_responses(
        project_id=team.project.pk,
        found=[NewResponse(tie.version_id, "production", "v9", [message("assistant", "A tree.")])],
    )
    with pytest.raises(IntegrityError, match="same words"), transaction.atomic():
        AutomaticTie.objects.create(**copied(tie, response_b_id=other.pk, fingerprint="f"))


def test_the_database_refuses_one_answer_of_one_model_as_a_tie(tie):
    with pytest.raises(IntegrityError, match="automatic_tie_of_two"), transaction.atomic():
        AutomaticTie.objects.create(
            **copied(tie, response_b_id=tie.response_a_id, generator_b="a", fingerprint="f")
        )


def test_the_database_refuses_to_put_a_tie_before_people_or_to_make_one_of_what_they_are_asked(
    team, campaign, tie
):
    new = NewItem(tie.version_id, (tie.response_a, tie.response_b), "variants", 1.0)
    with pytest.raises(IntegrityError, match="before nobody"), transaction.atomic():
        make_items(campaign=campaign, found=[new])
    two_variants(team, question="And a set?", answers=("Unordered.", "Unique."))
    make_pairs(who=team.lead, campaign=campaign)
    item = Item.objects.get()
    with pytest.raises(IntegrityError, match="no automatic tie"), transaction.atomic():
        AutomaticTie.objects.create(**copied(tie, fingerprint=item.fingerprint))


def test_the_database_never_changes_or_removes_one(tie):
    for statement in (
        "UPDATE annotation_automatictie SET generator_a = 'x'",
        "DELETE FROM annotation_automatictie",
    ):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert AutomaticTie.objects.count() == 1


def test_a_tie_of_another_project_is_refused(team, other_team, tie):
    with pytest.raises(IntegrityError, match="same words"), transaction.atomic():
        AutomaticTie.objects.create(**copied(tie, project_id=other_team.project.pk))


def test_win_rates_count_each_as_half_a_win_and_say_how_many():
    judged = [Compared("x", "y", 1.0), Compared("x", "y", 1.0), Compared("x", "x", 1.0)]
    first, second = win_rates(judged, {("x", "y"): 2, ("x", "x"): 9, ("", "x"): 9})
    assert (first.model, first.rate.value, first.rate.n, first.automatic) == ("x", 0.75, 4, 2)
    assert (second.model, second.rate.value, second.rate.n, second.automatic) == ("y", 0.25, 4, 2)


def test_the_reading_of_a_campaign_holds_them_and_a_new_one_makes_a_new_report(team, campaign, tie):
    before = read_votes(campaign)
    assert before.ties == {("v0", "v1"): 1}
    assert before.votes == []
    two_variants(team, question="And a set?", answers=("Same.", "Same. "))
    make_pairs(who=team.lead, campaign=campaign)
    assert read_votes(campaign).votes_hash != before.votes_hash


def test_the_campaign_page_and_the_api_name_them(team, campaign, tie):
    page = team.client(team.lead).get(f"/p/{team.project.slug}/annotation/campaigns/{campaign.pk}/")
    assert "The same answer twice" in page.content.decode()
    api = team.client(team.lead).get(
        f"/api/v1/projects/{team.project.slug}/campaigns/{campaign.pk}/statistics/"
    )
    assert api.json()["automatic_ties"] == 1
