"""What people say of their own expertise stands beside what a lead has confirmed."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = [("annotation", "0005_guidance_and_questions")]
    operations = [
        migrations.AddField(
            model_name="annotatorprofile",
            name="expertise_said",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=80), blank=True, db_default=[], default=list, size=None
            ),
        ),
    ]
