"""What a delivery writes, made cheaper."""

from django.db import migrations


class Migration(migrations.Migration):
    """See the module docstring."""

    dependencies = [("curation", "0003_closed_gaps")]
    operations: list[object] = []
