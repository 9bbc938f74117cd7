"""The database recomputes leaves itself, knows who may sign, and lets nothing be erased without its record."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

LEAF_IS_TRUE = """
ALTER TABLE snapshots_rowcontent ADD CONSTRAINT row_leaf_is_true CHECK (
    body IS NULL OR (length(salt) = 32 AND leaf = encode(sha256('\\x00'::bytea || salt || body), 'hex')));
"""

SIGNED_BY_A_LEAD = """
CREATE FUNCTION snapshots_approval_may_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM snapshots_review r JOIN snapshots_snapshot s ON s.id = r.snapshot_id
        WHERE r.id = NEW.review_id AND r.state = 'approved' AND r.decided_by_id = NEW.approver_id
          AND r.project_id = NEW.project_id AND s.project_id = NEW.project_id) THEN
        RAISE EXCEPTION 'an approval follows a review that this approver approved' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
        WHERE m.project_id = NEW.project_id AND m.user_id = NEW.approver_id AND m.role = 'data_lead'
          AND u.is_active) THEN
        RAISE EXCEPTION 'only a data lead of the project approves' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER snapshots_approval_may_stand BEFORE INSERT ON snapshots_approval
    FOR EACH ROW EXECUTE FUNCTION snapshots_approval_may_stand();
"""

ERASED_ON_RECORD = """
CREATE FUNCTION snapshots_erasure_recorded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM snapshots_tombstone t WHERE t.content_id = NEW.id AND t.leaf = NEW.leaf) THEN
        RAISE EXCEPTION 'a row is erased together with its tombstone' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER snapshots_erasure_recorded AFTER UPDATE ON snapshots_rowcontent
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.erased_at IS NOT NULL)
    EXECUTE FUNCTION snapshots_erasure_recorded();
"""

UNDO = """
DROP FUNCTION snapshots_approval_may_stand() CASCADE;
DROP FUNCTION snapshots_erasure_recorded() CASCADE;
ALTER TABLE snapshots_rowcontent DROP CONSTRAINT row_leaf_is_true;
"""


class Migration(migrations.Migration):
    """Three more proofs that hold without the application."""

    dependencies = [("snapshots", "0002_invariants"), ("accounts", "0001_initial")]
    operations = [
        RunSQL(LEAF_IS_TRUE, UNDO),
        RunSQL(SIGNED_BY_A_LEAD, RunSQL.noop),
        RunSQL(ERASED_ON_RECORD, RunSQL.noop),
    ]
