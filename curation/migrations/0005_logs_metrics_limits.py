"""Metrics, blobs, refused bodies, prices and retention."""

from django.db import migrations


class Migration(migrations.Migration):
    """See the module docstring."""

    dependencies = [("curation", "0004_receipts_on_the_hot_path")]
    operations: list[object] = []
