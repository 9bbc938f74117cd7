"""Where a body was destroyed, the answers copied from it lose their words too; nothing else ever changes in them."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from core import schema

KEPT = """
CREATE FUNCTION annotation_answer_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.text = '' AND NEW.messages = '[]'
           AND (to_jsonb(NEW) - '{text,messages}'::text[]) = (to_jsonb(OLD) - '{text,messages}'::text[])
           AND EXISTS (SELECT 1 FROM curation_bodyerasure e WHERE e.version_id = OLD.version_id) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only: rows of % are never changed or removed', TG_TABLE_NAME, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER annotation_response_append_only ON annotation_response;
CREATE TRIGGER annotation_response_append_only BEFORE UPDATE OR DELETE ON annotation_response
    FOR EACH ROW EXECUTE FUNCTION annotation_answer_kept();

CREATE FUNCTION annotation_mark_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.quote = '' AND (to_jsonb(NEW) - 'quote') = (to_jsonb(OLD) - 'quote')
           AND EXISTS (SELECT 1 FROM annotation_response r JOIN curation_bodyerasure e ON e.version_id = r.version_id
                       WHERE r.id = OLD.response_id) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only: rows of % are never changed or removed', TG_TABLE_NAME, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER annotation_judgmentspan_append_only ON annotation_judgmentspan;
CREATE TRIGGER annotation_judgmentspan_append_only BEFORE UPDATE OR DELETE ON annotation_judgmentspan
    FOR EACH ROW EXECUTE FUNCTION annotation_mark_kept();
"""

ERASE = f"""
CREATE FUNCTION annotation_erase_answers(the_version uuid) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    emptied bigint;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM curation_bodyerasure WHERE version_id = the_version) THEN
        RAISE EXCEPTION 'answers lose their words only where the conversation they are from was destroyed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    UPDATE annotation_response SET text = '', messages = '[]'
    WHERE version_id = the_version AND (text <> '' OR messages <> '[]');
    GET DIAGNOSTICS emptied = ROW_COUNT;
    UPDATE annotation_judgmentspan s SET quote = '' FROM annotation_response r
    WHERE r.id = s.response_id AND r.version_id = the_version AND s.quote <> '';
    UPDATE annotation_assignment SET draft = '{{}}' WHERE draft <> '{{}}' AND item_id IN (
        SELECT i.id FROM annotation_item i WHERE i.version_id = the_version
        UNION SELECT p.item_id FROM annotation_response r JOIN annotation_pair p ON p.response_a_id = r.id
            WHERE r.version_id = the_version
        UNION SELECT p.item_id FROM annotation_response r JOIN annotation_pair p ON p.response_b_id = r.id
            WHERE r.version_id = the_version
        UNION SELECT f.item_id FROM annotation_response r JOIN annotation_repair f ON f.response_id = r.id
            WHERE r.version_id = the_version);
    RETURN emptied;
END $$;
REVOKE EXECUTE ON FUNCTION annotation_erase_answers(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION annotation_erase_answers(uuid) TO {schema.APP_ROLE};
"""


class Migration(migrations.Migration):
    """Going back leaves functions that refuse as much."""

    dependencies = [
        ("annotation", "0019_closed_decides_nothing"),
        ("curation", "0022_resting_bands"),
    ]
    operations = [
        RunSQL(KEPT, RunSQL.noop),
        RunSQL(ERASE, RunSQL.noop),
        schema.trusted_path("annotation_answer_kept", "annotation_mark_kept"),
    ]
