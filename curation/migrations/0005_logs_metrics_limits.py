"""Metrics, blobs, refused bodies, prices and retention."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations import RunSQL
from django.db.models.functions import Now

from core import schema
from curation.migrations._logs_metrics_limits_sql import (
    DROP_DAY,
    ENSURE_DAY,
    FORGET_BLOBS,
    ONE_PROJECT,
    PARTITIONED,
    UNDO_ONE_PROJECT,
)


def _project() -> Any:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project"
    )


def _key() -> Any:
    return models.BigAutoField(primary_key=True, serialize=False)


OUTCOMES = [
    ("accepted", "Accepted"),
    ("redelivered", "Redelivered"),
    ("conflicting", "Conflicting"),
    ("refused", "Refused"),
]
TABLES = [
    migrations.AddField("ingestbatch", "left_out", models.PositiveIntegerField(db_default=0, default=0)),
    migrations.AlterField(
        "asset", "kind",
        models.CharField(
            choices=[
                ("redaction_rules", "Redaction Rules"), ("quarantine", "Quarantine"), ("guidelines", "Guidelines"),
                ("policy", "Policy"), ("taxonomy", "Taxonomy"), ("red_team", "Red Team"), ("price_book", "Price Book"),
            ],
            max_length=24,
        ),
    ),
    migrations.CreateModel(
        "DroppedDay",
        [
            ("day", models.DateField(primary_key=True, serialize=False)),
            ("dropped_at", models.DateTimeField(db_default=Now())),
            *((name, models.BigIntegerField(default=0)) for name in (
                "spans", "bodies", "metric_points", "refusal_bodies", "blob_references", "bytes")),
        ],
        options={"ordering": ["-day"]},
    ),
    migrations.CreateModel(
        "Blob",
        [
            ("id", _key()),
            ("project", _project()),
            ("sha256", models.CharField(max_length=64)),
            ("stored", models.CharField(max_length=64)),
            ("size", models.PositiveBigIntegerField()),
            ("mime_type", models.CharField(blank=True, default="", max_length=120)),
            ("first_seen", models.DateTimeField(db_default=Now())),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("project", "sha256"), name="blob_once")],
            "indexes": [models.Index(fields=["stored"], name="blob_stored")],
        },
    ),
    migrations.CreateModel(
        "BlobReference",
        [
            ("id", _key()),
            ("blob", models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="references", to="curation.blob")),
            ("trace", models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="curation.trace")),
            ("day", models.DateField()),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("blob", "trace"), name="blob_reference_once")],
            "indexes": [models.Index(fields=["day"], name="blob_reference_day")],
        },
    ),
    migrations.CreateModel(
        "CostRevision",
        [
            ("id", _key()),
            ("project", _project()),
            ("version", models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="cost_revisions",
                to="curation.conversationversion")),
            ("number", models.PositiveIntegerField()),
            ("cost_usd", models.DecimalField(decimal_places=8, max_digits=12, null=True)),
            ("book", models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="curation.assetversion")),
            ("author", models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ("created_at", models.DateTimeField(db_default=Now())),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("version", "number"), name="cost_revision_once"),
                models.CheckConstraint(condition=models.Q(cost_usd__gte=0), name="cost_revision_not_negative"),
            ],
        },
    ),
    migrations.CreateModel(
        "Replay",
        [
            ("id", _key()),
            ("project", _project()),
            ("refusal", models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="replays", to="curation.refusal")),
            ("batch", models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="curation.ingestbatch")),
            ("outcome", models.CharField(choices=OUTCOMES, max_length=12)),
            ("code", models.CharField(blank=True, default="", max_length=40)),
            ("replayed_at", models.DateTimeField(db_default=Now())),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    fields=("refusal",), condition=models.Q(outcome__in=("accepted", "redelivered", "conflicting")),
                    name="replay_taken_once"),
                models.CheckConstraint(
                    condition=models.Q(outcome__in=["accepted", "redelivered", "conflicting", "refused"]),
                    name="replay_outcome_known"),
            ],
        },
    ),
]  # fmt: skip

_IN_SQL: Any = {"blank": True, "editable": False, "primary_key": True, "serialize": False}
PARTITIONED_STATE = [
    migrations.CreateModel(
        "MetricPoint",
        [
            ("pk", models.CompositePrimaryKey("day", "project_id", "series", "at", **_IN_SQL)),
            ("day", models.DateField()),
            ("project_id", models.UUIDField()),
            ("series", models.BinaryField(max_length=32)),
            ("at", models.DateTimeField()),
            ("started_at", models.DateTimeField(null=True)),
            ("name", models.CharField(max_length=255)),
            ("unit", models.CharField(blank=True, default="", max_length=63)),
            ("kind", models.CharField(max_length=24)),
            ("temporality", models.CharField(blank=True, default="", max_length=12)),
            ("service", models.CharField(blank=True, default="", max_length=120)),
            ("model", models.CharField(blank=True, default="", max_length=120)),
            ("token_type", models.CharField(blank=True, default="", max_length=24)),
            ("count", models.BigIntegerField(null=True)),
            ("total", models.FloatField(null=True)),
            ("content_hmac", models.BinaryField(max_length=32)),
            ("key_id", models.CharField(max_length=32)),
            ("rules_id", models.BigIntegerField()),
            ("body", models.BinaryField()),
        ],
        options={"db_table": "curation_metricpoint"},
    ),
    migrations.CreateModel(
        "RefusalBody",
        [
            ("pk", models.CompositePrimaryKey("day", "refusal_id", **_IN_SQL)),
            ("day", models.DateField()),
            ("refusal_id", models.BigIntegerField()),
            ("project_id", models.UUIDField()),
            ("form", models.CharField(max_length=16)),
            ("truncated", models.BooleanField()),
            ("rules_id", models.BigIntegerField()),
            ("body", models.BinaryField()),
        ],
        options={"db_table": "curation_refusalbody"},
    ),
]

MINUTES = migrations.CreateModel(
    "IngestMinute",
    [
        (
            "pk",
            models.CompositePrimaryKey(
                "project_id", "minute", "route", blank=True, editable=False, primary_key=True, serialize=False
            ),
        ),
        ("project_id", models.UUIDField()),
        ("minute", models.DateTimeField()),
        ("route", models.CharField(max_length=16)),
        ("batches", models.IntegerField()),
        ("accepted", models.BigIntegerField()),
        ("redelivered", models.BigIntegerField()),
        ("conflicting", models.BigIntegerField()),
        ("refused", models.BigIntegerField()),
        ("bytes", models.BigIntegerField()),
        ("took", models.JSONField(default=dict)),
        ("redactions", models.JSONField(default=dict)),
        ("codes", models.JSONField(default=dict)),
    ],
    options={"db_table": "curation_ingestminute"},
)


class Migration(migrations.Migration):
    """Bodies only by the ingest role, days only dropped by the one function that checks their age."""

    dependencies = [
        ("curation", "0004_receipts_on_the_hot_path"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        *TABLES,
        MINUTES,
        migrations.SeparateDatabaseAndState(
            database_operations=[
                RunSQL(PARTITIONED, "DROP TABLE curation_metricpoint, curation_refusalbody"),
                RunSQL(ENSURE_DAY, RunSQL.noop),
                RunSQL(DROP_DAY, "DROP FUNCTION curation_drop_day(date)"),
                RunSQL(FORGET_BLOBS, "DROP FUNCTION curation_forget_blobs()"),
            ],
            state_operations=PARTITIONED_STATE,
        ),
        *schema.written_by_ingest(
            "curation_metricpoint", "curation_refusalbody", "curation_blob", "curation_blobreference"
        ),
        *schema.append_only("curation_costrevision", "curation_replay", "curation_ingestminute"),
        RunSQL(ONE_PROJECT, UNDO_ONE_PROJECT),
    ]
