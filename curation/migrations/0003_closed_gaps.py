"""The pointer of a quarantine only moves on: an older version would let old screenings count again."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from core import schema

POINTER = f"""
CREATE FUNCTION curation_pointer_moves_on() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.current_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM curation_assetversion v
        WHERE v.id = NEW.current_id AND v.asset_id = NEW.id AND v.project_id = NEW.project_id) THEN
        RAISE EXCEPTION 'an asset points to a version of its own' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.kind = 'quarantine' AND OLD.current_id IS NOT NULL AND (
        NEW.current_id IS NULL OR (SELECT number FROM curation_assetversion WHERE id = NEW.current_id)
                                < (SELECT number FROM curation_assetversion WHERE id = OLD.current_id)) THEN
        RAISE EXCEPTION 'the quarantine only moves on; make a new version' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER curation_pointer_moves_on BEFORE INSERT OR UPDATE ON curation_asset
    FOR EACH ROW EXECUTE FUNCTION curation_pointer_moves_on();
REVOKE DELETE ON curation_asset FROM {schema.APP_ROLE};
"""


class Migration(migrations.Migration):
    """Attacks that got through, and no longer do."""

    dependencies = [("curation", "0002_partitions_and_rules"), ("core", "0004_fence_grows")]
    operations = [
        RunSQL(POINTER, "DROP FUNCTION curation_pointer_moves_on() CASCADE"),
        schema.frozen_columns("curation_asset", "project_id", "kind"),
    ]
