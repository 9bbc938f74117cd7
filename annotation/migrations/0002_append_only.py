"""Votes are never changed, and a counted vote fits into the slots its item asked for (invariant 6)."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from core import schema

SLOT_FITS = """
CREATE FUNCTION annotation_slot_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.slot > (SELECT slots_asked FROM annotation_item WHERE id = NEW.item_id FOR KEY SHARE) THEN
        RAISE EXCEPTION 'item % asked for fewer judgments than slot %', NEW.item_id, NEW.slot
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_judgment_slot_fits BEFORE INSERT ON annotation_judgment
    FOR EACH ROW WHEN (NEW.slot IS NOT NULL) EXECUTE FUNCTION annotation_slot_fits();
"""


class Migration(migrations.Migration):
    """Append-only tables of the annotation app."""

    dependencies = [("annotation", "0001_initial")]
    operations = [
        *schema.append_only(
            "annotation_response",
            "annotation_pair",
            "annotation_repair",
            "annotation_judgment",
            "annotation_judgmentrevision",
            "annotation_judgmentgroup",
        ),
        RunSQL(SLOT_FITS, "DROP FUNCTION annotation_slot_fits() CASCADE"),
        schema.frozen_columns(
            "annotation_item", "project_id", "campaign_id", "kind", "version_id", "fingerprint", "slots_asked"
        ),
    ]
