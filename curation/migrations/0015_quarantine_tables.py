"""Sets with their origin, tasks with answers, hits one by one, rulings on them, red-team corpora and their proofs."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """See the module docstring."""

    dependencies = [
        ("accounts", "0002_token_limits"),
        ("curation", "0014_labels_by_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DisjointnessProof",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("engine", models.CharField(max_length=64)),
                ("compared", models.CharField(max_length=64)),
                ("items", models.PositiveIntegerField()),
                ("violations", models.JSONField(default=list)),
                ("proved_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="HitRuling",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("content_hash", models.CharField(max_length=64)),
                (
                    "decision",
                    models.CharField(
                        choices=[("confirmed", "Confirmed"), ("cleared", "Cleared")], max_length=12
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=1000)),
                ("two_people", models.BooleanField(default=False)),
                ("ruled_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("seconded_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="QuarantineSet",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("benchmark", "Public test set"),
                            ("held_out", "Own test set"),
                            ("canary", "Canary prompts"),
                        ],
                        default="held_out",
                        max_length=16,
                    ),
                ),
                ("licence", models.CharField(blank=True, default="", max_length=120)),
                ("source", models.CharField(blank=True, default="", max_length=400)),
                ("added_by", models.CharField(max_length=200)),
                ("added_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="RedTeamItem",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("external_id", models.CharField(max_length=128)),
                ("text", models.TextField()),
                (
                    "role",
                    models.CharField(
                        choices=[("train_refusal", "Teaches refusals"), ("eval_only", "Measures only")],
                        max_length=16,
                    ),
                ),
                ("category", models.CharField(blank=True, default="", max_length=80)),
                ("digest", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="ScreeningHit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("method", models.CharField(max_length=16)),
                ("score", models.FloatField()),
                ("evidence", models.JSONField(default=dict)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="quarantineitem",
            name="quarantine_item_once",
        ),
        migrations.AddField(
            model_name="quarantineitem",
            name="answer",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="screening",
            name="base",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="curation.screening",
            ),
        ),
        migrations.AddField(
            model_name="screening",
            name="engine",
            field=models.CharField(db_default="", max_length=64),
        ),
        migrations.AlterField(
            model_name="screening",
            name="item",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="curation.quarantineitem",
            ),
        ),
        migrations.AddField(
            model_name="disjointnessproof",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project"
            ),
        ),
        migrations.AddField(
            model_name="disjointnessproof",
            name="quarantine",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="curation.assetversion"
            ),
        ),
        migrations.AddField(
            model_name="disjointnessproof",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="proofs", to="curation.assetversion"
            ),
        ),
        migrations.AddField(
            model_name="hitruling",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rulings",
                to="curation.quarantineitem",
            ),
        ),
        migrations.AddField(
            model_name="hitruling",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project"
            ),
        ),
        migrations.AddField(
            model_name="hitruling",
            name="ruled_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="hitruling",
            name="seconded_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="quarantineset",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project"
            ),
        ),
        migrations.AddField(
            model_name="redteamitem",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project"
            ),
        ),
        migrations.AddField(
            model_name="redteamitem",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="red_team_items",
                to="curation.assetversion",
            ),
        ),
        migrations.AddField(
            model_name="screeninghit",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="hits", to="curation.quarantineitem"
            ),
        ),
        migrations.AddField(
            model_name="screeninghit",
            name="screening",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="hits", to="curation.screening"
            ),
        ),
        migrations.AddConstraint(
            model_name="disjointnessproof",
            constraint=models.UniqueConstraint(fields=("version", "quarantine", "engine"), name="proof_once"),
        ),
        migrations.AddIndex(
            model_name="hitruling",
            index=models.Index(fields=["project", "content_hash", "item", "-id"], name="ruling_latest"),
        ),
        migrations.AddConstraint(
            model_name="hitruling",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision__in", ["confirmed", "cleared"])), name="ruling_decision_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="hitruling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decision", "confirmed"), models.Q(("reason", ""), _negated=True), _connector="OR"
                ),
                name="ruling_cleared_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="hitruling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("seconded_by__isnull", True),
                    models.Q(("seconded_by", models.F("ruled_by")), _negated=True),
                    _connector="OR",
                ),
                name="ruling_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="hitruling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("seconded_at__isnull", True), ("seconded_by__isnull", True)),
                    models.Q(
                        ("decision", "cleared"),
                        ("seconded_at__isnull", False),
                        ("seconded_by__isnull", False),
                        ("two_people", True),
                    ),
                    _connector="OR",
                ),
                name="ruling_seconded_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="quarantineset",
            constraint=models.UniqueConstraint(fields=("project", "name"), name="quarantine_set_once"),
        ),
        migrations.AddConstraint(
            model_name="quarantineset",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["benchmark", "held_out", "canary"])),
                name="quarantine_set_role_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="redteamitem",
            constraint=models.UniqueConstraint(fields=("version", "external_id"), name="red_team_item_once"),
        ),
        migrations.AddConstraint(
            model_name="redteamitem",
            constraint=models.UniqueConstraint(fields=("version", "digest"), name="red_team_text_once"),
        ),
        migrations.AddConstraint(
            model_name="redteamitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["train_refusal", "eval_only"])), name="red_team_role_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="screeninghit",
            constraint=models.UniqueConstraint(fields=("screening", "item"), name="screening_hit_once"),
        ),
    ]
