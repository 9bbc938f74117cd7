"""One row for each distinct text, its band keys in columns, edges and stars between texts; specs that never mix."""

import django.db.models.deletion
import django.db.models.functions
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

from curation.migrations import _clusters_sql

CASCADE, PROTECT = django.db.models.deletion.CASCADE, django.db.models.deletion.PROTECT
SPEC = "curation.signaturespec"
TEXT = "curation.distincttext"


def _text(name: str, **options):  # type: ignore[no-untyped-def]
    return models.ForeignKey(TEXT, CASCADE, related_name=name, **options)


BY_SQL = [
    migrations.DeleteModel("Band"),
    migrations.CreateModel(
        "Band",
        [("text", models.OneToOneField(TEXT, CASCADE, primary_key=True, related_name="+", serialize=False))],
        options={"db_table": "curation_band"},
    ),
    migrations.CreateModel(
        "RestingBand",
        [("text", models.OneToOneField(TEXT, CASCADE, primary_key=True, related_name="+", serialize=False))],
        options={"db_table": "curation_band_resting"},
    ),
    migrations.CreateModel(
        "DuplicateEdge",
        [
            ("pk", models.CompositePrimaryKey("low", "high", blank=True, editable=False, primary_key=True, serialize=False)),
            ("jaccard", models.FloatField()),
            ("verified_at", models.DateTimeField(db_default=django.db.models.functions.Now())),
            ("low", _text("edges_up", db_index=False)),
            ("high", _text("edges_down")),
            ("spec", models.ForeignKey(SPEC, PROTECT, db_constraint=False, db_index=False, related_name="+")),
        ],
        options={
            "constraints": [
                models.CheckConstraint(condition=models.Q(("low__lt", models.F("high"))), name="edge_ordered"),
                models.CheckConstraint(
                    condition=models.Q(("jaccard__gte", 0), ("jaccard__lte", 1)), name="edge_jaccard_range"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        "StarPlace",
        [
            ("text", models.OneToOneField(TEXT, CASCADE, primary_key=True, related_name="place", serialize=False)),
            ("jaccard", models.FloatField()),
            ("centre", _text("followers")),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("text", models.F("centre")), _negated=True), name="star_place_of_another"
                )
            ],
        },
    ),
    migrations.CreateModel(
        "ClusterWork",
        [
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("version_id", models.UUIDField(null=True)),
            ("stage", models.CharField(max_length=8)),
            ("fresh", models.BooleanField(default=True)),
            (
                "project",
                models.ForeignKey(
                    "accounts.project", PROTECT, db_constraint=False, db_index=False, related_name="+"
                ),
            ),
            ("text", _text("+")),
        ],
        options={
            "indexes": [models.Index(fields=["project", "stage", "id"], name="cluster_work_next")],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("stage__in", ["probe", "merge"])), name="cluster_work_stage_known"
                )
            ],
        },
    ),
]  # fmt: skip


class Migration(migrations.Migration):
    """See the module docstring."""

    dependencies = [("curation", "0010_who_and_when"), ("accounts", "0001_initial")]
    operations = [
        RunSQL(_clusters_sql.EMPTY, RunSQL.noop),
        migrations.DeleteModel("ClusterMember"),
        migrations.DeleteModel("DuplicateEdge"),
        migrations.DeleteModel("Signature"),
        migrations.AddField("signaturespec", "mode", models.CharField(default="text", max_length=8)),
        migrations.AddField("signaturespec", "views", models.CharField(default="", max_length=40)),
        migrations.CreateModel(
            "DistinctText",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("view", models.CharField(max_length=16)),
                ("exact", models.BinaryField(max_length=16, unique=True)),
                ("shingles", models.BinaryField()),
                ("shingle_count", models.PositiveIntegerField()),
                ("eligible", models.BooleanField(default=True)),
                ("crowded", models.BooleanField(default=False)),
                ("rank", models.FloatField(default=0)),
                (
                    "project",
                    models.ForeignKey(
                        "accounts.project", PROTECT, db_constraint=False, db_index=False, related_name="+"
                    ),
                ),
                ("spec", models.ForeignKey(SPEC, PROTECT, db_index=False, related_name="+")),
            ],
            options={"indexes": [models.Index(fields=["project", "spec"], name="distinct_text_spec")]},
        ),
        migrations.CreateModel(
            "Signature",
            [
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "version", "view", "spec", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("view", models.CharField(max_length=16)),
                (
                    "version",
                    models.ForeignKey(
                        "curation.conversationversion", PROTECT, db_index=False, related_name="signatures"
                    ),
                ),
                (
                    "spec",
                    models.ForeignKey(SPEC, PROTECT, db_constraint=False, db_index=False, related_name="+"),
                ),
                ("text", models.ForeignKey(TEXT, PROTECT, related_name="signatures")),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                RunSQL(_clusters_sql.TABLES, RunSQL.noop),
            ],
            state_operations=BY_SQL,
        ),
        migrations.AddField("cluster", "centre", models.OneToOneField(TEXT, PROTECT, related_name="cluster")),
        migrations.CreateModel(
            "ClusterMember",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("jaccard", models.FloatField()),
                (
                    "cluster",
                    models.ForeignKey(
                        "curation.cluster", CASCADE, db_index=False, related_name="members"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey("curation.conversationversion", PROTECT, related_name="memberships"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("cluster", "version"), name="cluster_member_once")
                ]
            },
        ),
        migrations.CreateModel(
            "DeduplicationChoice",
            [
                (
                    "project",
                    models.OneToOneField(
                        "accounts.project", CASCADE, primary_key=True, related_name="+", serialize=False
                    ),
                ),
                (
                    "keep",
                    models.CharField(
                        choices=[
                            ("longest", "Longest"),
                            ("newest", "Newest"),
                            ("best_rated", "Best rated"),
                            ("most_annotators", "Seen by most annotators"),
                        ],
                        default="longest",
                        max_length=16,
                    ),
                ),
                ("dropping_view", models.CharField(default="whole", max_length=16)),
                ("chosen_at", models.DateTimeField(db_default=django.db.models.functions.Now())),
                ("chosen_by", models.ForeignKey("accounts.user", PROTECT, null=True, related_name="+")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("keep__in", ["longest", "newest", "best_rated", "most_annotators"])
                        ),
                        name="keep_policy_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("dropping_view__in", ["whole", "prompt", "answer", "skeleton"])),
                        name="dropping_view_known",
                    ),
                ]
            },
        ),
        RunSQL(_clusters_sql.ONE_SPEC, RunSQL.noop),
    ]
