"""What validators mark, the score behind a difficulty, and templates; kinds of assets that govern them."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from core import schema

KINDS = [
    ("redaction_rules", "Redaction Rules"), ("quarantine", "Quarantine"), ("guidelines", "Guidelines"),
    ("policy", "Policy"), ("taxonomy", "Taxonomy"), ("red_team", "Red Team"), ("price_book", "Price Book"),
    ("validators", "Validators"), ("difficulty", "Difficulty"), ("quotas", "Quotas"),
]


class Migration(migrations.Migration):
    """See the module docstring."""

    dependencies = [("accounts", "0001_initial"), ("curation", "0011_distinct_texts")]
    operations = [
        migrations.AlterField("asset", "kind", models.CharField(choices=KINDS, max_length=24)),
        migrations.AddField("curationstate", "domain_confidence", models.FloatField(null=True)),
        migrations.AddField("curationstate", "difficulty_score", models.FloatField(null=True)),
        migrations.AddField(
            "curationstate", "question_template", models.CharField(blank=True, db_default="", default="", max_length=32)),
        migrations.AddField(
            "curationstate", "answer_template", models.CharField(blank=True, db_default="", default="", max_length=32)),
        migrations.AddField("curationstate", "checked_by", models.ForeignKey(
            db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
            to="curation.assetversion")),
        migrations.AddIndex(
            "curationstate", models.Index(fields=["project", "checked_by"], name="curation_checked_by")),
        migrations.AddIndex("curationstate", models.Index(
            condition=~models.Q(answer_template=""), fields=["project", "answer_template"],
            name="curation_answer_template")),
        migrations.AddIndex("curationstate", models.Index(
            condition=models.Q(("domain_confidence__isnull", False), ("is_representative", True)),
            fields=["project", "domain_confidence", "version"], name="curation_least_sure")),
        migrations.CreateModel(
            name="DomainVector",
            fields=[
                ("version", models.OneToOneField(
                    on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="domain_vector",
                    serialize=False, to="curation.conversationversion")),
                ("model", models.CharField(max_length=120)),
                ("vector", models.BinaryField()),
                ("project", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project")),
            ],
        ),
        migrations.CreateModel(
            name="Flag",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("validator", models.CharField(max_length=40)),
                ("detail", models.JSONField(default=dict)),
                ("flagged_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("policy", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="curation.assetversion")),
                ("project", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project")),
                ("version", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="flags",
                    to="curation.conversationversion")),
            ],
            options={
                "indexes": [models.Index(fields=["project", "validator", "-id"], name="flag_validator")],
                "constraints": [
                    models.UniqueConstraint(fields=("version", "validator", "policy"), name="flag_once")],
            },
        ),
        *schema.append_only("curation_flag"),
    ]
