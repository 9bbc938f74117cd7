"""A permission to train may end; the head knows when."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Nullable: most permissions have no end."""

    dependencies = [("curation", "0006_rules_in_use")]
    operations = [
        migrations.AddField("trace", "training_use_until", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "trace",
            models.Index(
                fields=["training_use_until"],
                condition=models.Q(training_use="allowed", training_use_until__isnull=False),
                name="trace_permission_ends",
            ),
        ),
    ]
