"""Nobody is given a campaign's work before passing its practice round, and practice answers are no judgments."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

from core import schema

GATE = """
CREATE FUNCTION annotation_practice_first() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_campaign uuid;
BEGIN
    SELECT c.id INTO of_campaign FROM annotation_item i JOIN annotation_campaign c ON c.id = i.campaign_id
    WHERE i.id = NEW.item_id AND c.practice_asked > 0;
    IF of_campaign IS NOT NULL
       AND NOT EXISTS (SELECT FROM annotation_qualification q
                       WHERE q.campaign_id = of_campaign AND q.profile_id = NEW.profile_id)
       AND NOT (SELECT simulated FROM annotation_annotatorprofile WHERE id = NEW.profile_id) THEN
        RAISE EXCEPTION 'annotator % has not passed the practice round of campaign %', NEW.profile_id, of_campaign
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_practice_first BEFORE INSERT ON annotation_assignment
    FOR EACH ROW EXECUTE FUNCTION annotation_practice_first();
"""

ANSWERS = """
CREATE FUNCTION annotation_practice_answer_checked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM annotation_practicetry t
                   WHERE t.id = NEW.practice_id AND t.ended_at IS NULL AND NEW.item_id = ANY(t.items)) THEN
        RAISE EXCEPTION 'practice item % is not asked in this try, or the try has ended', NEW.item_id
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.is_right <> (SELECT NEW.choice = ANY(p.right_choices) FROM annotation_practiceitem p WHERE p.id = NEW.item_id) THEN
        RAISE EXCEPTION 'the answer % is marked wrongly', NEW.choice USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_practice_answer_checked BEFORE INSERT ON annotation_practiceanswer
    FOR EACH ROW EXECUTE FUNCTION annotation_practice_answer_checked();

CREATE FUNCTION annotation_qualification_earned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.practice_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM annotation_practicetry t
        WHERE t.id = NEW.practice_id AND t.campaign_id = NEW.campaign_id AND t.profile_id = NEW.profile_id
          AND t.needs <= (SELECT count(*) FROM annotation_practiceanswer a WHERE a.practice_id = t.id AND a.is_right)) THEN
        RAISE EXCEPTION 'try % was not passed', NEW.practice_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_qualification_earned BEFORE INSERT ON annotation_qualification
    FOR EACH ROW EXECUTE FUNCTION annotation_qualification_earned();
"""


class Migration(migrations.Migration):
    """Practice items, tries, answers, and who may work."""

    dependencies = [
        ("accounts", "0003_join_links"),
        ("annotation", "0006_expertise_said"),
        ("curation", "0022_resting_bands"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PracticeAnswer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("choice", models.CharField(max_length=10)),
                ("strength", models.PositiveSmallIntegerField(default=0)),
                ("is_right", models.BooleanField()),
                ("active_ms", models.PositiveIntegerField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="PracticeItem",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("question", models.TextField(blank=True, default="")),
                ("answer_a", models.TextField(blank=True, default="")),
                ("answer_b", models.TextField(blank=True, default="")),
                (
                    "right_choices",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), size=None
                    ),
                ),
                ("explanation", models.TextField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("retired_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="PracticeTry",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "items",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None),
                ),
                (
                    "swapped",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BooleanField(), size=None),
                ),
                ("needs", models.PositiveSmallIntegerField()),
                ("started_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Qualification",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.AddField(
            model_name="campaign",
            name="practice_asked",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="campaign",
            name="practice_right",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("practice_asked", 0), ("practice_right", 0)),
                    models.Q(("practice_right__gte", 1), ("practice_right__lte", models.F("practice_asked"))),
                    _connector="OR",
                ),
                name="campaign_practice_can_be_passed",
            ),
        ),
        migrations.AddField(
            model_name="practiceitem",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="practice_items",
                to="annotation.campaign",
            ),
        ),
        migrations.AddField(
            model_name="practiceitem",
            name="created_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="practiceitem",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project"
            ),
        ),
        migrations.AddField(
            model_name="practiceitem",
            name="source",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="annotation.item"
            ),
        ),
        migrations.AddField(
            model_name="practiceanswer",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="annotation.practiceitem"
            ),
        ),
        migrations.AddField(
            model_name="practicetry",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="annotation.campaign"
            ),
        ),
        migrations.AddField(
            model_name="practicetry",
            name="profile",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="practice_tries",
                to="annotation.annotatorprofile",
            ),
        ),
        migrations.AddField(
            model_name="practicetry",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project"
            ),
        ),
        migrations.AddField(
            model_name="practiceanswer",
            name="practice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answers",
                to="annotation.practicetry",
            ),
        ),
        migrations.AddField(
            model_name="qualification",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="qualifications",
                to="annotation.campaign",
            ),
        ),
        migrations.AddField(
            model_name="qualification",
            name="granted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="qualification",
            name="practice",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="annotation.practicetry",
            ),
        ),
        migrations.AddField(
            model_name="qualification",
            name="profile",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="qualifications",
                to="annotation.annotatorprofile",
            ),
        ),
        migrations.AddField(
            model_name="qualification",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project"
            ),
        ),
        migrations.AddConstraint(
            model_name="practiceitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_at__isnull", True)),
                fields=("campaign", "source"),
                name="practice_source_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="practiceitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("question", ""), ("source__isnull", False)),
                    models.Q(
                        ("source__isnull", True),
                        models.Q(("question", ""), _negated=True),
                        models.Q(("answer_a", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="practice_picked_or_written",
            ),
        ),
        migrations.AddConstraint(
            model_name="practiceitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("right_choices__len__gt", 0), models.Q(("explanation", ""), _negated=True)
                ),
                name="practice_answer_explained",
            ),
        ),
        migrations.AddConstraint(
            model_name="practicetry",
            constraint=models.UniqueConstraint(
                fields=("campaign", "profile", "number"), name="practice_try_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="practicetry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("campaign", "profile"),
                name="practice_one_open_try",
            ),
        ),
        migrations.AddConstraint(
            model_name="practicetry",
            constraint=models.CheckConstraint(
                condition=models.Q(("needs__gte", 1)), name="practice_try_asks_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="practiceanswer",
            constraint=models.UniqueConstraint(fields=("practice", "item"), name="practice_answer_once"),
        ),
        migrations.AddConstraint(
            model_name="qualification",
            constraint=models.UniqueConstraint(fields=("campaign", "profile"), name="qualification_once"),
        ),
        migrations.AddConstraint(
            model_name="qualification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("practice__isnull", False), ("granted_by__isnull", False), _connector="XOR"
                ),
                name="qualification_passed_or_granted",
            ),
        ),
        *schema.append_only("annotation_practiceanswer", "annotation_qualification"),
        schema.frozen_columns(
            "annotation_practiceitem",
            "project_id",
            "campaign_id",
            "source_id",
            "question",
            "answer_a",
            "answer_b",
            "right_choices",
            "explanation",
        ),
        schema.frozen_columns(
            "annotation_practicetry",
            "project_id",
            "campaign_id",
            "profile_id",
            "number",
            "items",
            "swapped",
            "needs",
        ),
        RunSQL(GATE, "DROP FUNCTION annotation_practice_first() CASCADE"),
        RunSQL(
            ANSWERS,
            "DROP FUNCTION annotation_practice_answer_checked() CASCADE;"
            " DROP FUNCTION annotation_qualification_earned() CASCADE",
        ),
        schema.trusted_path(
            "annotation_practice_first",
            "annotation_practice_answer_checked",
            "annotation_qualification_earned",
        ),
    ]
