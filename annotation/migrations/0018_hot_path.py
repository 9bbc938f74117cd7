"""What every claim and every vote pays for: rows updated in place, no index twice, one trigger a row, no lock on the project."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

from core import schema

VOTE_FITS = """
DROP TRIGGER annotation_judgment_slot_fits ON annotation_judgment;
DROP TRIGGER annotation_vote_of_one_project ON annotation_judgment;
DROP FUNCTION annotation_slot_fits();
DROP FUNCTION annotation_vote_of_one_project();
CREATE FUNCTION annotation_vote_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    item record; author record;
BEGIN
    SELECT project_id, slots_asked INTO item FROM annotation_item WHERE id = NEW.item_id FOR KEY SHARE;
    SELECT p.project_id, p.simulated, a.id IS NOT NULL AS assigned INTO author FROM annotation_annotatorprofile p
    LEFT JOIN annotation_assignment a
        ON a.id = NEW.assignment_id AND a.item_id = NEW.item_id AND a.profile_id = p.id
    WHERE p.id = NEW.profile_id;
    IF item.project_id IS DISTINCT FROM NEW.project_id OR author.project_id IS DISTINCT FROM NEW.project_id THEN
        RAISE EXCEPTION 'a vote, its item and its annotator are of one project' USING ERRCODE = 'check_violation';
    END IF;
    IF author.simulated AND NOT NEW.simulated THEN
        RAISE EXCEPTION 'the vote of a simulated annotator says so' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.assignment_id IS NOT NULL AND NOT author.assigned THEN
        RAISE EXCEPTION 'a vote answers an assignment of its own' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.slot > item.slots_asked THEN
        RAISE EXCEPTION 'item % asked for fewer judgments than slot %', NEW.item_id, NEW.slot
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_vote_fits BEFORE INSERT ON annotation_judgment
    FOR EACH ROW EXECUTE FUNCTION annotation_vote_fits();
"""

REVISION = """
CREATE OR REPLACE FUNCTION annotation_revision_of_one_project() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM annotation_judgment j WHERE j.id = NEW.judgment_id AND j.project_id = NEW.project_id)
       OR NEW.response_id IS NOT NULL AND EXISTS (
            SELECT 1 FROM annotation_response r WHERE r.id = NEW.response_id AND r.project_id <> NEW.project_id) THEN
        RAISE EXCEPTION 'a revision, its vote and its answer are of one project' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

LEASE_FITS = """
DROP TRIGGER annotation_practice_first ON annotation_assignment;
DROP FUNCTION annotation_practice_first();
CREATE FUNCTION annotation_lease_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked record;
BEGIN
    SELECT i.project_id, i.campaign_id, p.project_id AS of_annotator, c.practice_asked > 0 AND NOT p.simulated AS gated
    INTO asked FROM annotation_item i JOIN annotation_campaign c ON c.id = i.campaign_id
    LEFT JOIN annotation_annotatorprofile p ON p.id = NEW.profile_id WHERE i.id = NEW.item_id;
    IF asked.project_id IS DISTINCT FROM NEW.project_id OR asked.of_annotator IS DISTINCT FROM NEW.project_id THEN
        RAISE EXCEPTION 'an assignment, its item and its annotator are of one project' USING ERRCODE = 'check_violation';
    END IF;
    IF asked.gated AND NOT EXISTS (
        SELECT FROM annotation_qualification q
        WHERE q.campaign_id = asked.campaign_id AND q.profile_id = NEW.profile_id) THEN
        RAISE EXCEPTION 'annotator % has not passed the practice round of campaign %', NEW.profile_id, asked.campaign_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_lease_fits BEFORE INSERT ON annotation_assignment
    FOR EACH ROW EXECUTE FUNCTION annotation_lease_fits();
"""

GIVEN_TO = """
CREATE FUNCTION annotation_given_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE annotation_item SET given_to = array_remove(given_to, NEW.profile_id)
    WHERE id = NEW.item_id AND NEW.profile_id = ANY(given_to);
    RETURN NULL;
END $$;
CREATE TRIGGER annotation_given_again AFTER UPDATE OF state ON annotation_assignment
    FOR EACH ROW WHEN (NEW.state IN ('expired', 'released') AND OLD.state <> NEW.state)
    EXECUTE FUNCTION annotation_given_again();
UPDATE annotation_item i SET given_to = given.people FROM (
    SELECT item_id, array_agg(DISTINCT profile_id) AS people FROM annotation_assignment
    WHERE state IN ('leased', 'submitted', 'skipped') GROUP BY item_id) given
WHERE i.id = given.item_id AND i.role = 'work';
"""

ROOM = """
ALTER TABLE annotation_item SET (fillfactor = 70);
ALTER TABLE annotation_assignment SET (fillfactor = 80);
"""


def _key(model: str, name: str, to: str, **more: object) -> migrations.AlterField:
    field = models.ForeignKey(
        to, on_delete=django.db.models.deletion.PROTECT, **{"related_name": "+", "db_index": False} | more
    )
    return migrations.AlterField(model, name, field)


class Migration(migrations.Migration):
    """Nothing a lead or an annotator sees changes."""

    dependencies = [("annotation", "0017_groups_end_with_the_lease")]
    operations = [
        migrations.RemoveIndex("Item", "item_queue"),
        migrations.RemoveIndex("Item", "item_of_one_prompt"),
        migrations.AddField(
            "Item",
            "waiting",
            models.GeneratedField(
                db_persist=True,
                expression=models.Q(("slots_left__gt", 0), ("state", "open")),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.AddField(
            "Item",
            "given_to",
            django.contrib.postgres.fields.ArrayField(models.UUIDField(), db_default=[], default=list),
        ),
        RunSQL(GIVEN_TO, RunSQL.noop),
        migrations.AddIndex(
            "Item",
            models.Index(
                condition=models.Q(("waiting", True)),
                fields=["campaign", "barred", "-priority", "id"],
                name="item_queue",
            ),
        ),
        migrations.AddIndex(
            "Item",
            models.Index(
                condition=models.Q(("waiting", True), models.Q(("prompt_group", ""), _negated=True)),
                fields=["campaign", "prompt_group", "-priority", "id"],
                name="item_of_one_prompt",
            ),
        ),
        migrations.AddIndex(
            "Assignment", models.Index(fields=["item", "profile"], name="assignment_of_item")
        ),
        _key("Assignment", "project", "accounts.project", db_constraint=False),
        _key("Assignment", "item", "annotation.item", related_name="assignments"),
        _key("Assignment", "profile", "annotation.annotatorprofile", related_name="assignments"),
        _key("Judgment", "project", "accounts.project", db_constraint=False),
        _key("Judgment", "item", "annotation.item", related_name="judgments"),
        _key("JudgmentRevision", "project", "accounts.project", db_constraint=False),
        _key("JudgmentRevision", "judgment", "annotation.judgment", related_name="revisions"),
        *(
            operation
            for name, to in (
                ("response", "annotation.response"),
                ("guidelines", "curation.assetversion"),
                ("policy", "curation.assetversion"),
            )
            for operation in (
                _key("JudgmentRevision", name, to, null=True),
                migrations.AddIndex(
                    "JudgmentRevision",
                    models.Index(
                        condition=models.Q((f"{name}__isnull", False)),
                        fields=[name],
                        name=f"judgment_revision_{name}",
                    ),
                ),
            )
        ),
        RunSQL(VOTE_FITS, RunSQL.noop),
        RunSQL(REVISION, RunSQL.noop),
        RunSQL(LEASE_FITS, RunSQL.noop),
        schema.trusted_path(
            "annotation_given_again",
            "annotation_vote_fits", "annotation_revision_of_one_project", "annotation_lease_fits"
        ),
        RunSQL(ROOM, RunSQL.noop),
    ]
