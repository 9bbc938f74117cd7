"""What people labelled is found by index: a correction looks whether there is enough to learn from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """See the module docstring."""

    dependencies = [("curation", "0013_hard_negatives")]
    operations = [
        migrations.AddIndex("labelrevision", models.Index(
            condition=models.Q(author__isnull=False), fields=["project", "axis", "version", "-number"],
            name="label_by_people")),
    ]
