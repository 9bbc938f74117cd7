"""Day partitions, hash-partitioned band keys, and what may never change or be written past the choke point."""

from django.db import migrations, models
from django.db.migrations.operations import RunSQL

from core import schema

PARTITIONED = """
CREATE TABLE curation_span (
    day date NOT NULL,
    trace_id uuid NOT NULL,
    span_id varchar(64) NOT NULL,
    project_id uuid NOT NULL REFERENCES accounts_project,
    parent_span_id varchar(64) NOT NULL DEFAULT '',
    name text NOT NULL,
    kind varchar(32) NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    status varchar(16) NOT NULL,
    rules_id bigint NOT NULL REFERENCES curation_assetversion,
    body bytea NOT NULL,
    PRIMARY KEY (day, trace_id, span_id)
) PARTITION BY RANGE (day);

CREATE TABLE curation_conversation_body (
    day date NOT NULL,
    version_id uuid NOT NULL,
    project_id uuid NOT NULL REFERENCES accounts_project,
    rules_id bigint NOT NULL REFERENCES curation_assetversion,
    body bytea NOT NULL,
    PRIMARY KEY (day, version_id)
) PARTITION BY RANGE (day);
"""

ENSURE_DAY = f"""
CREATE FUNCTION curation_ensure_day(wanted date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE parent text; part text;
BEGIN
    IF wanted < DATE '2000-01-01' OR wanted > CURRENT_DATE + 7 THEN
        RAISE EXCEPTION 'no partition for %: outside 2000-01-01 .. today + 7 days', wanted USING ERRCODE = 'check_violation';
    END IF;
    FOREACH parent IN ARRAY ARRAY['curation_span', 'curation_conversation_body'] LOOP
        part := parent || '_' || to_char(wanted, 'YYYYMMDD');
        IF to_regclass(part) IS NULL THEN
            PERFORM pg_advisory_xact_lock(hashtext('curation_ensure_day'));
            IF to_regclass(part) IS NULL THEN
                EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                               part, parent, wanted, wanted + 1);
                EXECUTE format('REVOKE ALL ON %I FROM {schema.APP_ROLE}', part);
            END IF;
        END IF;
    END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION curation_ensure_day(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION curation_ensure_day(date) TO {schema.APP_ROLE}, {schema.INGEST_ROLE};
"""

BANDS = f"""
CREATE TABLE curation_band (
    key bigint NOT NULL,
    signature_id bigint NOT NULL REFERENCES curation_signature ON DELETE CASCADE,
    PRIMARY KEY (key, signature_id)
) PARTITION BY HASH (key);
DO $$ BEGIN
    FOR part IN 0..15 LOOP
        EXECUTE format('CREATE TABLE curation_band_%s PARTITION OF curation_band FOR VALUES WITH (MODULUS 16, REMAINDER %s)',
                       part, part);
    END LOOP;
END $$;
CREATE INDEX curation_band_signature ON curation_band (signature_id);
REVOKE UPDATE, TRUNCATE ON curation_band FROM {schema.APP_ROLE};
"""


STATE = [
    migrations.CreateModel(
        name="Span",
        fields=[
            (
                "pk",
                models.CompositePrimaryKey(
                    "day",
                    "trace_id",
                    "span_id",
                    blank=True,
                    editable=False,
                    primary_key=True,
                    serialize=False,
                ),
            ),
            ("day", models.DateField()),
            ("trace_id", models.UUIDField()),
            ("span_id", models.CharField(max_length=64)),
            ("project_id", models.UUIDField()),
            ("parent_span_id", models.CharField(blank=True, default="", max_length=64)),
            ("name", models.TextField()),
            ("kind", models.CharField(max_length=32)),
            ("started_at", models.DateTimeField()),
            ("ended_at", models.DateTimeField(null=True)),
            ("status", models.CharField(max_length=16)),
            ("rules_id", models.BigIntegerField()),
            ("body", models.BinaryField()),
        ],
        options={
            "db_table": "curation_span",
        },
    ),
    migrations.CreateModel(
        name="ConversationBody",
        fields=[
            (
                "pk",
                models.CompositePrimaryKey(
                    "day", "version_id", blank=True, editable=False, primary_key=True, serialize=False
                ),
            ),
            ("day", models.DateField()),
            ("version_id", models.UUIDField()),
            ("project_id", models.UUIDField()),
            ("rules_id", models.BigIntegerField()),
            ("body", models.BinaryField()),
        ],
        options={
            "db_table": "curation_conversation_body",
        },
    ),
    migrations.CreateModel(
        name="Band",
        fields=[
            (
                "pk",
                models.CompositePrimaryKey(
                    "key", "signature_id", blank=True, editable=False, primary_key=True, serialize=False
                ),
            ),
            ("key", models.BigIntegerField()),
            ("signature_id", models.BigIntegerField()),
        ],
        options={
            "db_table": "curation_band",
        },
    ),
]


class Migration(migrations.Migration):
    """What Django's schema editor cannot say."""

    dependencies = [("curation", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                RunSQL(PARTITIONED, "DROP TABLE curation_span, curation_conversation_body"),
                RunSQL(ENSURE_DAY, "DROP FUNCTION curation_ensure_day(date)"),
                RunSQL(BANDS, "DROP TABLE curation_band"),
            ],
            state_operations=STATE,
        ),
        *schema.written_by_ingest("curation_span", "curation_conversation_body", "curation_pinnedbody"),
        *schema.append_only(
            "curation_assetversion",
            "curation_quarantineitem",
            "curation_receipt",
            "curation_refusal",
            "curation_labelrevision",
            "curation_drop",
            "curation_screening",
            "curation_feedback",
            "curation_signaturespec",
        ),
        schema.frozen_columns(
            "curation_conversationversion",
            *("project_id", "trace_id", "number", "day", "content_hash", "key_id", "rules_id", "created_at"),
        ),
        schema.frozen_columns("curation_trace", "project_id", "external_id", "day", "simulated"),
        schema.frozen_columns(
            "curation_backlogitem",
            "project_id",
            "trace_id",
            "citation",
            "reason",
            "opened_by_id",
            "opened_at",
        ),
    ]
