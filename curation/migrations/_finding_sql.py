"""The SQL of migration 0018: words in day partitions, which go with their day and with a superseded version."""

from core import schema
from curation.migrations import _logs_metrics_limits_sql as before

SEARCH_ROW = """
CREATE TABLE curation_searchrow (
    day date NOT NULL,
    version_id uuid NOT NULL,
    trace_id uuid NOT NULL,
    project_id uuid NOT NULL REFERENCES accounts_project,
    at timestamptz NOT NULL,
    language varchar(16) NOT NULL,
    words tsvector NOT NULL,
    PRIMARY KEY (day, version_id),
    UNIQUE (day, trace_id)
) PARTITION BY RANGE (day);
CREATE INDEX curation_searchrow_words ON curation_searchrow USING gin (words);
"""

_PARENTS = before.PARENTS.replace("]", ", 'curation_searchrow']")
ENSURE_DAY = before.ENSURE_DAY.replace(before.PARENTS, _PARENTS)
DROP_DAY = before.DROP_DAY.replace(before.PARENTS, _PARENTS).replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
ENSURE_DAY_BEFORE = before.ENSURE_DAY
DROP_DAY_BEFORE = before.DROP_DAY.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")

FOLLOWS = f"""
GRANT DELETE ON curation_searchrow TO {schema.INGEST_ROLE};
CREATE FUNCTION curation_search_follows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM curation_searchrow s WHERE s.day = OLD.day AND s.version_id = OLD.current_id;
    RETURN NULL;
END $$;
CREATE TRIGGER curation_search_follows AFTER UPDATE OF current_id ON curation_trace FOR EACH ROW
    WHEN (OLD.current_id IS NOT NULL AND NEW.current_id IS DISTINCT FROM OLD.current_id)
    EXECUTE FUNCTION curation_search_follows();
CREATE FUNCTION curation_search_is_current() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM curation_trace t WHERE t.id = NEW.trace_id AND t.current_id = NEW.version_id
                   AND t.project_id = NEW.project_id AND t.day = NEW.day) THEN
        RAISE EXCEPTION 'only the current version of a trace is searched' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER curation_search_is_current BEFORE INSERT ON curation_searchrow
    FOR EACH ROW EXECUTE FUNCTION curation_search_is_current();
"""
UNDO_FOLLOWS = "DROP FUNCTION curation_search_follows() CASCADE; DROP FUNCTION curation_search_is_current() CASCADE"

DROP_DAY = DROP_DAY.replace(
    "INSERT INTO curation_droppedday", "DELETE FROM curation_semanticvector v WHERE v.day = wanted;\n    INSERT INTO curation_droppedday"
)
VECTORS_FOLLOW = """
CREATE FUNCTION curation_vector_follows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM curation_semanticvector v WHERE v.version_id = OLD.current_id;
    RETURN NULL;
END $$;
CREATE TRIGGER curation_vector_follows AFTER UPDATE OF current_id ON curation_trace FOR EACH ROW
    WHEN (OLD.current_id IS NOT NULL AND NEW.current_id IS DISTINCT FROM OLD.current_id)
    EXECUTE FUNCTION curation_vector_follows();
"""
UNDO_VECTORS_FOLLOW = "DROP FUNCTION curation_vector_follows() CASCADE"
