"""The database part of invariant 7: a stored place always holds the stored passage, and history never changes."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from core.schema import append_only, frozen_columns

TEXTS_ARE_WHAT_THEIR_HASH_SAYS = """
ALTER TABLE indexer_documentversion ADD CONSTRAINT version_hash_of_text
    CHECK (content_sha256 = encode(sha256(convert_to(text, 'UTF8')), 'hex'));
ALTER TABLE indexer_passage ADD CONSTRAINT passage_hash_of_text
    CHECK (text_sha256 = encode(sha256(convert_to(text, 'UTF8')), 'hex'));
"""
UNDO_TEXTS = """
ALTER TABLE indexer_documentversion DROP CONSTRAINT version_hash_of_text;
ALTER TABLE indexer_passage DROP CONSTRAINT passage_hash_of_text;
"""

OCCURRENCES_ARE_EXACT = """
CREATE FUNCTION indexer_occurrence_exact() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong record;
BEGIN
    SELECT o.document_version_id, o.start, o."end" INTO wrong
      FROM inserted o
      LEFT JOIN indexer_documentversion v ON v.id = o.document_version_id AND v.project_id = o.project_id
      LEFT JOIN indexer_passage p ON p.id = o.passage_id AND p.project_id = o.project_id
     WHERE v.id IS NULL OR p.id IS NULL
        OR substr(v.text, o.start + 1, o."end" - o.start) IS DISTINCT FROM p.text
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'text[%:%] of document version % is not that passage', wrong.start, wrong."end",
            wrong.document_version_id USING ERRCODE = 'check_violation', CONSTRAINT = 'occurrence_exact';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER indexer_occurrence_exact AFTER INSERT ON indexer_occurrence
    REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indexer_occurrence_exact();
"""
UNDO_OCCURRENCES = """
DROP TRIGGER indexer_occurrence_exact ON indexer_occurrence;
DROP FUNCTION indexer_occurrence_exact();
"""

CITATIONS_LIE_IN_THE_TEXT = """
CREATE FUNCTION indexer_citation_inside() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM inserted c
          LEFT JOIN indexer_documentversion v ON v.id = c.document_version_id AND v.project_id = c.project_id
         WHERE v.id IS NULL OR c."end" > char_length(v.text)
    ) THEN
        RAISE EXCEPTION 'a citation must lie inside its document version'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'citation_inside';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER indexer_citation_inside AFTER INSERT ON indexer_citation
    REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION indexer_citation_inside();
"""
UNDO_CITATIONS = """
DROP TRIGGER indexer_citation_inside ON indexer_citation;
DROP FUNCTION indexer_citation_inside();
"""

VERSIONS_ONLY_MOVE_ON = """
CREATE FUNCTION indexer_version_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM indexer_source s WHERE s.id = NEW.source_id AND s.project_id = NEW.project_id) THEN
        RAISE EXCEPTION 'a version belongs to the project of its source'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'version_project';
    END IF;
    IF TG_OP = 'UPDATE' AND (
        (OLD.live_at IS NOT NULL AND NEW.live_at IS DISTINCT FROM OLD.live_at)
        OR (OLD.superseded_at IS NOT NULL AND NEW.superseded_at IS DISTINCT FROM OLD.superseded_at)
        OR (OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS DISTINCT FROM OLD.deleted_at)
    ) THEN
        RAISE EXCEPTION 'a superseded or deleted version never comes back; store a new version'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'version_moves_on';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER indexer_version_moves_on BEFORE INSERT OR UPDATE ON indexer_documentversion
    FOR EACH ROW EXECUTE FUNCTION indexer_version_moves_on();
"""
UNDO_VERSIONS = """
DROP TRIGGER indexer_version_moves_on ON indexer_documentversion;
DROP FUNCTION indexer_version_moves_on();
"""

PUBLISHED_BUILDS_STAND = """
CREATE TRIGGER indexer_build_stands BEFORE UPDATE ON indexer_indexbuild FOR EACH ROW
    WHEN (OLD.state <> 'building' AND
          (NEW.state, NEW.manifest_sha256, NEW.model_sha256, NEW.dtype, NEW.lexical_weight, NEW.counts, NEW.published_at)
          IS DISTINCT FROM
          (OLD.state, OLD.manifest_sha256, OLD.model_sha256, OLD.dtype, OLD.lexical_weight, OLD.counts, OLD.published_at))
    EXECUTE FUNCTION winnow_refuse_change();
CREATE FUNCTION indexer_pointer_names_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM indexer_indexbuild b
         WHERE b.id = NEW.build_id AND b.project_id = NEW.project_id AND b.name = NEW.name AND b.state = 'published'
    ) THEN
        RAISE EXCEPTION 'search answers only from a published build of the same project and name'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pointer_names_published';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER indexer_pointer_names_published BEFORE INSERT OR UPDATE ON indexer_indexpointer
    FOR EACH ROW EXECUTE FUNCTION indexer_pointer_names_published();
"""
UNDO_BUILDS = """
DROP TRIGGER indexer_build_stands ON indexer_indexbuild;
DROP TRIGGER indexer_pointer_names_published ON indexer_indexpointer;
DROP FUNCTION indexer_pointer_names_published();
"""


class Migration(migrations.Migration):
    """Triggers and grants; they bind the owner as well as the app role."""

    dependencies = [("indexer", "0001_initial"), ("core", "0002_roles")]

    operations = [
        RunSQL(TEXTS_ARE_WHAT_THEIR_HASH_SAYS, UNDO_TEXTS),
        RunSQL(OCCURRENCES_ARE_EXACT, UNDO_OCCURRENCES),
        RunSQL(CITATIONS_LIE_IN_THE_TEXT, UNDO_CITATIONS),
        RunSQL(VERSIONS_ONLY_MOVE_ON, UNDO_VERSIONS),
        RunSQL(PUBLISHED_BUILDS_STAND, UNDO_BUILDS),
        *append_only("indexer_passage", "indexer_occurrence", "indexer_citation", "indexer_vector"),
        frozen_columns("indexer_source", "project_id", "external_id"),
        frozen_columns(
            "indexer_documentversion",
            "project_id",
            "source_id",
            "number",
            "key",
            "uri",
            "title",
            "licence",
            "published",
            "text",
            "content_sha256",
            "raw_sha256",
            "parser",
            "retrieved_at",
        ),
        frozen_columns("indexer_indexbuild", "project_id", "name", "number", "chunker"),
    ]
