"""The fencing token of a job only grows, and a job stays what it was made as (invariant 8)."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from core import schema

FENCE_GROWS = """
CREATE TRIGGER core_job_fence_grows BEFORE UPDATE ON core_job
    FOR EACH ROW WHEN (NEW.attempt < OLD.attempt OR NEW.kind <> OLD.kind OR NEW.project_id IS DISTINCT FROM OLD.project_id)
    EXECUTE FUNCTION winnow_refuse_change();
"""


class Migration(migrations.Migration):
    """A superseded attempt that set the number back would hold the job again."""

    dependencies = [("core", "0003_idempotent_answers")]
    operations = [
        RunSQL(FENCE_GROWS, "DROP TRIGGER core_job_fence_grows ON core_job"),
        schema.trusted_path("winnow_refuse_change"),
    ]
