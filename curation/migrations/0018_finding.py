"""Words of conversations for full-text search, and numbers of conversations for agentic health and likeness."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

import curation.models.finding
from core import schema
from curation.migrations import _finding_sql as sql

SEARCH_ROW = migrations.CreateModel(
    name="SearchRow",
    fields=[
        ("pk", models.CompositePrimaryKey("day", "version_id", blank=True, editable=False, primary_key=True, serialize=False)),
        ("day", models.DateField()),
        ("version", models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING,
                                         related_name="search_row", to="curation.conversationversion")),
        ("trace", models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING,
                                       related_name="search_row", to="curation.trace")),
        ("project_id", models.UUIDField()),
        ("at", models.DateTimeField()),
        ("language", models.CharField(max_length=16)),
        ("words", curation.models.finding.TsVector()),
    ],
    options={"db_table": "curation_searchrow"},
)


class Migration(migrations.Migration):
    """What is stored already is taken up by curation's background, a batch at a time."""

    dependencies = [("accounts", "0001_initial"), ("curation", "0017_call_forms")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                RunSQL(sql.SEARCH_ROW, "DROP TABLE curation_searchrow"),
                RunSQL(sql.ENSURE_DAY, sql.ENSURE_DAY_BEFORE),
                RunSQL(sql.DROP_DAY, sql.DROP_DAY_BEFORE),
            ],
            state_operations=[SEARCH_ROW],
        ),
        *schema.written_by_ingest("curation_searchrow"),
        RunSQL(sql.FOLLOWS, sql.UNDO_FOLLOWS),
        migrations.AddField(
            "curationstate", "search_spec", models.PositiveSmallIntegerField(db_default=0)
        ),
        migrations.AddIndex(
            "curationstate", models.Index(fields=["project", "search_spec"], name="curation_search_spec")
        ),
        migrations.AddIndex(
            "curationstate", models.Index(fields=["project", "language"], name="curation_language")
        ),
        migrations.CreateModel(
            name="ConversationMeasure",
            fields=[
                ("version", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True,
                                                 related_name="measure", serialize=False, to="curation.conversationversion")),
                ("project", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project")),
                ("day", models.DateField()),
                *((name, models.PositiveIntegerField(default=0)) for name in
                  ("depth", "fan_out", "tools", "failures", "timeouts", "interrupts")),
                ("recovered", models.BooleanField(default=False)),
                ("answered", models.BooleanField(default=False)),
                ("prompt_words", models.PositiveIntegerField(default=0)),
                ("answer_words", models.PositiveIntegerField(default=0)),
                ("hedges", models.PositiveIntegerField(null=True)),
                ("measured_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "day"], name="measure_day"),
                    models.Index(fields=["project", "day"], condition=models.Q(recovered=True), name="measure_recovered"),
                ],
            },
        ),
    ]
