"""All traces of one person, and what a day cost, are found by index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """See the module docstring."""

    dependencies = [("curation", "0009_service_defaults")]
    operations = [
        migrations.AddIndex(
            "trace",
            models.Index(fields=["project", "user_key"], condition=~models.Q(user_key=""), name="trace_user"),
        ),
        migrations.AddIndex(
            "conversationversion", models.Index(fields=["project", "day"], name="conversation_day")
        ),
    ]
