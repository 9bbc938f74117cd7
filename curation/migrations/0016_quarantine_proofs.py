"""A verdict is what hits and rulings say, an incremental screening loses no hit, and a corpus in force has its proof."""

from django.db import migrations, models
from django.db.migrations.operations import RunSQL

from core import schema

STORED_ONCE = """
ALTER TABLE curation_quarantineitem DISABLE TRIGGER curation_quarantineitem_append_only;
ALTER TABLE curation_screening DISABLE TRIGGER curation_screening_append_only;
CREATE TEMP TABLE first_items ON COMMIT DROP AS
    SELECT id, min(id) OVER (PARTITION BY project_id, set_name, external_id) AS kept FROM curation_quarantineitem;
UPDATE curation_screening s SET item_id = f.kept FROM first_items f WHERE f.id = s.item_id AND f.kept <> f.id;
DELETE FROM curation_quarantineitem i USING first_items f WHERE f.id = i.id AND f.kept <> f.id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
ALTER TABLE curation_quarantineitem ENABLE TRIGGER curation_quarantineitem_append_only;
ALTER TABLE curation_screening ENABLE TRIGGER curation_screening_append_only;
INSERT INTO curation_screeninghit (screening_id, item_id, method, score, evidence)
    SELECT id, item_id, coalesce(evidence->>'method', 'gram3'), coalesce((evidence->>'score')::float, 1), evidence
    FROM curation_screening WHERE verdict = 'hit' AND item_id IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""

VERDICTS = f"""
CREATE FUNCTION curation_hit_cleared(of_project uuid, of_content text, of_item bigint) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT r.decision = 'cleared' AND (NOT r.two_people OR r.seconded_by_id IS NOT NULL)
                     FROM curation_hitruling r
                     WHERE r.project_id = of_project AND r.content_hash = of_content AND r.item_id = of_item
                     ORDER BY r.id DESC LIMIT 1), false)
$$;
CREATE FUNCTION curation_verdict_of(of_screening bigint) RETURNS text LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN count(*) > 0 AND bool_and(curation_hit_cleared(s.project_id, s.content_hash, h.item_id))
                THEN 'clean' ELSE 'hit' END
    FROM curation_screening s JOIN curation_screeninghit h ON h.screening_id = s.id WHERE s.id = of_screening
$$;

DROP TRIGGER curation_screening_append_only ON curation_screening;
CREATE TRIGGER curation_screening_append_only BEFORE DELETE ON curation_screening
    FOR EACH ROW EXECUTE FUNCTION winnow_refuse_change();
CREATE FUNCTION curation_screening_follows() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF to_jsonb(NEW) - 'verdict' <> to_jsonb(OLD) - 'verdict' OR NEW.verdict <> curation_verdict_of(NEW.id) THEN
        RAISE EXCEPTION 'a verdict is what the hits and the rulings on them say' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER curation_screening_follows BEFORE UPDATE ON curation_screening
    FOR EACH ROW EXECUTE FUNCTION curation_screening_follows();
GRANT UPDATE (verdict) ON curation_screening TO {schema.APP_ROLE};

CREATE FUNCTION curation_hits_agree() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM curation_screening s WHERE s.id = NEW.screening_id AND s.verdict = 'clean'
               AND NOT curation_hit_cleared(s.project_id, s.content_hash, NEW.item_id)) THEN
        RAISE EXCEPTION 'a content with a hit that nobody cleared is not clean' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER curation_hits_agree AFTER INSERT ON curation_screeninghit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION curation_hits_agree();

CREATE FUNCTION curation_screening_grows() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM curation_screening b
                   JOIN curation_assetversion v ON v.id = b.quarantine_id JOIN curation_assetversion w ON w.id = NEW.quarantine_id
                   WHERE b.id = NEW.base_id AND b.project_id = NEW.project_id AND b.content_hash = NEW.content_hash
                   AND b.engine = NEW.engine AND b.engine <> '' AND v.asset_id = w.asset_id AND v.number < w.number) THEN
        RAISE EXCEPTION 'a screening grows from an earlier one of the same content by the same engine'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM curation_screeninghit h WHERE h.screening_id = NEW.base_id AND NOT EXISTS (
               SELECT 1 FROM curation_screeninghit n WHERE n.screening_id = NEW.id AND n.item_id = h.item_id)) THEN
        RAISE EXCEPTION 'a screening keeps the hits of the one it grew from' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER curation_screening_grows AFTER INSERT ON curation_screening
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.base_id IS NOT NULL) EXECUTE FUNCTION curation_screening_grows();
"""

RULINGS = """
CREATE FUNCTION curation_ruling_is_asked() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE methods text[];
BEGIN
    SELECT array_agg(h.method) INTO methods FROM curation_screeninghit h JOIN curation_screening s ON s.id = h.screening_id
    WHERE s.project_id = NEW.project_id AND s.content_hash = NEW.content_hash AND h.item_id = NEW.item_id;
    IF methods IS NULL THEN
        RAISE EXCEPTION 'a ruling is on a hit' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.seconded_by_id IS NOT NULL OR (NEW.decision = 'cleared' AND 'exact' = ANY(methods) AND NOT NEW.two_people) THEN
        RAISE EXCEPTION 'an exact copy is cleared by two people, one after the other' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER curation_ruling_is_asked BEFORE INSERT ON curation_hitruling
    FOR EACH ROW EXECUTE FUNCTION curation_ruling_is_asked();
CREATE TRIGGER curation_ruling_seconded_once BEFORE UPDATE ON curation_hitruling
    FOR EACH ROW WHEN (OLD.seconded_by_id IS NOT NULL) EXECUTE FUNCTION winnow_refuse_change();

CREATE FUNCTION curation_ruling_holds() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE curation_screening s SET verdict = curation_verdict_of(s.id) FROM curation_asset a
    WHERE a.project_id = NEW.project_id AND a.kind = 'quarantine' AND s.quarantine_id = a.current_id
      AND s.project_id = NEW.project_id AND s.content_hash = NEW.content_hash AND s.verdict <> curation_verdict_of(s.id);
    RETURN NULL;
END $$;
CREATE TRIGGER curation_ruling_holds AFTER INSERT OR UPDATE ON curation_hitruling
    FOR EACH ROW EXECUTE FUNCTION curation_ruling_holds();
"""

CORPORA = """
CREATE FUNCTION curation_corpus_is_proved() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM curation_disjointnessproof p JOIN curation_assetversion v ON v.id = p.version_id
        JOIN curation_asset q ON q.project_id = NEW.project_id AND q.kind = 'quarantine' AND q.current_id = p.quarantine_id
        WHERE v.id = NEW.current_id AND p.violations = '[]'::jsonb AND p.compared = v.sha256
          AND p.items = (SELECT count(*) FROM curation_redteamitem i WHERE i.version_id = v.id)) THEN
        RAISE EXCEPTION 'a red-team corpus comes into force with a proof that its roles and the quarantine are disjoint'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER curation_corpus_is_proved BEFORE INSERT OR UPDATE ON curation_asset
    FOR EACH ROW WHEN (NEW.kind = 'red_team' AND NEW.current_id IS NOT NULL) EXECUTE FUNCTION curation_corpus_is_proved();

CREATE FUNCTION curation_corpus_is_whole() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM curation_disjointnessproof p WHERE p.version_id = NEW.version_id)
       OR NOT EXISTS (SELECT 1 FROM curation_assetversion v JOIN curation_asset a ON a.id = v.asset_id
                      WHERE v.id = NEW.version_id AND v.project_id = NEW.project_id AND a.kind = 'red_team') THEN
        RAISE EXCEPTION 'items enter a version of a red-team corpus before it is proved' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER curation_corpus_is_whole BEFORE INSERT ON curation_redteamitem
    FOR EACH ROW EXECUTE FUNCTION curation_corpus_is_whole();
"""

UNDO = """
DROP FUNCTION curation_corpus_is_whole() CASCADE;
DROP FUNCTION curation_corpus_is_proved() CASCADE;
DROP FUNCTION curation_ruling_holds() CASCADE;
DROP FUNCTION curation_ruling_is_asked() CASCADE;
DROP TRIGGER curation_ruling_seconded_once ON curation_hitruling;
DROP FUNCTION curation_screening_grows() CASCADE;
DROP FUNCTION curation_hits_agree() CASCADE;
DROP FUNCTION curation_screening_follows() CASCADE;
DROP FUNCTION curation_verdict_of(bigint) CASCADE;
DROP FUNCTION curation_hit_cleared(uuid, text, bigint) CASCADE;
"""


class Migration(migrations.Migration):
    """What holds without the application."""

    dependencies = [("curation", "0015_quarantine_tables")]
    operations = [
        RunSQL(STORED_ONCE, RunSQL.noop),
        migrations.AddConstraint(
            "quarantineitem",
            models.UniqueConstraint(
                fields=["project", "set_name", "external_id"], name="quarantine_item_stored_once"
            ),
        ),
        RunSQL(VERDICTS + RULINGS + CORPORA, UNDO),
        *schema.append_only(
            "curation_quarantineset", "curation_screeninghit", "curation_redteamitem", "curation_disjointnessproof"
        ),
        schema.frozen_columns(
            "curation_hitruling",
            *("project_id", "content_hash", "item_id", "decision", "reason", "two_people", "ruled_by_id", "ruled_at"),
        ),
    ]
