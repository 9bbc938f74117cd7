"""What is made gold leaves the training data: as a pair, as an answer and as a veto."""

import pytest

from annotation.actions.gold import Right, mark_gold, write_gold
from annotation.models import Decision, Item
from annotation.station import read_station
from tests.snapshots.conftest import World
from tests.snapshots.test_build import excluded, rows


def test_a_decided_pair_that_becomes_gold_is_no_preference_and_speaks_for_no_answer(world: World) -> None:
    gold, kept = (world.pair(world.answer(f"{n}a"), world.answer(f"{n}b")) for n in (1, 2))
    mark_gold(who=world.team.lead, item=gold.item, right=Right("a", "It answers."))
    preferences = world.snapshot(kind="preference")
    assert (preferences.row_count, excluded(preferences)) == (1, {})
    assert preferences.manifest["counts"]["candidates"] == 1
    answers = world.snapshot()
    assert answers.manifest["counts"]["by_reason"] == {"pair_winner": 1}
    assert excluded(answers) == {"no_reason": 3}
    assert list(Decision.objects.values_list("item", flat=True)) == [kept.item_id]
    assert read_station(world.team.project).others[0].value == 1


def test_a_gold_pair_a_lead_wrote_is_not_counted_as_waiting_for_judgments(world: World) -> None:
    work = world.pair(world.answer("a"), world.answer("b"))
    write_gold(who=world.team.lead, item=work.item, text="Nonsense.", right=Right("a", "It answers."))
    snapshot = world.snapshot(kind="preference")
    assert (snapshot.row_count, excluded(snapshot)) == (1, {})


@pytest.mark.parametrize(
    ("outcome", "right"), [("accepted", "accept"), ("fixed", "fix"), ("dropped", "drop")]
)
def test_the_answer_of_a_gold_repair_is_no_row_whatever_speaks_for_it(
    world: World, outcome: str, right: str
) -> None:
    tested = world.answer("tested")
    decision = world.repair(tested, outcome, "mended" if outcome == "fixed" else "")
    world.thumb(tested, 1)
    world.repair(world.answer("other"), "accepted")
    mark_gold(who=world.team.lead, item=decision.item, right=Right(right, "So it is."))
    snapshot = world.snapshot()
    assert (len(rows(snapshot)), excluded(snapshot)) == (1, {"gold": 1})


def test_a_decision_whose_item_was_closed_is_training_data_no_longer(world: World) -> None:
    pair = world.pair(world.answer("a"), world.answer("b"))
    world.pair(world.answer("kept a"), world.answer("kept b"))
    drop = world.repair(world.answer("c"), "dropped")
    Item.objects.filter(pk__in=[pair.item_id, drop.item_id]).update(state="closed")
    preferences, answers = world.snapshot(kind="preference"), world.snapshot()
    assert (preferences.row_count, excluded(preferences)) == (1, {})
    assert (answers.row_count, excluded(answers)) == (1, {"no_reason": 4})
