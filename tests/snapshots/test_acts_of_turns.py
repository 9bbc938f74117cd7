"""What a turn should have done leaves with the answer it is about: one column of the export with lineage."""

import json

from annotation.actions.profile import profile_of
from annotation.models import Item, Judgment, JudgmentRevision
from curation.conversation import message
from snapshots.actions.export import export_jsonl
from snapshots.models import Snapshot
from tests.annotation.conftest import annotators
from tests.snapshots.conftest import World


def label(world: World, item: Item, *acts: str) -> None:
    """People beside the one who decided say what the turn should have done."""
    Item.objects.filter(pk=item.pk).update(slots_asked=1 + len(acts), slots_left=len(acts))
    for number, person in enumerate(annotators(world.team.project, len(acts)), start=2):
        profile = profile_of(who=person, project=world.team.project)
        judgment = Judgment.objects.create(
            project=world.team.project, item=item, profile=profile, slot=number
        )
        JudgmentRevision.objects.create(
            project=world.team.project, judgment=judgment, number=1, choice="accept", act=acts[number - 2]
        )
    Item.objects.filter(pk=item.pk).update(slots_left=0)


def acts(world: World, snapshot: Snapshot) -> dict[str, str]:
    """By the last words of each exported line."""
    lines = map(json.loads, export_jsonl(who=world.team.engineer, snapshot=snapshot, lineage=True))
    return {line["messages"][-1]["content"]: line["act"] for line in lines}


def test_the_act_most_people_named_is_a_column_and_none_where_none_leads(world: World) -> None:
    agreed = world.repair(world.answer("one"), "fixed", "first")
    divided = world.repair(world.answer("two"), "fixed", "second")
    world.repair(world.answer("three"), "fixed", "third")
    label(world, agreed.item, "refuse", "clarify", "refuse")
    label(world, divided.item, "refuse", "clarify")
    assert acts(world, world.snapshot()) == {"first": "refuse", "second": "", "third": ""}


def test_a_row_of_several_mended_turns_carries_the_act_of_the_turn_it_ends_with(world: World) -> None:
    talk = world.answer(
        "Welcome.", question="Thanks.", before=[message("user", "A list?"), message("assistant", "A tuple.")]
    )
    label(world, world.repair(talk, "fixed", "A sequence.", turn=1).item, "clarify", "clarify")
    label(world, world.repair(talk, "fixed", "Any time.").item, "answer")
    assert acts(world, world.snapshot()) == {"Any time.": "answer"}


def test_lines_without_lineage_carry_no_act(world: World) -> None:
    label(world, world.repair(world.answer("one"), "fixed", "first").item, "refuse")
    (line,) = export_jsonl(who=world.team.engineer, snapshot=world.snapshot())
    assert set(json.loads(line)) == {"messages", "simulated"}
