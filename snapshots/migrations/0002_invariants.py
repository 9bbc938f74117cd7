"""Invariants 3 to 5 in the database: screened rows only, sealed means sealed, four eyes on exactly one root."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from core import schema

COMPOSITE_KEYS = """
ALTER TABLE snapshots_snapshotrow
    ADD CONSTRAINT row_names_its_screening
        FOREIGN KEY (project_id, content_hash, quarantine_id, screening_verdict)
        REFERENCES curation_screening (project_id, content_hash, quarantine_id, verdict),
    ADD CONSTRAINT row_names_its_content
        FOREIGN KEY (content_id, content_hash, leaf) REFERENCES snapshots_rowcontent (id, content_hash, leaf);
ALTER TABLE snapshots_approval
    ADD CONSTRAINT approval_names_sealed_root
        FOREIGN KEY (snapshot_id, root) REFERENCES snapshots_snapshot (id, root),
    ADD CONSTRAINT approval_names_its_review
        FOREIGN KEY (review_id, snapshot_id, requester_id) REFERENCES snapshots_review (id, snapshot_id, requested_by_id);
"""

ROWS_MAY_ENTER = """
CREATE FUNCTION snapshots_rows_may_enter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM snapshots_snapshot WHERE id IN (SELECT snapshot_id FROM added) FOR SHARE;
    IF EXISTS (SELECT 1 FROM added a JOIN snapshots_snapshot s ON s.id = a.snapshot_id
               WHERE s.state <> 'building' OR s.project_id <> a.project_id OR s.quarantine_id <> a.quarantine_id) THEN
        RAISE EXCEPTION 'rows enter a snapshot only while it is being built, under its own project and quarantine version'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM added a WHERE NOT EXISTS (
               SELECT 1 FROM curation_asset c
               WHERE c.project_id = a.project_id AND c.kind = 'quarantine' AND c.current_id = a.quarantine_id)) THEN
        RAISE EXCEPTION 'the screening is stale: the quarantine has a newer version' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM added a JOIN curation_trace t ON t.id = a.trace_id
               WHERE t.training_use <> 'allowed' OR t.project_id <> a.project_id) THEN
        RAISE EXCEPTION 'a row without permission to train' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER snapshots_rows_may_enter AFTER INSERT ON snapshots_snapshotrow
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION snapshots_rows_may_enter();

CREATE FUNCTION snapshots_sources_may_enter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM added a JOIN curation_trace t ON t.id = a.trace_id
               JOIN snapshots_snapshotrow r ON r.id = a.row_id
               WHERE t.training_use <> 'allowed' OR t.project_id <> r.project_id) THEN
        RAISE EXCEPTION 'a row made from a trace without permission to train' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER snapshots_sources_may_enter AFTER INSERT ON snapshots_rowsource
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION snapshots_sources_may_enter();
"""

SEALING = f"""
CREATE TRIGGER snapshots_sealed_is_final BEFORE UPDATE ON snapshots_snapshot
    FOR EACH ROW WHEN (OLD.state = 'sealed') EXECUTE FUNCTION winnow_refuse_change();
REVOKE DELETE, TRUNCATE ON snapshots_snapshot FROM {schema.APP_ROLE};

CREATE FUNCTION snapshots_may_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.row_count <> (SELECT count(*) FROM snapshots_snapshotrow WHERE snapshot_id = NEW.id) THEN
        RAISE EXCEPTION 'the manifest counts other rows than the snapshot has' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM curation_asset c WHERE c.project_id = NEW.project_id
                   AND c.kind = 'quarantine' AND c.current_id = NEW.quarantine_id) THEN
        RAISE EXCEPTION 'the screening is stale: the quarantine has a newer version' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM snapshots_rowsource x JOIN snapshots_snapshotrow r ON r.id = x.row_id
               JOIN curation_trace t ON t.id = x.trace_id
               WHERE r.snapshot_id = NEW.id AND t.training_use <> 'allowed')
       OR EXISTS (SELECT 1 FROM snapshots_snapshotrow r JOIN curation_trace t ON t.id = r.trace_id
               WHERE r.snapshot_id = NEW.id AND t.training_use <> 'allowed') THEN
        RAISE EXCEPTION 'permission to train was taken back while the snapshot was built' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER snapshots_may_seal BEFORE UPDATE ON snapshots_snapshot
    FOR EACH ROW WHEN (NEW.state = 'sealed' AND OLD.state <> 'sealed') EXECUTE FUNCTION snapshots_may_seal();

CREATE FUNCTION snapshots_never_born_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a snapshot is built before it is sealed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER snapshots_never_born_sealed BEFORE INSERT ON snapshots_snapshot
    FOR EACH ROW WHEN (NEW.state <> 'building') EXECUTE FUNCTION snapshots_never_born_sealed();
"""

ERASURE_ONLY = f"""
CREATE TRIGGER snapshots_content_only_erased BEFORE UPDATE ON snapshots_rowcontent
    FOR EACH ROW WHEN (
        OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL
        OR NEW.content_hash <> OLD.content_hash OR NEW.leaf <> OLD.leaf OR NEW.project_id <> OLD.project_id
    ) EXECUTE FUNCTION winnow_refuse_change();
REVOKE DELETE, TRUNCATE ON snapshots_rowcontent FROM {schema.APP_ROLE};
CREATE TRIGGER snapshots_review_decided_once BEFORE UPDATE ON snapshots_review
    FOR EACH ROW WHEN (OLD.state <> 'open') EXECUTE FUNCTION winnow_refuse_change();
"""


class Migration(migrations.Migration):
    """The proofs that hold without the application."""

    dependencies = [("snapshots", "0001_initial"), ("curation", "0002_partitions_and_rules")]
    operations = [
        RunSQL(COMPOSITE_KEYS, RunSQL.noop),
        RunSQL(ROWS_MAY_ENTER, RunSQL.noop),
        RunSQL(SEALING, RunSQL.noop),
        RunSQL(ERASURE_ONLY, RunSQL.noop),
        *schema.append_only(
            "snapshots_selection",
            "snapshots_shard",
            "snapshots_snapshotrow",
            "snapshots_rowsource",
            "snapshots_rowjudgment",
            "snapshots_tombstone",
            "snapshots_approval",
            "snapshots_withdrawal",
        ),
        schema.frozen_columns("snapshots_review", "project_id", "snapshot_id", "requested_by_id", "requested_at"),
    ]
