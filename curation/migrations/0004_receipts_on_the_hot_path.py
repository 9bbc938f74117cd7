"""A span is its own receipt, and what a delivery writes has no index and no check that nobody needs."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations import RunSQL
from django.db.models.functions import Now

SPAN = """
ALTER TABLE curation_span
    ADD COLUMN batch_id uuid,
    ADD COLUMN content_hmac bytea CHECK (octet_length(content_hmac) = 32),
    ADD COLUMN key_id varchar(32) NOT NULL DEFAULT '';
UPDATE curation_span s SET batch_id = r.batch_id, content_hmac = r.content_hmac, key_id = r.key_id
    FROM curation_receipt r JOIN curation_trace t ON t.id = r.trace_id
    WHERE s.day = t.day AND s.trace_id = t.id AND r.external_id = t.external_id || ':' || s.span_id;
UPDATE curation_span s SET key_id = r.key_id, batch_id = r.batch_id
    FROM (SELECT DISTINCT ON (trace_id) trace_id, batch_id, key_id FROM curation_receipt ORDER BY trace_id, id) r
    WHERE s.trace_id = r.trace_id AND s.batch_id IS NULL;
ALTER TABLE curation_span ALTER COLUMN batch_id SET NOT NULL, ALTER COLUMN key_id DROP DEFAULT;
ALTER TABLE curation_span ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE curation_conversation_body ALTER COLUMN body SET STORAGE EXTERNAL;
"""

RECEIPT = """
ALTER TABLE curation_receipt DISABLE TRIGGER curation_receipt_append_only;
DELETE FROM curation_receipt r USING curation_trace t, curation_span s
    WHERE t.id = r.trace_id AND s.day = t.day AND s.trace_id = t.id AND s.content_hmac IS NOT NULL
      AND r.external_id = t.external_id || ':' || s.span_id;
ALTER TABLE curation_receipt ENABLE TRIGGER curation_receipt_append_only;
ALTER TABLE curation_receipt
    DROP COLUMN id,
    DROP CONSTRAINT receipt_once,
    ADD PRIMARY KEY (project_id, external_id);
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = 'curation_receipt'::regclass AND contype = 'f' LOOP
        EXECUTE format('ALTER TABLE curation_receipt DROP CONSTRAINT %I', name);
    END LOOP;
    FOR name IN SELECT indexrelid::regclass::text FROM pg_index
                WHERE indrelid = 'curation_receipt'::regclass AND NOT indisprimary LOOP
        EXECUTE format('DROP INDEX %s', name);
    END LOOP;
END $$;
"""

PROOF = """
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT conname FROM pg_constraint
                WHERE conrelid = 'curation_span'::regclass AND contype = 'f' AND conparentid = 0 LOOP
        EXECUTE format('ALTER TABLE curation_span DROP CONSTRAINT %I', name);
    END LOOP;
END $$;
CREATE FUNCTION curation_spans_name_their_rules() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT DISTINCT project_id, rules_id FROM brought) b
        WHERE NOT EXISTS (SELECT 1 FROM curation_assetversion v JOIN curation_asset a ON a.id = v.asset_id
                          WHERE v.id = b.rules_id AND v.project_id = b.project_id AND a.kind = 'redaction_rules')) THEN
        RAISE EXCEPTION 'a span names the redaction rules of its project that it passed'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER curation_spans_name_their_rules AFTER INSERT ON curation_span
    REFERENCING NEW TABLE AS brought FOR EACH STATEMENT EXECUTE FUNCTION curation_spans_name_their_rules();
"""

RECEIPT_FIELDS = [
    (
        "pk",
        models.CompositePrimaryKey(
            "project_id", "external_id", blank=True, editable=False, primary_key=True, serialize=False
        ),
    ),
    ("project_id", models.UUIDField()),
    ("external_id", models.CharField(max_length=200)),
    ("trace_id", models.UUIDField()),
    ("batch_id", models.UUIDField()),
    ("content_hmac", models.BinaryField(max_length=32)),
    ("key_id", models.CharField(max_length=32)),
    ("received_at", models.DateTimeField(db_default=Now())),
]


class Migration(migrations.Migration):
    """What was written stays known: spans take over the keyed hashes of their receipts."""

    dependencies = [("curation", "0003_closed_gaps")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                RunSQL(SPAN),
                RunSQL(RECEIPT),
                RunSQL(PROOF),
            ],
            state_operations=[
                migrations.AddField("span", "batch_id", models.UUIDField()),
                migrations.AddField("span", "content_hmac", models.BinaryField(max_length=32, null=True)),
                migrations.AddField("span", "key_id", models.CharField(max_length=32)),
                migrations.DeleteModel("receipt"),
                migrations.CreateModel("Receipt", RECEIPT_FIELDS),
            ],
        ),
        migrations.AlterField(
            "trace",
            "project",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="traces",
                to="accounts.project",
            ),
        ),
        migrations.RemoveIndex("trace", "trace_session"),
        migrations.AddIndex(
            "trace",
            models.Index(
                condition=models.Q(("session_key", ""), _negated=True),
                fields=["project", "session_key"],
                name="trace_session",
            ),
        ),
    ]
