"""Simulated votes go through the same doors, carry the mark, and stay out of what people decided."""

import pytest

from annotation.actions.claim import claim
from annotation.actions.make_pairs import make_pairs
from annotation.actions.make_repairs import make_repairs
from annotation.actions.profile import define_axis
from annotation.actions.simulate import simulate_judgments
from annotation.models import AnnotatorProfile, Decision, Judgment, JudgmentGroup
from core.errors import PermissionRefused

from .conftest import conversation, store
from .decided import decided_preferences, repaired_answers, undecided_counts

PASSAGE = "A list is a mutable sequence, typically used to store collections of homogeneous items."


@pytest.fixture
def filled(team, campaign):
    """Twelve pairs of a grounded and an evasive answer."""
    for n in range(12):
        question = f"What is a list used for, case {n}?"
        for variant, answer in (
            ("good", f"A list is a mutable sequence used to store items {n}. Source: [1]"),
            ("bad", f"Perhaps something about networking, possibly number {n}."),
        ):
            store(team.project, conversation(question, answer, passages=[PASSAGE]), variant=variant)
    assert make_pairs(who=team.lead, campaign=campaign).total == 12
    return campaign


def test_every_simulated_vote_says_so(team, filled):
    assert simulate_judgments(who=team.lead, campaign=filled, limit=10, seed=1) == 10
    assert Judgment.objects.filter(simulated=True).count() == 10
    assert not Judgment.objects.filter(simulated=False).exists()
    assert all(
        p.user.is_simulated and not p.user.has_usable_password() for p in AnnotatorProfile.objects.all()
    )
    assert sum(Decision.objects.values_list("simulated", flat=True)) == 10


def test_simulated_preferences_come_out_only_when_asked_for(team, filled):
    simulate_judgments(who=team.lead, campaign=filled, limit=100, seed=1)
    assert not list(decided_preferences(team.project))
    wanted = list(decided_preferences(team.project, simulated=True))
    assert len(wanted) + sum(undecided_counts(team.project).values()) == 12
    assert sum("mutable" in one.winner.text for one in wanted) > 0.8 * len(wanted)


def test_simulation_ends_when_every_slot_is_taken(team, filled):
    assert simulate_judgments(who=team.lead, campaign=filled, limit=1_000, seed=1) == 24
    assert claim(who=team.annotator, campaign=filled) is None


def test_the_tail_of_the_queue_is_left_for_people(team, filled):
    assert simulate_judgments(who=team.lead, campaign=filled, limit=600, leave=4, seed=1) == 16
    mine = claim(who=team.annotator, campaign=filled)
    assert mine.item.slots_left == 1
    assert filled.items.filter(judgments__isnull=True).count() == 4


def test_simulated_people_have_a_value_on_every_axis(team, filled):
    define_axis(who=team.lead, project=team.project, name="locale", values=["de", "en", "fr"])
    simulate_judgments(who=team.lead, campaign=filled, limit=24, seed=1)
    assert set(JudgmentGroup.objects.values_list("value", flat=True)) == {"de", "en", "fr"}


def test_simulated_repairs_name_the_passage_and_change_nothing_else(team, repairs):
    for n in range(8):
        answer = f"A list is a mutable sequence used to store collections of homogeneous items, {n}."
        store(team.project, conversation(f"What is a list {n}?", answer, passages=[PASSAGE]))
    make_repairs(who=team.lead, campaign=repairs)
    simulate_judgments(who=team.lead, campaign=repairs, limit=8, seed=3)
    fixed = [one for one in repaired_answers(team.project, simulated=True) if one.outcome == "fixed"]
    assert fixed
    for one in fixed:
        assert one.response.text == f"{one.response.parent.text}\n\nSource: doc-0"
    assert len(list(decided_preferences(team.project, simulated=True))) == len(fixed)


def test_annotators_do_not_start_simulations(team, filled):
    with pytest.raises(PermissionRefused):
        simulate_judgments(who=team.annotator, campaign=filled, limit=1)
