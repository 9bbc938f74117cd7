"""A pair made of a hard negative names it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """One column of an append-only table."""

    dependencies = [("annotation", "0011_judgment_spans"), ("curation", "0022_resting_bands")]
    operations = [
        migrations.AddField(
            model_name="pair",
            name="hard_negative",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pairs",
                to="curation.hardnegative",
            ),
        ),
        migrations.AddConstraint(
            model_name="pair",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("source", "hard_negative"), ("hard_negative__isnull", True), _connector="OR"
                ),
                name="pair_names_its_hard_negative",
            ),
        ),
    ]
