"""Leads name annotators who decide over disagreement, and take an axis out of the questions."""

from django.db import migrations, models
from django.db.migrations.operations import RunSQL

from core import schema

DECIDES = """
CREATE FUNCTION annotation_adjudicator_named() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM accounts_membership m WHERE m.user_id = NEW.by_id AND m.project_id = NEW.project_id
                   AND m.role IN ('data_lead', 'admin'))
       AND NOT EXISTS (SELECT 1 FROM annotation_annotatorprofile p WHERE p.user_id = NEW.by_id
                       AND p.project_id = NEW.project_id AND p.adjudicates AND p.deactivated_at IS NULL) THEN
        RAISE EXCEPTION 'over votes decide leads and annotators a lead has named' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_adjudicator_named BEFORE INSERT ON annotation_adjudication
    FOR EACH ROW EXECUTE FUNCTION annotation_adjudicator_named();
"""


class Migration(migrations.Migration):
    """Two columns and one rule."""

    dependencies = [("accounts", "0003_join_links"), ("annotation", "0015_automatic_ties")]

    operations = [
        migrations.AddField(
            model_name="annotatorprofile",
            name="adjudicates",
            field=models.BooleanField(default=False, db_default=False),
        ),
        migrations.AddField(
            model_name="axis",
            name="retired_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        RunSQL(DECIDES, "DROP FUNCTION annotation_adjudicator_named() CASCADE;"),
        schema.trusted_path("annotation_adjudicator_named"),
    ]
