"""A row that rests on one turn ends with it, and none goes beyond a turn that people mended or dropped."""

import pytest

from annotation.models import Decision, JudgmentRevision
from curation.conversation import message
from curation.models import ConversationVersion
from snapshots.models import RowJudgment, Snapshot
from tests.snapshots.conftest import World
from tests.snapshots.test_build import excluded, rows

EARLIER = [
    message("user", "What is a list?"),
    message("assistant", "A tuple."),
    message("user", "And a tuple?"),
    message("assistant", "A list."),
]
FIRST, SECOND = 1, 3
"""Where the earlier answers begin."""


@pytest.fixture
def talk(world: World) -> ConversationVersion:
    return world.answer("Welcome.", question="Thanks.", before=EARLIER)


def said(snapshot: Snapshot) -> list[str]:
    (row,) = rows(snapshot)
    return [one["content"] for one in row["messages"]]


def test_a_mended_turn_is_the_end_of_its_row(world: World, talk: ConversationVersion) -> None:
    world.repair(talk, "fixed", "It cannot be changed.", turn=SECOND)
    assert said(world.snapshot()) == ["What is a list?", "A tuple.", "And a tuple?", "It cannot be changed."]


def test_an_accepted_turn_is_a_row_and_the_last_accepted_one_goes_further(
    world: World, talk: ConversationVersion
) -> None:
    world.repair(talk, "accepted", turn=FIRST)
    assert said(world.snapshot()) == ["What is a list?", "the original"]
    world.repair(talk, "accepted")
    assert said(world.snapshot())[-2:] == ["Thanks.", "the original"]


def test_no_row_goes_beyond_a_turn_that_was_mended_to_words_nobody_mended(
    world: World, talk: ConversationVersion
) -> None:
    world.repair(talk, "accepted")
    world.repair(talk, "fixed", "A sequence.", turn=FIRST)
    assert said(world.snapshot()) == ["What is a list?", "A sequence."]


def test_turns_mended_one_after_the_other_are_one_row_in_the_words_of_people(
    world: World, talk: ConversationVersion
) -> None:
    world.repair(talk, "accepted")
    items = [
        world.repair(talk, "fixed", "Later.", turn=SECOND).item,
        world.repair(talk, "fixed", "A sequence.", turn=FIRST).item,
    ]
    snapshot = world.snapshot()
    assert said(snapshot) == ["What is a list?", "A sequence.", "And a tuple?", "Later."]
    behind = JudgmentRevision.objects.filter(judgment__item__in=items)
    assert sorted(RowJudgment.objects.values_list("revision", flat=True)) == sorted(
        behind.values_list("pk", flat=True)
    )
    (row,) = rows(snapshot)
    assert sorted(row["lineage"]["judgments"]) == sorted(str(one.pk) for one in behind)


def test_three_mended_turns_are_one_row_and_one_between_that_nobody_mended_ends_it(
    world: World, talk: ConversationVersion
) -> None:
    world.repair(talk, "fixed", "A sequence.", turn=FIRST)
    world.repair(talk, "fixed", "Any time.")
    assert said(world.snapshot()) == ["What is a list?", "A sequence."]
    world.repair(talk, "fixed", "It stays.", turn=SECOND)
    assert said(world.snapshot()) == [
        *("What is a list?", "A sequence.", "And a tuple?", "It stays.", "Thanks.", "Any time."),
    ]


def test_a_later_turn_that_was_also_dropped_or_mended_by_a_program_is_not_taken_along(
    world: World, talk: ConversationVersion
) -> None:
    world.repair(talk, "fixed", "A sequence.", turn=FIRST)
    simulated = world.repair(talk, "fixed", "It stays.", turn=SECOND, simulated=1)
    assert said(world.snapshot()) == ["What is a list?", "A sequence."]
    Decision.objects.filter(pk=simulated.pk).update(simulated=0)
    world.repair(talk, "dropped", turn=SECOND)
    assert said(world.snapshot()) == ["What is a list?", "A sequence."]


def test_no_row_holds_a_turn_that_was_dropped(world: World, talk: ConversationVersion) -> None:
    world.answer("Something else.")
    world.repair(world.answer("kept"), "accepted")
    world.repair(talk, "accepted")
    world.repair(talk, "fixed", "Later.", turn=SECOND)
    world.repair(talk, "dropped", turn=FIRST)
    snapshot = world.snapshot()
    assert len(rows(snapshot)) == 1
    assert excluded(snapshot)["dropped_by_annotator"] == 1
    assert "Later." not in str(rows(snapshot))


def test_a_simulated_fix_of_a_turn_shortens_nothing(world: World, talk: ConversationVersion) -> None:
    world.repair(talk, "accepted")
    world.repair(talk, "fixed", "A sequence.", turn=FIRST, simulated=1)
    assert said(world.snapshot())[-1] == "the original"


def test_a_preference_about_a_turn_asks_what_was_asked_then(world: World, talk: ConversationVersion) -> None:
    world.pair(talk, talk, source="repair", turn=FIRST)
    (row,) = rows(world.snapshot(kind="preference"))
    assert [one["content"] for one in row["prompt"]] == ["What is a list?"]
    assert row["chosen"][0]["content"].startswith("first")
