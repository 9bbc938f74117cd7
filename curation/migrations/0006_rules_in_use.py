"""Misses, false hits and cases of redaction rules; the vault."""

from django.db import migrations


class Migration(migrations.Migration):
    """See the module docstring."""

    dependencies = [("curation", "0005_logs_metrics_limits")]
    operations: list[object] = []
