"""Reports about groups are published in batches of votes, and what a person said can be taken out of their votes."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

from core import schema

ONCE = """
CREATE FUNCTION annotation_vote_released_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.as_said && NEW.as_rest OR EXISTS (
        SELECT 1 FROM annotation_axisrelease r WHERE r.campaign_id = NEW.campaign_id AND r.axis_id = NEW.axis_id
            AND (r.as_said || r.as_rest) && (NEW.as_said || NEW.as_rest)) THEN
        RAISE EXCEPTION 'a vote is released once on an axis' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_vote_released_once BEFORE INSERT ON annotation_axisrelease
    FOR EACH ROW EXECUTE FUNCTION annotation_vote_released_once();
"""

FORGET = f"""
DROP TRIGGER annotation_judgmentgroup_append_only ON annotation_judgmentgroup;
CREATE TRIGGER annotation_judgmentgroup_append_only BEFORE UPDATE ON annotation_judgmentgroup
    FOR EACH ROW EXECUTE FUNCTION winnow_refuse_change();
CREATE FUNCTION annotation_forget_groups(the_profile uuid) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    forgotten bigint;
BEGIN
    IF EXISTS (SELECT 1 FROM annotation_profilevalue WHERE profile_id = the_profile) THEN
        RAISE EXCEPTION 'groups are taken out of votes only with what the person says of themselves now'
            USING ERRCODE = 'restrict_violation';
    END IF;
    DELETE FROM annotation_judgmentgroup g USING annotation_judgment j
        WHERE j.id = g.judgment_id AND j.profile_id = the_profile;
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;
REVOKE EXECUTE ON FUNCTION annotation_forget_groups(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION annotation_forget_groups(uuid) TO {schema.APP_ROLE};
"""

UNFORGET = """
DROP FUNCTION annotation_forget_groups(uuid);
DROP TRIGGER annotation_judgmentgroup_append_only ON annotation_judgmentgroup;
CREATE TRIGGER annotation_judgmentgroup_append_only BEFORE UPDATE OR DELETE ON annotation_judgmentgroup
    FOR EACH ROW EXECUTE FUNCTION winnow_refuse_change();
"""


class Migration(migrations.Migration):
    """One append-only table; the app role still deletes no group by itself."""

    dependencies = [("accounts", "0003_join_links"), ("annotation", "0009_groups_on_the_item")]
    operations = [
        migrations.CreateModel(
            name="AxisRelease",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "as_said",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None),
                ),
                (
                    "as_rest",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None),
                ),
                ("report", models.JSONField()),
                (
                    "released_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "axis",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="annotation.axis"
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="annotation.campaign",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("campaign", "axis", "number"), name="axis_release_once")
                ]
            },
        ),
        RunSQL(ONCE, "DROP FUNCTION annotation_vote_released_once() CASCADE"),
        *schema.append_only("annotation_axisrelease"),
        RunSQL(FORGET, UNFORGET),
        schema.trusted_path("annotation_vote_released_once"),
    ]
