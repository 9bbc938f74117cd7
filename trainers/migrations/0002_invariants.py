"""A run starts from a standing approval of its own project, and only the attempt that holds the job publishes."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from core import schema

STANDING_APPROVAL = """
CREATE FUNCTION trainers_run_may_start() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM snapshots_approval a WHERE a.id = NEW.approval_id AND a.project_id = NEW.project_id) THEN
        RAISE EXCEPTION 'a run names an approval of its own project' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM snapshots_withdrawal w WHERE w.approval_id = NEW.approval_id) THEN
        RAISE EXCEPTION 'the approval was withdrawn' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER trainers_run_may_start BEFORE INSERT ON trainers_run
    FOR EACH ROW EXECUTE FUNCTION trainers_run_may_start();
"""

FENCED_ARTIFACTS = """
CREATE FUNCTION trainers_artifact_fenced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.attempt IS DISTINCT FROM (
        SELECT j.attempt FROM core_job j JOIN trainers_run r ON r.job_id = j.id WHERE r.id = NEW.run_id) THEN
        RAISE EXCEPTION 'attempt % no longer holds the run', NEW.attempt USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER trainers_artifact_fenced BEFORE INSERT ON trainers_artifact
    FOR EACH ROW EXECUTE FUNCTION trainers_artifact_fenced();
"""


class Migration(migrations.Migration):
    """The proofs that hold without the application."""

    dependencies = [("trainers", "0001_initial"), ("snapshots", "0002_invariants")]
    operations = [
        RunSQL(STANDING_APPROVAL, "DROP FUNCTION trainers_run_may_start() CASCADE"),
        RunSQL(FENCED_ARTIFACTS, "DROP FUNCTION trainers_artifact_fenced() CASCADE"),
        *schema.append_only(
            "trainers_recipe", "trainers_metric", "trainers_sample", "trainers_artifact", "trainers_modelversion"
        ),
        schema.frozen_columns(
            "trainers_run",
            *("project_id", "job_id", "approval_id", "recipe_id", "parent_id", "reference_id", "spec", "spec_sha256"),
        ),
    ]
