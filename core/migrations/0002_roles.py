"""Two database roles, and append-only audit and events."""

from django.db import migrations

from core import schema


class Migration(migrations.Migration):
    """Grants for tables that exist already, default grants for all later ones."""

    dependencies = [("core", "0001_initial")]
    operations = [*schema.roles(), *schema.append_only("core_auditentry", "core_event")]
