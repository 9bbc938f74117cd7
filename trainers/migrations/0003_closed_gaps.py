"""A run, its recipe, its job and its models are of one project (invariant 5)."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from core import schema

ONE_PROJECT = """
CREATE FUNCTION trainers_run_of_one_project() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM trainers_recipe r WHERE r.id = NEW.recipe_id AND r.project_id = NEW.project_id)
       OR NOT EXISTS (SELECT 1 FROM core_job j WHERE j.id = NEW.job_id AND j.project_id = NEW.project_id)
       OR EXISTS (SELECT 1 FROM trainers_modelversion m
                  WHERE m.id IN (NEW.parent_id, NEW.reference_id) AND m.project_id <> NEW.project_id) THEN
        RAISE EXCEPTION 'recipe, job and models of a run are of its project' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER trainers_run_of_one_project BEFORE INSERT ON trainers_run
    FOR EACH ROW EXECUTE FUNCTION trainers_run_of_one_project();
CREATE TRIGGER trainers_run_names_its_maker BEFORE UPDATE ON trainers_run
    FOR EACH ROW WHEN (NEW.kind <> OLD.kind OR NEW.requested_by_id <> OLD.requested_by_id
                       OR NEW.created_at <> OLD.created_at)
    EXECUTE FUNCTION winnow_refuse_change();

CREATE FUNCTION trainers_model_of_one_project() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM trainers_run r WHERE r.id = NEW.run_id AND r.project_id = NEW.project_id)
       OR EXISTS (SELECT 1 FROM trainers_modelversion m
                  WHERE m.id IN (NEW.parent_id, NEW.base_id) AND m.project_id <> NEW.project_id) THEN
        RAISE EXCEPTION 'a model, its run and its ancestors are of one project' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER trainers_model_of_one_project BEFORE INSERT ON trainers_modelversion
    FOR EACH ROW EXECUTE FUNCTION trainers_model_of_one_project();
"""


class Migration(migrations.Migration):
    """Attacks that got through, and no longer do."""

    dependencies = [
        ("trainers", "0002_invariants"),
        ("snapshots", "0004_closed_gaps"),
        ("core", "0004_fence_grows"),
    ]
    operations = [
        RunSQL(
            ONE_PROJECT,
            "DROP FUNCTION trainers_run_of_one_project() CASCADE; DROP FUNCTION trainers_model_of_one_project() CASCADE;"
            " DROP TRIGGER trainers_run_names_its_maker ON trainers_run",
        ),
        schema.trusted_path(
            "trainers_run_may_start",
            "trainers_artifact_fenced",
            "trainers_run_of_one_project",
            "trainers_model_of_one_project",
        ),
    ]
