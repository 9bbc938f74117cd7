"""Hard negatives with their proof; everything a row names belongs to the row's project."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models
from django.db.migrations.operations import RunSQL
from django.db.models import F, Q

from core import schema

SAME_PROJECT = """
CREATE FUNCTION curation_hard_negative_at_home() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM curation_conversationversion v
               WHERE v.id IN (NEW.prompt_id, NEW.negative_id, NEW.positive_id) AND v.project_id <> NEW.project_id) THEN
        RAISE EXCEPTION 'a hard negative is made of conversations of its own project' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER curation_hard_negative_at_home BEFORE INSERT ON curation_hardnegative
    FOR EACH ROW EXECUTE FUNCTION curation_hard_negative_at_home();
"""


def _version(null: bool = False, related_name: str = "+") -> models.ForeignKey:
    return models.ForeignKey(
        null=null, on_delete=django.db.models.deletion.PROTECT, related_name=related_name,
        to="curation.conversationversion")


class Migration(migrations.Migration):
    """See the module docstring."""

    dependencies = [("accounts", "0001_initial"), ("curation", "0012_strata")]
    operations = [
        migrations.CreateModel(
            name="HardNegative",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("rule", models.CharField(max_length=24)),
                ("margin", models.FloatField(null=True)),
                ("stratum", models.CharField(max_length=120)),
                ("evidence", models.JSONField(default=dict)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("project", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project")),
                ("prompt", _version()),
                ("negative", _version(related_name="hard_negatives")),
                ("positive", _version(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "rule", "-id"], name="hard_negative_rule"),
                    models.Index(fields=["project", "stratum", "rule"], name="hard_negative_stratum"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("rule", "prompt", "negative"), name="hard_negative_once"),
                    models.CheckConstraint(
                        condition=Q(rule__in=["near_miss", "failed_tool", "wrong_arithmetic", "contradicts_tool"]),
                        name="hard_negative_rule_known"),
                    models.CheckConstraint(
                        condition=(Q(rule="near_miss", margin__isnull=False, margin__gt=0, positive__isnull=False, positive=F("prompt")) & ~Q(prompt=F("negative")))
                        | (~Q(rule="near_miss") & Q(margin__isnull=True, prompt=F("negative")) & ~Q(evidence={})),
                        name="hard_negative_has_its_proof"),
                    models.CheckConstraint(
                        condition=Q(positive__isnull=True) | ~Q(positive=F("negative")),
                        name="hard_negative_is_not_the_positive"),
                ],
            },
        ),
        *schema.append_only("curation_hardnegative"),
        RunSQL(SAME_PROJECT, "DROP FUNCTION curation_hard_negative_at_home() CASCADE"),
    ]
