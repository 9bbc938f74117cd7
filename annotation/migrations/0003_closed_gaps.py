"""A vote is of one project, of one person, and as simulated as its author (invariants 6 and 9)."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from core import schema

VOTES = f"""
CREATE FUNCTION annotation_vote_of_one_project() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM annotation_item i JOIN annotation_annotatorprofile p ON p.project_id = i.project_id
                   WHERE i.id = NEW.item_id AND p.id = NEW.profile_id AND i.project_id = NEW.project_id) THEN
        RAISE EXCEPTION 'a vote, its item and its annotator are of one project' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT NEW.simulated AND (SELECT simulated FROM annotation_annotatorprofile WHERE id = NEW.profile_id) THEN
        RAISE EXCEPTION 'the vote of a simulated annotator says so' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.assignment_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM annotation_assignment a
        WHERE a.id = NEW.assignment_id AND a.item_id = NEW.item_id AND a.profile_id = NEW.profile_id) THEN
        RAISE EXCEPTION 'a vote answers an assignment of its own' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_vote_of_one_project BEFORE INSERT ON annotation_judgment
    FOR EACH ROW EXECUTE FUNCTION annotation_vote_of_one_project();

CREATE FUNCTION annotation_revision_of_one_project() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM annotation_judgment j WHERE j.id = NEW.judgment_id AND j.project_id = NEW.project_id)
       OR EXISTS (SELECT 1 FROM annotation_response r WHERE r.id = NEW.response_id AND r.project_id <> NEW.project_id) THEN
        RAISE EXCEPTION 'a revision, its vote and its answer are of one project' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_revision_of_one_project BEFORE INSERT ON annotation_judgmentrevision
    FOR EACH ROW EXECUTE FUNCTION annotation_revision_of_one_project();

CREATE TRIGGER annotation_quota_names_its_group BEFORE UPDATE ON annotation_quota
    FOR EACH ROW WHEN (NEW.item_id <> OLD.item_id OR NEW.axis_id <> OLD.axis_id OR NEW.value <> OLD.value)
    EXECUTE FUNCTION winnow_refuse_change();
REVOKE DELETE, TRUNCATE ON annotation_quota FROM {schema.APP_ROLE};
"""


class Migration(migrations.Migration):
    """What the tables did not say of themselves."""

    dependencies = [("annotation", "0002_append_only"), ("curation", "0003_closed_gaps")]
    operations = [
        RunSQL(
            VOTES,
            "DROP FUNCTION annotation_vote_of_one_project() CASCADE;"
            " DROP FUNCTION annotation_revision_of_one_project() CASCADE;"
            " DROP TRIGGER annotation_quota_names_its_group ON annotation_quota",
        ),
        schema.frozen_columns("annotation_annotatorprofile", "project_id", "user_id", "simulated"),
        schema.trusted_path(
            "annotation_slot_fits", "annotation_vote_of_one_project", "annotation_revision_of_one_project"
        ),
    ]
