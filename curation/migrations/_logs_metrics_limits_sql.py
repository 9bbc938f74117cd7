"""The SQL of migration 0005: partitioned tables, dropping a day, forgetting blobs, and what stays in one project."""

from core import schema

PARTITIONED = """
CREATE TABLE curation_metricpoint (
    day date NOT NULL,
    project_id uuid NOT NULL REFERENCES accounts_project,
    series bytea NOT NULL CHECK (octet_length(series) = 32),
    at timestamptz NOT NULL,
    started_at timestamptz,
    name varchar(255) NOT NULL,
    unit varchar(63) NOT NULL DEFAULT '',
    kind varchar(24) NOT NULL,
    temporality varchar(12) NOT NULL DEFAULT '',
    service varchar(120) NOT NULL DEFAULT '',
    model varchar(120) NOT NULL DEFAULT '',
    token_type varchar(24) NOT NULL DEFAULT '',
    count bigint,
    total double precision,
    content_hmac bytea NOT NULL,
    key_id varchar(32) NOT NULL,
    rules_id bigint NOT NULL REFERENCES curation_assetversion,
    body bytea NOT NULL,
    PRIMARY KEY (day, project_id, series, at)
) PARTITION BY RANGE (day);
CREATE INDEX curation_metricpoint_name ON curation_metricpoint (project_id, name, day);

CREATE TABLE curation_refusalbody (
    day date NOT NULL,
    refusal_id bigint NOT NULL,
    project_id uuid NOT NULL REFERENCES accounts_project,
    form varchar(16) NOT NULL,
    truncated boolean NOT NULL,
    rules_id bigint NOT NULL REFERENCES curation_assetversion,
    body bytea NOT NULL CHECK (octet_length(body) <= 66560),
    PRIMARY KEY (day, refusal_id)
) PARTITION BY RANGE (day);
CREATE INDEX curation_refusalbody_refusal ON curation_refusalbody (refusal_id);
"""

PARENTS = (
    "ARRAY['curation_span', 'curation_conversation_body', 'curation_metricpoint', 'curation_refusalbody']"
)

ENSURE_DAY = f"""
CREATE OR REPLACE FUNCTION curation_ensure_day(wanted date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE parent text; part text;
BEGIN
    IF wanted < DATE '2000-01-01' OR wanted > CURRENT_DATE + 7 THEN
        RAISE EXCEPTION 'no partition for %: outside 2000-01-01 .. today + 7 days', wanted USING ERRCODE = 'check_violation';
    END IF;
    FOREACH parent IN ARRAY {PARENTS} LOOP
        part := parent || '_' || to_char(wanted, 'YYYYMMDD');
        IF to_regclass(part) IS NULL THEN
            PERFORM pg_advisory_xact_lock(hashtext('curation_ensure_day'));
            IF EXISTS (SELECT 1 FROM curation_droppedday d WHERE d.day = wanted) THEN
                RAISE EXCEPTION 'no partition for %: past its retention time', wanted USING ERRCODE = 'check_violation';
            END IF;
            IF to_regclass(part) IS NULL THEN
                EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                               part, parent, wanted, wanted + 1);
                EXECUTE format('REVOKE ALL ON %I FROM {schema.APP_ROLE}', part);
            END IF;
        END IF;
    END LOOP;
END $$;
"""

DROP_DAY = f"""
CREATE FUNCTION curation_drop_day(wanted date) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET lock_timeout = '3s' AS $$
DECLARE parent text; part text; counted bigint; counts bigint[] := '{{}}'; size bigint := 0; named bigint;
BEGIN
    IF wanted IS NULL OR wanted > CURRENT_DATE - 7 THEN
        RAISE EXCEPTION 'day % is younger than 7 days and is kept', wanted USING ERRCODE = 'check_violation';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('curation_ensure_day'));
    IF EXISTS (SELECT 1 FROM curation_droppedday d WHERE d.day = wanted) THEN
        RETURN false;
    END IF;
    IF EXISTS (SELECT 1 FROM curation_trace t WHERE t.settle_after IS NOT NULL AND t.day = wanted) THEN
        RAISE EXCEPTION 'day % has traces that are not settled yet', wanted USING ERRCODE = 'check_violation';
    END IF;
    FOREACH parent IN ARRAY {PARENTS} LOOP
        part := parent || '_' || to_char(wanted, 'YYYYMMDD');
        counted := 0;
        IF to_regclass(part) IS NOT NULL THEN
            EXECUTE format('SELECT count(*) FROM %I', part) INTO counted;
            size := size + pg_total_relation_size(to_regclass(part));
            EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, part);
            EXECUTE format('DROP TABLE %I', part);
        END IF;
        counts := counts || counted;
    END LOOP;
    DELETE FROM curation_blobreference r WHERE r.day = wanted AND NOT EXISTS (
        SELECT 1 FROM curation_pinnedbody p JOIN curation_conversationversion v ON v.id = p.version_id
        WHERE v.trace_id = r.trace_id);
    GET DIAGNOSTICS named = ROW_COUNT;
    INSERT INTO curation_droppedday (day, dropped_at, spans, bodies, metric_points, refusal_bodies, blob_references, bytes)
    VALUES (wanted, now(), counts[1], counts[2], counts[3], counts[4], named, size);
    RETURN true;
END $$;
REVOKE EXECUTE ON FUNCTION curation_drop_day(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION curation_drop_day(date) TO {schema.APP_ROLE};
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON curation_droppedday FROM {schema.APP_ROLE};
"""

FORGET_BLOBS = f"""
CREATE FUNCTION curation_forget_blobs() RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE gone text[];
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('curation_blobs'));
    WITH removed AS (
        DELETE FROM curation_blob b
        WHERE NOT EXISTS (SELECT 1 FROM curation_blobreference r WHERE r.blob_id = b.id) RETURNING b.stored
    ) SELECT array_agg(DISTINCT stored) INTO gone FROM removed;
    RETURN QUERY SELECT name FROM unnest(gone) AS name
        WHERE NOT EXISTS (SELECT 1 FROM curation_blob b WHERE b.stored = name);
END $$;
REVOKE EXECUTE ON FUNCTION curation_forget_blobs() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION curation_forget_blobs() TO {schema.APP_ROLE};
"""

ONE_PROJECT = """
CREATE FUNCTION curation_cost_of_one_project() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM curation_conversationversion v WHERE v.id = NEW.version_id AND v.project_id = NEW.project_id)
       OR NOT EXISTS (SELECT 1 FROM curation_assetversion b JOIN curation_asset a ON a.id = b.asset_id
                      WHERE b.id = NEW.book_id AND b.project_id = NEW.project_id AND a.kind = 'price_book') THEN
        RAISE EXCEPTION 'a cost names a conversation and a price book of its project' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER curation_cost_of_one_project BEFORE INSERT ON curation_costrevision
    FOR EACH ROW EXECUTE FUNCTION curation_cost_of_one_project();
CREATE FUNCTION curation_replay_of_one_project() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM curation_refusal r WHERE r.id = NEW.refusal_id AND r.project_id = NEW.project_id)
       OR NOT EXISTS (SELECT 1 FROM curation_ingestbatch b
                      WHERE b.id = NEW.batch_id AND b.project_id = NEW.project_id AND b.route = 'replay') THEN
        RAISE EXCEPTION 'a replay names a refusal and a batch of its project' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER curation_replay_of_one_project BEFORE INSERT ON curation_replay
    FOR EACH ROW EXECUTE FUNCTION curation_replay_of_one_project();
"""

UNDO_ONE_PROJECT = "DROP FUNCTION curation_cost_of_one_project() CASCADE; DROP FUNCTION curation_replay_of_one_project() CASCADE"
