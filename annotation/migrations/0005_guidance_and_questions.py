"""Guidelines a person has read, keys of their own, questions to leads; answers that cite a section of the policy."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

from core import schema

CITED = """
CREATE FUNCTION annotation_section_is_there() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM curation_assetversion v JOIN curation_asset a ON a.id = v.asset_id
                   WHERE v.id = NEW.policy_id AND v.project_id = NEW.project_id AND a.kind = 'policy'
                     AND v.body->'sections' @> jsonb_build_array(jsonb_build_object('number', NEW.section))) THEN
        RAISE EXCEPTION 'an answer cites a section its policy has' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_revision_cites BEFORE INSERT ON annotation_judgmentrevision
    FOR EACH ROW WHEN (NEW.section <> '') EXECUTE FUNCTION annotation_section_is_there();

CREATE FUNCTION annotation_question_of_one_project() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM annotation_assignment s JOIN annotation_item i ON i.id = s.item_id
                   WHERE s.id = NEW.assignment_id AND s.item_id = NEW.item_id AND s.profile_id = NEW.profile_id
                     AND i.project_id = NEW.project_id) THEN
        RAISE EXCEPTION 'a question is about an item its author was given' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_question_of_one_project BEFORE INSERT ON annotation_question
    FOR EACH ROW EXECUTE FUNCTION annotation_question_of_one_project();

CREATE FUNCTION annotation_read_is_guidelines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM curation_assetversion v JOIN curation_asset a ON a.id = v.asset_id
                   JOIN annotation_annotatorprofile p ON p.id = NEW.profile_id
                   WHERE v.id = NEW.version_id AND a.kind = 'guidelines'
                     AND v.project_id = NEW.project_id AND p.project_id = NEW.project_id) THEN
        RAISE EXCEPTION 'what is read is guidelines of the reader''s project' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_read_is_guidelines BEFORE INSERT ON annotation_guidelinesread
    FOR EACH ROW EXECUTE FUNCTION annotation_read_is_guidelines();
"""
UNCITED = """
DROP FUNCTION annotation_section_is_there() CASCADE;
DROP FUNCTION annotation_question_of_one_project() CASCADE;
DROP FUNCTION annotation_read_is_guidelines() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_token_limits"),
        ("annotation", "0004_who_may_judge_what"),
        ("curation", "0022_resting_bands"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GuidelinesRead",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("read_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="KeyMap",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="key_map",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("mode", models.CharField(default="plain", max_length=8)),
                ("keys", models.JSONField(default=dict)),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("text", models.TextField()),
                ("idempotency_key", models.UUIDField(unique=True)),
                ("asked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.AddField(
            model_name="campaign",
            name="policy",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="curation.assetversion",
            ),
        ),
        migrations.AddField(
            model_name="judgmentrevision",
            name="act",
            field=models.CharField(blank=True, default="", max_length=10),
        ),
        migrations.AddField(
            model_name="judgmentrevision",
            name="policy",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="curation.assetversion",
            ),
        ),
        migrations.AddField(
            model_name="judgmentrevision",
            name="section",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.AddField(
            model_name="judgmentrevision",
            name="tags_version",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="judgmentrevision",
            constraint=models.CheckConstraint(
                condition=models.Q(("section", ""), ("policy__isnull", False), _connector="OR"),
                name="judgment_section_of_policy",
            ),
        ),
        migrations.AddConstraint(
            model_name="judgmentrevision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("act", ""),
                    models.Q(
                        ("act__in", ("answer", "clarify", "tool", "refuse", "defer", "escalate")),
                        ("choice__in", ["accept", "fix", "drop"]),
                    ),
                    _connector="OR",
                ),
                name="judgment_act_of_repair",
            ),
        ),
        migrations.AddField(
            model_name="guidelinesread",
            name="profile",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="guidelines_read",
                to="annotation.annotatorprofile",
            ),
        ),
        migrations.AddField(
            model_name="guidelinesread",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project"
            ),
        ),
        migrations.AddField(
            model_name="guidelinesread",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="curation.assetversion"
            ),
        ),
        migrations.AddConstraint(
            model_name="keymap",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ("plain", "alt", "off"))), name="key_map_mode_known"
            ),
        ),
        migrations.CreateModel(
            name="QuestionAnswer",
            fields=[
                (
                    "question",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="answer",
                        serialize=False,
                        to="annotation.question",
                    ),
                ),
                ("text", models.TextField()),
                ("answered_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.AddField(
            model_name="question",
            name="assignment",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="question",
                to="annotation.assignment",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="annotation.item"
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="profile",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="questions",
                to="annotation.annotatorprofile",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project"
            ),
        ),
        migrations.AddConstraint(
            model_name="guidelinesread",
            constraint=models.UniqueConstraint(fields=("profile", "version"), name="guidelines_read_once"),
        ),
        migrations.AddField(
            model_name="questionanswer",
            name="answered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="questionanswer",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project"
            ),
        ),
        *schema.append_only("annotation_guidelinesread", "annotation_question", "annotation_questionanswer"),
        RunSQL(CITED, UNCITED),
        schema.trusted_path(
            "annotation_section_is_there",
            "annotation_question_of_one_project",
            "annotation_read_is_guidelines",
        ),
    ]
