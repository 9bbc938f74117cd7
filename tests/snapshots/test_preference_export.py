"""Preferences leave with what people said, ties only as asked for, voters only by name of an export; TRL reads the lines."""

import json
from pathlib import Path
from typing import Any

import pytest

from annotation.models import AnnotatorProfile, Axis, JudgmentGroup
from core.errors import Refused
from core.models import AuditEntry
from snapshots.actions.export import export_jsonl
from snapshots.actions.review import approve_snapshot, request_review
from snapshots.models import Snapshot
from tests.snapshots.conftest import World
from trainers.preparing import _lines

ALL = ["judged", "fixed_over_original", "tied"]


@pytest.fixture
def preferences(world: World) -> Snapshot:
    """Two won pairs, the second by the second answer, and a tie."""
    for outcome in ("a", "b", "tie"):
        world.pair(world.answer(f"one {outcome}"), world.answer(f"other {outcome}"), outcome)
    return world.snapshot(kind="preference", reasons=ALL, validation_permille=0)


def lines(world: World, snapshot: Snapshot, **how: Any) -> list[dict[str, Any]]:
    return [json.loads(one) for one in export_jsonl(who=world.team.engineer, snapshot=snapshot, **how)]


def test_votes_are_said_of_chosen_and_rejected_whichever_was_first(
    world: World, preferences: Snapshot
) -> None:
    rows = lines(world, preferences)
    assert len(rows) == 2
    for row in rows:
        assert (row["votes"], row["soft_label"], row["margin"], row["entropy"]) == ({"chosen": 1}, 1, 1, 0)
        assert (row["strength"], row["source"], row["hard_negative"]) == (2, "variants", None)
        assert row["pair"]
    assert {row["chosen"][0]["content"].split()[0] for row in rows} == {"first", "second"}


def test_ties_are_dropped_given_in_both_directions_or_as_a_soft_label(
    world: World, preferences: Snapshot
) -> None:
    assert len(lines(world, preferences, ties="drop")) == 2
    (soft,) = [row for row in lines(world, preferences, ties="soft") if row["soft_label"] == 0.5]
    assert (soft["strength"], soft["votes"]) == (2, {"tie": 1})
    one, other = [row for row in lines(world, preferences, ties="both") if row["soft_label"] == 0.5]
    assert (one["chosen"], one["rejected"]) == (other["rejected"], other["chosen"])


def test_a_selection_that_does_not_ask_for_ties_has_none(world: World) -> None:
    world.pair(world.answer("one"), world.answer("other"), "a")
    world.pair(world.answer("three"), world.answer("four"), "tie")
    snapshot = world.snapshot(kind="preference")
    assert snapshot.row_count == 1
    assert snapshot.manifest["counts"]["excluded"]["tie"] == 1
    assert len(lines(world, snapshot, ties="both")) == 1


def test_our_own_training_leaves_ties_out(world: World, preferences: Snapshot) -> None:
    review = request_review(who=world.team.engineer, snapshot=preferences)
    approval = approve_snapshot(who=world.team.lead, review=review, reason="fine")
    assert preferences.row_count == 3
    assert len(list(_lines(approval))) == 2


def test_voters_stand_under_a_name_of_the_export_only_when_asked_for(
    world: World, preferences: Snapshot
) -> None:
    assert all("voters" not in row for row in lines(world, preferences))
    (voter,) = {row["voters"][0]["annotator"] for row in lines(world, preferences, pseudonyms=True)}
    profile = AnnotatorProfile.objects.get()
    assert voter not in str(profile.pk)
    entry = AuditEntry.objects.filter(verb="snapshot.export").latest("pk")
    assert entry.data["pseudonyms"] is True


def test_no_export_says_which_group_a_voter_is_of(world: World, preferences: Snapshot) -> None:
    axis = Axis.objects.create(project=world.team.project, name="locale", values=["xx-planted", "en"])
    for judgment in AnnotatorProfile.objects.get().judgments.all():
        JudgmentGroup.objects.create(judgment=judgment, axis=axis, value="xx-planted")
    every = lines(world, preferences, pseudonyms=True, lineage=True, ties="both")
    assert "xx-planted" not in json.dumps(every)
    assert "locale" not in json.dumps(every)


def test_a_shape_that_means_nothing_is_refused(world: World, preferences: Snapshot, sealed: Snapshot) -> None:
    with pytest.raises(Refused, match="drop, both or soft"):
        lines(world, preferences, ties="maybe")
    with pytest.raises(Refused, match="ties can only be dropped"):
        lines(world, preferences, ties="both", shape="unpaired")
    with pytest.raises(Refused, match="preference snapshots only"):
        lines(world, sealed, ties="soft")


def test_trl_reads_pairs_and_unpaired_answers(world: World, preferences: Snapshot, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    data_utils = pytest.importorskip("trl.data_utils")
    for shape in ("preference", "unpaired"):
        ties = "both" if shape == "preference" else "drop"
        place = tmp_path / f"{shape}.jsonl"
        place.write_text(
            "".join(export_jsonl(who=world.team.engineer, snapshot=preferences, shape=shape, ties=ties))
        )
        loaded = datasets.load_dataset(
            "json", data_files=str(place), split="train", cache_dir=str(tmp_path / "cache")
        )
        assert len(loaded) == 4
        assert data_utils.is_conversational(loaded[0])
        if shape == "preference":
            kept = loaded.select_columns(["prompt", "chosen", "rejected"])
            unpaired = data_utils.unpair_preference_dataset(kept)
            assert len(unpaired) == 8
            assert set(unpaired.column_names) == {"prompt", "completion", "label"}
        else:
            assert sorted(loaded["label"]) == [False, False, True, True]
