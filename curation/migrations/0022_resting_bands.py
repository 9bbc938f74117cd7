"""The band keys of texts at rest can be looked up: a text that meets only followers of a crowd still finds its centre."""

from django.db import migrations

from curation.migrations._clusters_sql import KEYS, RESTING_INDEXES


class Migration(migrations.Migration):
    """See the module docstring."""

    dependencies = [("curation", "0021_topics")]
    operations = [
        migrations.RunSQL(
            RESTING_INDEXES, "".join(f"DROP INDEX curation_band_resting_{key};" for key in KEYS)
        )
    ]
