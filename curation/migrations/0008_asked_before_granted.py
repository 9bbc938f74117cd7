"""What the app role may not write either: a grant nobody asked for, and another history of what came in."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from core import schema

ASKED_FIRST = """
CREATE FUNCTION curation_reveal_is_asked_first() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.state <> 'requested' THEN
        RAISE EXCEPTION 'a request to reveal is asked before it is decided' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.expires_at > now() + interval '1 hour' THEN
        RAISE EXCEPTION 'a grant to reveal stands for an hour at most' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER curation_reveal_is_asked_first BEFORE INSERT OR UPDATE ON curation_revealrequest
    FOR EACH ROW EXECUTE FUNCTION curation_reveal_is_asked_first();
"""


class Migration(migrations.Migration):
    """A batch keeps where it came from; a grant follows a request and ends soon."""

    dependencies = [("curation", "0007_permissions_end")]
    operations = [
        RunSQL(ASKED_FIRST, "DROP FUNCTION curation_reveal_is_asked_first() CASCADE"),
        schema.frozen_columns("curation_ingestbatch", "project_id", "route", "token_id"),
    ]
