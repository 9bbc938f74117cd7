"""What a hostile session found open: temp tables before the real ones, lineage after the seal, rows of another trace."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from core import schema

ROWS_ARE_THEIR_OWN = """
CREATE FUNCTION snapshots_rows_are_their_own() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM added a WHERE NOT EXISTS (
               SELECT 1 FROM curation_conversationversion v
               WHERE v.id = a.version_id AND v.trace_id = a.trace_id AND v.project_id = a.project_id)) THEN
        RAISE EXCEPTION 'the version of a row belongs to its trace' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM added a WHERE NOT EXISTS (
               SELECT 1 FROM snapshots_rowcontent c
               WHERE c.id = a.content_id AND c.project_id = a.project_id AND c.erased_at IS NULL)) THEN
        RAISE EXCEPTION 'the text of a row belongs to its project and is not erased' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER snapshots_rows_are_their_own AFTER INSERT ON snapshots_snapshotrow
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION snapshots_rows_are_their_own();
"""

LINEAGE_ENDS_AT_THE_SEAL = """
CREATE OR REPLACE FUNCTION snapshots_sources_may_enter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM snapshots_snapshot WHERE id IN (
        SELECT r.snapshot_id FROM added a JOIN snapshots_snapshotrow r ON r.id = a.row_id) FOR SHARE;
    IF EXISTS (SELECT 1 FROM added a JOIN snapshots_snapshotrow r ON r.id = a.row_id
               JOIN snapshots_snapshot s ON s.id = r.snapshot_id WHERE s.state <> 'building') THEN
        RAISE EXCEPTION 'the lineage of a row is written while its snapshot is built' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM added a JOIN curation_trace t ON t.id = a.trace_id
               JOIN snapshots_snapshotrow r ON r.id = a.row_id
               WHERE t.training_use <> 'allowed' OR t.project_id <> r.project_id) THEN
        RAISE EXCEPTION 'a row made from a trace without permission to train' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM added a
               JOIN curation_conversationversion v ON v.id = a.version_id
               LEFT JOIN annotation_response p ON p.id = a.response_id
               WHERE v.trace_id <> a.trace_id OR p.project_id <> v.project_id) THEN
        RAISE EXCEPTION 'a source is a version of its trace and an answer of its project' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION snapshots_judgments_may_enter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM snapshots_snapshot WHERE id IN (
        SELECT r.snapshot_id FROM added a JOIN snapshots_snapshotrow r ON r.id = a.row_id) FOR SHARE;
    IF EXISTS (SELECT 1 FROM added a JOIN snapshots_snapshotrow r ON r.id = a.row_id
               JOIN snapshots_snapshot s ON s.id = r.snapshot_id WHERE s.state <> 'building') THEN
        RAISE EXCEPTION 'the lineage of a row is written while its snapshot is built' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM added a JOIN snapshots_snapshotrow r ON r.id = a.row_id
               JOIN annotation_judgmentrevision v ON v.id = a.revision_id
               JOIN annotation_judgment j ON j.id = v.judgment_id
               WHERE j.project_id <> r.project_id OR v.project_id <> r.project_id) THEN
        RAISE EXCEPTION 'a row rests on judgments of its own project' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM added a JOIN snapshots_snapshotrow r ON r.id = a.row_id
               JOIN annotation_judgmentrevision v ON v.id = a.revision_id
               JOIN annotation_judgment j ON j.id = v.judgment_id
               WHERE j.simulated AND NOT r.simulated) THEN
        RAISE EXCEPTION 'a row that rests on a simulated judgment says so' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER snapshots_judgments_may_enter AFTER INSERT ON snapshots_rowjudgment
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION snapshots_judgments_may_enter();
"""

ONE_PROJECT = """
CREATE FUNCTION snapshots_of_one_project() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM snapshots_selection x WHERE x.id = NEW.selection_id AND x.project_id = NEW.project_id)
       OR NOT EXISTS (SELECT 1 FROM curation_assetversion v WHERE v.id = NEW.quarantine_id AND v.project_id = NEW.project_id)
       OR EXISTS (SELECT 1 FROM snapshots_snapshot p WHERE p.id = NEW.parent_id AND p.project_id <> NEW.project_id) THEN
        RAISE EXCEPTION 'selection, quarantine and parent of a snapshot are of its project' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER snapshots_of_one_project BEFORE INSERT ON snapshots_snapshot
    FOR EACH ROW EXECUTE FUNCTION snapshots_of_one_project();

CREATE FUNCTION snapshots_review_of_one_project() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM snapshots_snapshot s WHERE s.id = NEW.snapshot_id AND s.project_id = NEW.project_id
                   AND s.state = 'sealed') THEN
        RAISE EXCEPTION 'a review is of a sealed snapshot of its project' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER snapshots_review_of_one_project BEFORE INSERT ON snapshots_review
    FOR EACH ROW EXECUTE FUNCTION snapshots_review_of_one_project();
"""

UNDO = """
DROP FUNCTION snapshots_rows_are_their_own() CASCADE;
DROP FUNCTION snapshots_judgments_may_enter() CASCADE;
DROP FUNCTION snapshots_of_one_project() CASCADE;
DROP FUNCTION snapshots_review_of_one_project() CASCADE;
"""


class Migration(migrations.Migration):
    """Attacks that got through, and no longer do."""

    dependencies = [
        ("snapshots", "0003_leaves_and_signatures"),
        ("curation", "0003_closed_gaps"),
        ("annotation", "0003_closed_gaps"),
    ]
    operations = [
        RunSQL(ROWS_ARE_THEIR_OWN, UNDO),
        RunSQL(LINEAGE_ENDS_AT_THE_SEAL, RunSQL.noop),
        RunSQL(ONE_PROJECT, RunSQL.noop),
        schema.frozen_columns(
            "snapshots_snapshot",
            *("project_id", "selection_id", "quarantine_id", "parent_id", "kind", "name", "number"),
            *("created_by_id", "created_at"),
        ),
        schema.trusted_path(
            "snapshots_rows_may_enter",
            "snapshots_sources_may_enter",
            "snapshots_judgments_may_enter",
            "snapshots_may_seal",
            "snapshots_never_born_sealed",
            "snapshots_approval_may_stand",
            "snapshots_erasure_recorded",
            "snapshots_of_one_project",
            "snapshots_review_of_one_project",
        ),
    ]
