"""What enters a snapshot, what stays out under which name, and that both add up."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now

from annotation.actions.adjudicate import Ruling, adjudicate
from annotation.models import Item
from core import storage
from core.jobs.runner import run
from core.models import AuditEntry, Event, Job
from curation.models import BacklogItem, CurationState, PinnedBody, Trace
from snapshots.actions.verify_snapshot import verify_snapshot
from snapshots.canonical import read_row
from snapshots.models import RowContent, RowJudgment, RowSource, Snapshot, SnapshotRow
from tests.snapshots.conftest import World


def rows(snapshot: Snapshot) -> list[dict[str, Any]]:
    found = SnapshotRow.objects.filter(snapshot=snapshot).order_by("position")
    return [read_row(bytes(row.content.body)) for row in found.select_related("content")]


def excluded(snapshot: Snapshot) -> dict[str, int]:
    return dict(snapshot.manifest["counts"]["excluded"])


def test_accepted_and_fixed_answers_enter_with_their_lineage(world: World, sealed: Snapshot) -> None:
    assert sealed.state == "sealed", sealed.error
    answers = {row["messages"][-1]["content"]: row for row in rows(sealed)}
    assert answers["right"]["reason"] == "fixed"
    assert sealed.manifest["counts"]["by_reason"] == {"accepted": 3, "fixed": 1}
    assert all(row["lineage"]["redaction_rules"] == "rules@1" for row in answers.values())
    assert RowSource.objects.filter(row__snapshot=sealed, role="answer").count() == 4
    assert RowJudgment.objects.filter(row__snapshot=sealed).count() == 4
    assert PinnedBody.objects.count() == 4
    assert verify_snapshot(who=world.team.engineer, snapshot=sealed).holds


def test_the_seal_is_on_record_and_the_job_says_what_came_out(sealed: Snapshot) -> None:
    assert AuditEntry.objects.filter(verb="snapshot.seal").count() == 1
    assert Event.objects.filter(subject_id=str(sealed.pk), to_state="sealed").count() == 1
    job = Job.objects.get(pk=sealed.job_id)
    assert (job.state, job.result) == ("succeeded", {"root": sealed.root, "rows": 4})


def test_every_exclusion_has_its_name_and_everything_adds_up(world: World) -> None:
    accept = {
        "kept": {},
        "failed": {"status": "error"},
        "truncated": {"truncated": True},
        "escalated": {"escalated": True},
        "not_permitted": {"training_use": "unknown"},
    }
    for name, fields in accept.items():
        world.repair(world.answer(name, **fields), "accepted")
    disliked = world.answer("disliked")
    world.repair(disliked, "accepted")
    world.thumb(disliked, -1)
    world.repair(world.answer("dropped"), "dropped")
    world.answer("nobody said anything")
    waiting = world.answer("needs work")
    world.repair(waiting, "accepted")
    BacklogItem.objects.create(project=world.team.project, trace=waiting.trace, reason="other")
    young = world.answer("not curated yet")
    CurationState.objects.filter(version=young).update(step="pending")
    snapshot = world.snapshot()
    assert [row["messages"][-1]["content"] for row in rows(snapshot)] == ["the original"]
    assert excluded(snapshot) == {
        "failed": 1,
        "truncated": 1,
        "escalated": 1,
        "not_permitted": 1,
        "down_rated": 1,
        "dropped_by_annotator": 1,
        "no_reason": 1,
        "needs_work": 1,
        "not_curated": 1,
    }
    assert snapshot.manifest["counts"]["candidates"] == Trace.objects.count()


def test_what_annotators_reported_stays_out_until_a_lead_has_looked(world: World) -> None:
    shown, other = world.answer("a"), world.answer("b")
    world.thumb(shown, 1)
    pair = world.pair(shown, other)
    world.pair(world.answer("c"), world.answer("d"))
    Item.objects.filter(pk=pair.item_id).update(state="flagged")
    preferences = world.snapshot(kind="preference")
    assert (preferences.row_count, excluded(preferences)) == (1, {"reported": 1})
    answers = world.snapshot()
    assert answers.manifest["counts"]["by_reason"] == {"pair_winner": 1}
    assert excluded(answers) == {"reported": 2, "no_reason": 1}
    Item.objects.filter(pk=pair.item_id).update(state="decided")
    assert world.snapshot(kind="preference").row_count == 2


def test_simulated_words_count_only_when_the_selection_asks_and_the_mark_stays(world: World) -> None:
    world.repair(world.answer("real"), "accepted")
    world.repair(world.answer("simulated"), "accepted", simulated=1)
    without = world.snapshot()
    assert (without.row_count, excluded(without)) == (1, {"simulated": 1})
    with_them = world.snapshot(include_simulated=True)
    assert with_them.manifest["counts"]["simulated_rows"] == 1
    assert sorted(row["lineage"]["simulated"] for row in rows(with_them)) == [False, True]


def test_a_clear_pair_winner_and_a_thumb_up_are_positives(world: World) -> None:
    world.pair(world.answer("a"), world.answer("b"), strength=2)
    world.pair(world.answer("c"), world.answer("d"), strength=1)
    world.thumb(world.answer("liked"), 1)
    snapshot = world.snapshot()
    assert snapshot.manifest["counts"]["by_reason"] == {"pair_winner": 1, "explicit_positive_feedback": 1}
    assert excluded(snapshot) == {"below_strength": 1, "no_reason": 2}


def test_a_row_names_the_decision_of_a_person_over_its_votes_where_there_is_one(world: World) -> None:
    by_votes = world.pair(world.answer("a"), world.answer("b"))
    over_votes = world.pair(world.answer("c"), world.answer("d"), outcome="tie", strength=0)
    made = adjudicate(
        who=world.team.lead, item=over_votes.item, ruling=Ruling("b", 2), reason="The first invents a source."
    )
    snapshot = world.snapshot(kind="preference")
    found = {row["chosen"][0]["content"]: row for row in rows(snapshot)}
    decided = found[over_votes.item.pair.response_b.text]
    assert decided["lineage"]["adjudication"] == str(made.pk)
    assert decided["votes"] == {"tie": 1}
    assert decided["lineage"]["judgments"]
    assert "adjudication" not in found[by_votes.item.pair.response_a.text]["lineage"]
    assert verify_snapshot(who=world.team.engineer, snapshot=snapshot).holds


def test_preferences_keep_winner_over_loser_and_count_ties_and_both_bad(world: World) -> None:
    won = world.pair(world.answer("a"), world.answer("b"), outcome="b", strength=1.5)
    for outcome in ("tie", "both_bad", "cannot", "conflict"):
        world.pair(world.answer(f"{outcome} 1"), world.answer(f"{outcome} 2"), outcome=outcome)
    denied = world.answer("denied", training_use="denied")
    world.pair(world.answer("permitted"), denied)
    snapshot = world.snapshot(kind="preference")
    (row,) = rows(snapshot)
    assert row["chosen"][0]["content"] == won.item.pair.response_b.text
    assert row["rejected"][0]["content"] == won.item.pair.response_a.text
    assert (row["strength"], row["votes"]) == (1.5, {"b": 1})
    assert excluded(snapshot) == {
        "tie": 1,
        "both_bad": 1,
        "cannot_judge": 1,
        "conflict": 1,
        "not_permitted": 1,
    }
    roles = RowSource.objects.filter(row__snapshot=snapshot).values_list("role", flat=True)
    assert sorted(roles) == ["chosen", "prompt", "rejected"]


def test_the_same_selection_over_the_same_data_has_the_same_root(world: World, sealed: Snapshot) -> None:
    again = world.snapshot()
    assert again.root == sealed.root
    assert again.parent == sealed
    assert RowContent.objects.count() == 4


def test_one_more_row_keeps_every_salt_and_changes_the_root(world: World, sealed: Snapshot) -> None:
    before = set(SnapshotRow.objects.filter(snapshot=sealed).values_list("leaf", flat=True))
    world.repair(world.answer("four"), "accepted")
    later = world.snapshot()
    assert later.root != sealed.root
    assert before < set(SnapshotRow.objects.filter(snapshot=later).values_list("leaf", flat=True))


def test_a_selection_in_which_nothing_may_enter_fails_with_the_reasons(world: World) -> None:
    world.answer("unjudged")
    snapshot = world.snapshot()
    assert snapshot.state == "failed"
    assert "Nobody spoke for it (1)" in snapshot.error
    assert Job.objects.get(pk=snapshot.job_id).state == "failed"


def test_strata_limits_and_clusters_are_kept_to(world: World) -> None:
    for name in ("a", "b", "c"):
        world.repair(world.answer(name), "accepted")
    other = world.answer("other domain")
    world.repair(other, "accepted")
    CurationState.objects.filter(version=other).update(domain="cooking")
    snapshot = world.snapshot(domains=["python"], max_rows=2)
    assert snapshot.row_count == 2
    assert excluded(snapshot) == {"outside_strata": 1, "over_limit": 1}


@pytest.mark.parametrize("permille", [0, 500])
def test_the_split_is_by_cluster_and_written_into_row_and_file(world: World, permille: int) -> None:
    for number in range(24):
        world.repair(world.answer(f"answer {number}"), "accepted")
    snapshot = world.snapshot(validation_permille=permille)
    splits = {row["split"] for row in rows(snapshot)}
    assert splits == ({"train"} if permille == 0 else {"train", "validation"})
    assert {shard.split for shard in snapshot.shards.all()} == splits


def test_storage_that_cannot_be_written_seals_nothing_and_the_build_is_tried_again(
    world: World, settings: Any, tmp_path: Path
) -> None:
    world.repair(world.answer("good"), "accepted")
    good, blocked = settings.STORAGE_URL, tmp_path / "a-file-where-a-folder-should-be"
    blocked.write_text("")
    settings.STORAGE_URL = f"file://{blocked}/blobs"
    snapshot = world.snapshot()
    job = Job.objects.get(pk=snapshot.job_id)
    assert (snapshot.state, job.state) == ("building", "queued")
    assert "could not be stored" in job.error
    assert not SnapshotRow.objects.exists()
    settings.STORAGE_URL = good
    Job.objects.filter(pk=job.pk).update(run_after=Now())
    run(str(job.pk))
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.row_count) == ("sealed", 1)


def test_a_build_that_runs_twice_seals_once(world: World, sealed: Snapshot) -> None:
    Job.objects.filter(pk=sealed.job_id).update(state="queued", finished_at=None)
    run(str(sealed.job_id))
    assert Job.objects.get(pk=sealed.job_id).result == {"root": sealed.root, "rows": 4}
    assert SnapshotRow.objects.filter(snapshot=sealed).count() == 4


def test_rows_from_simulated_traffic_say_so(world: World) -> None:
    world.repair(world.answer("made up", simulated=True), "accepted")
    snapshot = world.snapshot()
    assert rows(snapshot)[0]["lineage"]["trace_simulated"] is True
    assert snapshot.manifest["counts"]["rows_from_simulated_traces"] == 1


def test_the_command_verifies_every_sealed_snapshot_and_fails_on_damage(
    world: World, sealed: Snapshot, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verify_snapshots", world.team.project.slug)
    assert "holds" in capsys.readouterr().out
    storage.delete(sealed.shards.earliest("pk").sha256)
    with pytest.raises(CommandError, match="1 snapshots"):
        call_command("verify_snapshots", world.team.project.slug, "--number", "1")


def test_what_was_said_about_an_older_version_stays_out_and_is_counted_once(world: World) -> None:
    world.repair(world.answer("good"), "accepted")
    older = world.answer("older")
    world.repair(older, "accepted")
    newer = world.answer("newer")
    CurationState.objects.filter(version=older).update(step="superseded")
    Trace.objects.filter(pk=newer.trace_id).update(current=None)
    Trace.objects.filter(pk=older.trace_id).update(current=newer)
    snapshot = world.snapshot()
    assert excluded(snapshot) == {"superseded_version": 1, "no_reason": 1}
