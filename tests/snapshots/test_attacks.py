"""Sealed means sealed, for raw SQL as the app role too (invariants 3, 4 and 5)."""

import os
import uuid
from typing import Any

import pytest
from django.db import Error, connection

from curation.actions.screening import Content, current_quarantine, screen_contents
from curation.models import Asset, AssetVersion, Trace
from snapshots.actions.review import refuse_snapshot, request_review
from snapshots.models import RowContent, Snapshot, SnapshotRow
from tests.conftest import Team
from tests.snapshots.conftest import Attack, World, make_world

FIELDS = (
    "project_id, content_id, content_hash, leaf, quarantine_id, screening_verdict, trace_id, version_id,"
    " cluster_key, reason, split, simulated, licence, domain, difficulty, kind, language"
)


def copy_row(attack: Attack, row: SnapshotRow, snapshot: Snapshot, **instead: Any) -> None:
    """Insert a copy of `row` into `snapshot` with some columns changed."""
    columns = [f"%({name})s" if name in instead else name for name in FIELDS.split(", ")]
    attack(
        f"INSERT INTO snapshots_snapshotrow (snapshot_id, position, {FIELDS})"
        f" SELECT %(snapshot)s, %(position)s, {', '.join(columns)} FROM snapshots_snapshotrow WHERE id = %(row)s",
        {"snapshot": snapshot.pk, "position": 77, "row": row.pk, **instead},  # type: ignore[arg-type]
    )


@pytest.fixture
def row(sealed: Snapshot) -> SnapshotRow:
    return SnapshotRow.objects.filter(snapshot=sealed).earliest("position")


@pytest.fixture
def building(world: World, sealed: Snapshot) -> Snapshot:
    """A snapshot into which rows may still go."""
    return Snapshot.objects.create(
        project=world.team.project,
        selection=sealed.selection,
        kind="sft",
        name="building",
        number=99,
        quarantine=sealed.quarantine,
        created_by=world.team.lead,
    )


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE snapshots_snapshot SET root = repeat('0', 64) WHERE id = %s",
        "UPDATE snapshots_snapshot SET manifest = '{}' WHERE id = %s",
        "UPDATE snapshots_snapshot SET state = 'building', root = NULL WHERE id = %s",
        "UPDATE snapshots_snapshot SET row_count = 5 WHERE id = %s",
        "DELETE FROM snapshots_snapshot WHERE id = %s",
        "UPDATE snapshots_snapshotrow SET reason = 'fixed' WHERE snapshot_id = %s",
        "DELETE FROM snapshots_snapshotrow WHERE snapshot_id = %s",
        "UPDATE snapshots_shard SET sha256 = repeat('0', 64) WHERE snapshot_id = %s",
        "DELETE FROM snapshots_shard WHERE snapshot_id = %s",
        "UPDATE snapshots_selection s SET spec = '{}' FROM snapshots_snapshot p WHERE p.selection_id = s.id AND p.id = %s",
        "UPDATE snapshots_rowcontent SET body = 'x' WHERE %s IN (SELECT snapshot_id FROM snapshots_snapshotrow)",
        "DELETE FROM snapshots_rowsource s USING snapshots_snapshotrow r WHERE r.id = s.row_id AND r.snapshot_id = %s",
    ],
)
def test_nothing_of_a_sealed_snapshot_can_be_changed(sealed: Snapshot, attack: Attack, sql: str) -> None:
    with pytest.raises(Error):
        attack(sql, [sealed.pk])


def test_triggers_and_tables_cannot_be_switched_off(attack: Attack, world: World) -> None:
    for sql in (
        "ALTER TABLE snapshots_snapshot DISABLE TRIGGER ALL",
        "DROP TRIGGER snapshots_sealed_is_final ON snapshots_snapshot",
        "TRUNCATE snapshots_snapshotrow CASCADE",
        "SET session_replication_role = replica",
    ):
        with pytest.raises(Error):
            attack(sql, [])


def test_no_row_enters_after_the_seal(world: World, sealed: Snapshot, attack: Attack) -> None:
    world.repair(world.answer("late"), "accepted")
    later = world.snapshot()
    late = SnapshotRow.objects.filter(snapshot=later).exclude(leaf__in=sealed.rows.values("leaf")).get()
    with pytest.raises(Error, match="while it is being built"):
        copy_row(attack, late, sealed)


def test_a_snapshot_is_never_born_sealed_nor_sealed_with_a_wrong_count(
    building: Snapshot, row: SnapshotRow, attack: Attack
) -> None:
    copy_row(attack, row, building)
    with pytest.raises(Error, match="other rows"):
        attack(
            "UPDATE snapshots_snapshot SET state = 'sealed', root = repeat('0', 64), row_count = 2,"
            " sealed_at = now() WHERE id = %s",
            [building.pk],
        )
    with pytest.raises(Error, match="built before"):
        attack(
            "INSERT INTO snapshots_snapshot SELECT gen_random_uuid(), kind, name, 100, 'sealed', root, row_count,"
            " manifest, manifest_sha256, error, created_at, sealed_at, created_by_id, NULL, parent_id, project_id,"
            " quarantine_id, selection_id FROM snapshots_snapshot WHERE state = 'sealed'",
            [],
        )


def test_a_row_without_permission_to_train_cannot_enter(
    building: Snapshot, row: SnapshotRow, world: World, attack: Attack
) -> None:
    denied = world.answer("denied", training_use="denied")
    with pytest.raises(Error, match="permission to train"):
        copy_row(attack, row, building, trace_id=denied.trace_id, version_id=denied.pk)
    copy_row(attack, row, building)
    entered = SnapshotRow.objects.get(snapshot=building)
    with pytest.raises(Error, match="permission to train"):
        attack(
            "INSERT INTO snapshots_rowsource (row_id, trace_id, version_id, role) VALUES (%s, %s, %s, 'rejected')",
            [entered.pk, denied.trace_id, denied.pk],
        )


def test_permission_taken_back_during_the_build_stops_the_seal(
    building: Snapshot, row: SnapshotRow, attack: Attack
) -> None:
    copy_row(attack, row, building)
    Trace.objects.filter(pk=row.trace_id).update(training_use="denied")
    with pytest.raises(Error, match="taken back"):
        attack(
            "UPDATE snapshots_snapshot SET state = 'sealed', root = repeat('0', 64), row_count = 1,"
            " sealed_at = now() WHERE id = %s",
            [building.pk],
        )


def test_a_row_needs_a_clean_screening_of_exactly_its_content(
    building: Snapshot, world: World, row: SnapshotRow, attack: Attack
) -> None:
    salt, body = os.urandom(32), b'{"unscreened":1}'
    attack(
        "INSERT INTO snapshots_rowcontent (project_id, content_hash, key_id, leaf, salt, body)"
        " VALUES (%s, 'unscreened', 'test', encode(sha256('\\x00'::bytea || %s || %s), 'hex'), %s, %s)",
        [world.team.project.pk, salt, body, salt, body],
    )
    content = RowContent.objects.get(content_hash="unscreened")
    changed = {"content_id": content.pk, "content_hash": content.content_hash, "leaf": content.leaf}
    with pytest.raises(Error, match="row_names_its_screening"):
        copy_row(attack, row, building, **changed)
    with pytest.raises(Error, match="row_names_its_content"):
        copy_row(attack, row, building, content_id=content.pk)
    with pytest.raises(Error, match="row_screened_clean"):
        copy_row(attack, row, building, screening_verdict="hit")


def test_a_quarantine_hit_cannot_enter_even_when_its_content_is_stored(
    building: Snapshot, world: World, row: SnapshotRow, attack: Attack
) -> None:
    attack(
        "INSERT INTO curation_screening (project_id, content_hash, quarantine_id, verdict, evidence)"
        " VALUES (%s, 'twin', %s, 'hit', '{}')",
        [world.team.project.pk, building.quarantine_id],
    )
    salt, body = os.urandom(32), b'{"twin":1}'
    attack(
        "INSERT INTO snapshots_rowcontent (project_id, content_hash, key_id, leaf, salt, body)"
        " VALUES (%s, 'twin', 'test', encode(sha256('\\x00'::bytea || %s || %s), 'hex'), %s, %s)",
        [world.team.project.pk, salt, body, salt, body],
    )
    content = RowContent.objects.get(content_hash="twin")
    changed = {"content_id": content.pk, "content_hash": "twin", "leaf": content.leaf}
    with pytest.raises(Error, match="row_names_its_screening"):
        copy_row(attack, row, building, **changed)


def test_a_newer_quarantine_makes_old_screenings_stale(
    building: Snapshot, world: World, row: SnapshotRow, attack: Attack
) -> None:
    asset = Asset.objects.get(project=world.team.project, kind="quarantine")
    newer = AssetVersion.objects.create(project=world.team.project, asset=asset, number=2, sha256="1" * 64)
    Asset.objects.filter(pk=asset.pk).update(current=newer)
    with pytest.raises(Error, match="stale"):
        copy_row(attack, row, building)


def test_a_leaf_that_is_not_the_hash_of_its_text_is_refused(world: World, attack: Attack) -> None:
    with pytest.raises(Error, match="row_leaf_is_true"):
        attack(
            "INSERT INTO snapshots_rowcontent (project_id, content_hash, key_id, leaf, salt, body)"
            " VALUES (%s, 'h', 'test', repeat('0', 64), %s, 'x')",
            [world.team.project.pk, os.urandom(32)],
        )


def test_a_row_is_erased_only_together_with_its_tombstone(row: SnapshotRow, attack: Attack) -> None:
    with pytest.raises(Error, match="tombstone"):
        attack(
            "UPDATE snapshots_rowcontent SET salt = NULL, body = NULL, erased_at = now() WHERE id = %s",
            [row.content_id],
        )


APPROVE = (
    "INSERT INTO snapshots_approval (id, project_id, review_id, snapshot_id, root, requester_id, approver_id,"
    " reason, signature, key_id) VALUES (%s, %s, %s, %s, %s, %s, %s, 'because', '', '')"
)


def test_an_approval_needs_a_review_approved_by_a_data_lead_who_did_not_ask(
    world: World, sealed: Snapshot, attack: Attack
) -> None:
    team = world.team
    review = request_review(who=team.engineer, snapshot=sealed)

    def approve(approver: Any, root: str = str(sealed.root), requester: Any = team.engineer) -> None:
        attack(
            APPROVE,
            [uuid.uuid4(), team.project.pk, review.pk, sealed.pk, root, requester.pk, approver.pk],
        )

    with pytest.raises(Error, match="approved"):
        approve(team.lead)
    with pytest.raises(Error, match="review_four_eyes"):
        attack(
            "UPDATE snapshots_review SET state = 'approved', decided_by_id = %s, reason = 'x' WHERE id = %s",
            [team.engineer.pk, review.pk],
        )
    attack(
        "UPDATE snapshots_review SET state = 'approved', decided_by_id = %s, reason = 'x' WHERE id = %s",
        [team.annotator.pk, review.pk],
    )
    with pytest.raises(Error, match="data lead"):
        approve(team.annotator)
    with pytest.raises(Error, match="approver"):
        approve(team.lead)


def test_an_approval_names_the_sealed_root_and_the_real_requester(
    world: World, sealed: Snapshot, attack: Attack
) -> None:
    team = world.team
    review = request_review(who=team.engineer, snapshot=sealed)
    attack(
        "UPDATE snapshots_review SET state = 'approved', decided_by_id = %s, reason = 'x' WHERE id = %s",
        [team.lead.pk, review.pk],
    )
    common = [team.project.pk, review.pk, sealed.pk]
    with pytest.raises(Error, match="approval_names_sealed_root"):
        attack(APPROVE, [uuid.uuid4(), *common, "0" * 64, team.engineer.pk, team.lead.pk])
    with pytest.raises(Error, match="approval_names_its_review"):
        attack(APPROVE, [uuid.uuid4(), *common, sealed.root, team.second_lead.pk, team.lead.pk])
    with pytest.raises(Error, match="approval_four_eyes"):
        attack(APPROVE, [uuid.uuid4(), *common, sealed.root, team.lead.pk, team.lead.pk])
    attack(APPROVE, [uuid.uuid4(), *common, sealed.root, team.engineer.pk, team.lead.pk])
    with pytest.raises(Error):
        attack("UPDATE snapshots_approval SET root = repeat('0', 64)", [])


def test_a_decided_review_cannot_be_decided_again(world: World, sealed: Snapshot, attack: Attack) -> None:
    review = request_review(who=world.team.engineer, snapshot=sealed)
    refuse_snapshot(who=world.team.lead, review=review, reason="no")
    with pytest.raises(Error):
        attack("UPDATE snapshots_review SET state = 'approved' WHERE id = %s", [review.pk])


TEMP_TRACES = (
    "CREATE TEMP TABLE curation_trace AS SELECT * FROM public.curation_trace;"
    " UPDATE public.curation_trace SET training_use = 'denied'"
)
TEMP_ASSETS = (
    "CREATE TEMP TABLE curation_asset AS SELECT * FROM public.curation_asset;"
    " INSERT INTO curation_assetversion (asset_id, project_id, number, sha256, body, note)"
    " SELECT id, project_id, 2, repeat('1', 64), '{}', '' FROM public.curation_asset WHERE kind = 'quarantine';"
    " UPDATE public.curation_asset a SET current_id = v.id FROM curation_assetversion v"
    " WHERE v.asset_id = a.id AND v.number = 2 AND a.kind = 'quarantine'"
)


@pytest.mark.parametrize(
    ("temp", "why"),
    [
        (TEMP_TRACES, "permission"),
        (TEMP_ASSETS, "stale"),
    ],
)
def test_a_temporary_table_of_the_same_name_deceives_no_check(
    building: Snapshot, row: SnapshotRow, attack: Attack, temp: str, why: str
) -> None:
    for statement in temp.split(";"):
        attack(statement, [])
    with pytest.raises(Error, match=why):
        copy_row(attack, row, building)


def test_every_function_of_the_schema_reads_its_own_tables(world: World) -> None:
    """A trigger's function without a search path of its own is deceived by whoever makes temporary tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang"
            " WHERE p.pronamespace = 'public'::regnamespace AND l.lanname IN ('plpgsql', 'sql')"
            " AND NOT 'search_path=public, pg_temp' = ANY (coalesce(p.proconfig, '{}'))"
        )
        assert cursor.fetchall() == []


def test_a_row_names_a_version_of_its_own_trace(
    building: Snapshot, row: SnapshotRow, world: World, attack: Attack
) -> None:
    denied = world.answer("denied", training_use="denied")
    with pytest.raises(Error, match="belongs to its trace"):
        copy_row(attack, row, building, version_id=denied.pk)
    copy_row(attack, row, building)
    entered = SnapshotRow.objects.get(snapshot=building)
    with pytest.raises(Error, match="version of its trace"):
        attack(
            "INSERT INTO snapshots_rowsource (row_id, trace_id, version_id, role) VALUES (%s, %s, %s, 'rejected')",
            [entered.pk, row.trace_id, denied.pk],
        )


def test_an_erased_text_enters_no_row(
    building: Snapshot, world: World, row: SnapshotRow, attack: Attack
) -> None:
    attack(
        "INSERT INTO curation_screening (project_id, content_hash, quarantine_id, verdict, evidence)"
        " VALUES (%s, 'gone', %s, 'clean', '{}')",
        [world.team.project.pk, building.quarantine_id],
    )
    attack(
        "INSERT INTO snapshots_rowcontent (project_id, content_hash, key_id, leaf, erased_at)"
        " VALUES (%s, 'gone', 'test', repeat('e', 64), now())",
        [world.team.project.pk],
    )
    content = RowContent.objects.get(content_hash="gone")
    with pytest.raises(Error, match="not erased"):
        copy_row(attack, row, building, content_id=content.pk, content_hash="gone", leaf=content.leaf)


@pytest.mark.parametrize(
    "sql",
    [
        """INSERT INTO snapshots_rowsource (row_id, trace_id, version_id, role)
           SELECT id, trace_id, version_id, 'rejected' FROM snapshots_snapshotrow WHERE snapshot_id = %s""",
        """INSERT INTO snapshots_rowjudgment (row_id, revision_id) SELECT r.id, v.id FROM snapshots_snapshotrow r
           JOIN annotation_judgmentrevision v ON v.id NOT IN
               (SELECT revision_id FROM snapshots_rowjudgment j WHERE j.row_id = r.id)
           WHERE r.snapshot_id = %s""",
    ],
)
def test_no_lineage_is_added_after_the_seal(sealed: Snapshot, attack: Attack, sql: str) -> None:
    with pytest.raises(Error, match="while its snapshot is built"):
        attack(sql, [sealed.pk])


def test_a_row_that_rests_on_a_simulated_judgment_says_so(
    building: Snapshot, world: World, row: SnapshotRow, attack: Attack
) -> None:
    copy_row(attack, row, building)
    entered = SnapshotRow.objects.get(snapshot=building)
    simulated = world.simulated_revision()
    with pytest.raises(Error, match="says so"):
        attack(
            "INSERT INTO snapshots_rowjudgment (row_id, revision_id) VALUES (%s, %s)",
            [entered.pk, simulated.pk],
        )


def test_a_snapshot_being_built_keeps_its_project_selection_and_quarantine(
    building: Snapshot, other_team: Team, attack: Attack
) -> None:
    other = make_world(other_team)
    theirs = current_quarantine(other.team.project)
    for column, value in (
        ("project_id", other_team.project.pk),
        ("quarantine_id", theirs.pk),
        ("kind", "dpo"),
    ):
        with pytest.raises(Error, match="append-only"):
            attack(f"UPDATE snapshots_snapshot SET {column} = %s WHERE id = %s", [value, building.pk])
    with pytest.raises(Error, match="of its project"):
        attack(
            "INSERT INTO snapshots_snapshot (id, project_id, selection_id, quarantine_id, kind, name, number, state,"
            " row_count, manifest, manifest_sha256, error, created_by_id)"
            " SELECT gen_random_uuid(), %s, selection_id, %s, kind, name, number, state, 0, '{}', '', '', created_by_id"
            " FROM snapshots_snapshot WHERE id = %s",
            [other_team.project.pk, theirs.pk, building.pk],
        )


def test_the_quarantine_pointer_never_moves_back(building: Snapshot, world: World, attack: Attack) -> None:
    asset = Asset.objects.get(project=world.team.project, kind="quarantine")
    newer = AssetVersion.objects.create(project=world.team.project, asset=asset, number=2, sha256="1" * 64)
    attack("UPDATE curation_asset SET current_id = %s WHERE id = %s", [newer.pk, asset.pk])
    for older in (building.quarantine_id, None):
        with pytest.raises(Error, match="only moves on"):
            attack("UPDATE curation_asset SET current_id = %s WHERE id = %s", [older, asset.pk])
    with pytest.raises(Error, match="version of its own"):
        attack("UPDATE curation_asset SET current_id = %s WHERE id = %s", [world.rules.pk, asset.pk])
    with pytest.raises(Error, match="append-only"):
        attack("UPDATE curation_asset SET kind = 'policy' WHERE id = %s", [asset.pk])
    with pytest.raises(Error, match="permission denied"):
        attack("DELETE FROM curation_asset WHERE id = %s", [asset.pk])


def test_a_review_is_of_a_snapshot_of_its_project(sealed: Snapshot, other_team: Team, attack: Attack) -> None:
    with pytest.raises(Error, match="of its project"):
        attack(
            "INSERT INTO snapshots_review (id, project_id, snapshot_id, requested_by_id, state, note, reason, checks)"
            " VALUES (%s, %s, %s, %s, 'open', '', '', '{}')",
            [uuid.uuid4(), other_team.project.pk, sealed.pk, other_team.engineer.pk],
        )


def test_screening_twice_says_the_same(world: World) -> None:
    content = [Content("h", ["some text"])]
    first = screen_contents(project=world.team.project, contents=content)
    assert first == screen_contents(project=world.team.project, contents=content) == {"h": "clean"}
    assert current_quarantine(world.team.project).number == 1
