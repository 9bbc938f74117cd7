"""The checks read the real tables, whatever the session's temp tables are called."""

from django.db import migrations

from core import schema


class Migration(migrations.Migration):
    """A temporary table of the same name comes first on the search path of whoever writes."""

    dependencies = [("indexer", "0003_overtaken_builds")]
    operations = [
        schema.trusted_path(
            "indexer_occurrence_exact",
            "indexer_citation_inside",
            "indexer_version_moves_on",
            "indexer_pointer_names_published",
        )
    ]
