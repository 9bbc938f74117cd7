"""Where a conversation logged call by call stood after each answer: the longest form stands for the others."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """See the module docstring."""

    dependencies = [("curation", "0016_quarantine_proofs")]
    operations = [
        migrations.CreateModel(
            "CallForm",
            [
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "form", "version", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("form", models.BigIntegerField()),
                ("length", models.PositiveIntegerField()),
                ("whole", models.BooleanField()),
                (
                    "version",
                    models.ForeignKey(
                        "curation.conversationversion", django.db.models.deletion.CASCADE, related_name="+"
                    ),
                ),
            ],
        ),
    ]
