"""Questions near a held-out item in meaning, and what people said to them."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

from core import schema


ANSWERED = """
CREATE TRIGGER curation_meaningflag_answered_once BEFORE UPDATE ON curation_meaningflag
    FOR EACH ROW WHEN (OLD.answer <> '') EXECUTE FUNCTION winnow_refuse_change();
"""


class Migration(migrations.Migration):
    """See the module docstring."""

    dependencies = [
        ("accounts", "0002_token_limits"),
        ("curation", "0019_recipes_and_meaning"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MeaningCheck",
            fields=[
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="meaning_check",
                        serialize=False,
                        to="curation.conversationversion",
                    ),
                ),
                ("model", models.CharField(max_length=120)),
                ("number", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="MeaningFlag",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("model", models.CharField(max_length=120)),
                ("score", models.FloatField()),
                ("raised_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[("same", "The same task"), ("other", "Another task")],
                        default="",
                        max_length=8,
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="meaningcheck",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project"
            ),
        ),
        migrations.AddField(
            model_name="meaningflag",
            name="answered_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="meaningflag",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="curation.quarantineitem"
            ),
        ),
        migrations.AddField(
            model_name="meaningflag",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project"
            ),
        ),
        migrations.AddField(
            model_name="meaningflag",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="meaning_flags",
                to="curation.conversationversion",
            ),
        ),
        migrations.AddIndex(
            model_name="meaningflag",
            index=models.Index(fields=["project", "answer", "-id"], name="meaning_flags_open"),
        ),
        migrations.AddConstraint(
            model_name="meaningflag",
            constraint=models.UniqueConstraint(fields=("version", "item"), name="meaning_flag_once"),
        ),
        migrations.AddConstraint(
            model_name="meaningflag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("answered_at__isnull", True), ("answered_by__isnull", True)),
                    models.Q(
                        ("answer__in", ["same", "other"]),
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="meaning_flag_answered",
            ),
        ),
        RunSQL(ANSWERED, RunSQL.noop),
        schema.frozen_columns(
            "curation_meaningflag", "project_id", "version_id", "item_id", "model", "score", "raised_at"
        ),
    ]
