"""Misses, false hits and cases of redaction rules, re-redaction of what is stored, and the vault."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

from core import schema

CHECKED = """
CREATE FUNCTION curation_rules_are_checked() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    before curation_assetversion%ROWTYPE;
    after curation_assetversion%ROWTYPE;
    proof curation_rulecheck%ROWTYPE;
    grown text[] := ARRAY['version', 'cases', 'literals', 'spared'];
BEGIN
    IF NEW.kind <> 'redaction_rules' OR OLD.current_id IS NULL OR NEW.current_id IS NOT DISTINCT FROM OLD.current_id THEN
        RETURN NEW;
    END IF;
    SELECT * INTO before FROM curation_assetversion WHERE id = OLD.current_id;
    SELECT * INTO after FROM curation_assetversion WHERE id = NEW.current_id;
    IF after.id IS NULL OR after.number <= before.number THEN
        RAISE EXCEPTION 'redaction rules only move on; make a new version' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT * INTO proof FROM curation_rulecheck WHERE version_id = after.id;
    IF proof.version_id IS NULL OR proof.cases < (
        SELECT count(*) FROM curation_rulereport r WHERE r.project_id = NEW.project_id AND r.set_aside_at IS NULL) THEN
        RAISE EXCEPTION 'this version was not tried on every reported miss and false hit'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF proof.patch AND (before.body - grown) <> (after.body - grown) THEN
        RAISE EXCEPTION 'a patch adds literals and spared values and changes no rule' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER curation_rules_are_checked BEFORE UPDATE ON curation_asset
    FOR EACH ROW EXECUTE FUNCTION curation_rules_are_checked();
"""

REWRITE_SPAN = f"""
CREATE FUNCTION curation_reredact_span(
    the_day date, the_trace uuid, the_span text, the_rules bigint, new_name text, new_body bytea
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE curation_span s SET name = new_name, body = new_body, rules_id = the_rules
    WHERE s.day = the_day AND s.trace_id = the_trace AND s.span_id = the_span AND s.rules_id < the_rules
      AND EXISTS (SELECT 1 FROM curation_asset a WHERE a.project_id = s.project_id AND a.kind = 'redaction_rules'
                  AND a.current_id = the_rules);
    RETURN FOUND;
END $$;
REVOKE EXECUTE ON FUNCTION curation_reredact_span(date, uuid, text, bigint, text, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION curation_reredact_span(date, uuid, text, bigint, text, bytea) TO {schema.INGEST_ROLE};
"""

REWRITE_REFUSED = f"""
CREATE FUNCTION curation_reredact_refused(the_refusal bigint, the_rules bigint, new_body bytea)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE curation_refusalbody b SET body = new_body, rules_id = the_rules
    WHERE b.refusal_id = the_refusal AND b.rules_id < the_rules
      AND EXISTS (SELECT 1 FROM curation_asset a WHERE a.project_id = b.project_id AND a.kind = 'redaction_rules'
                  AND a.current_id = the_rules);
    RETURN FOUND;
END $$;
REVOKE EXECUTE ON FUNCTION curation_reredact_refused(bigint, bigint, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION curation_reredact_refused(bigint, bigint, bytea) TO {schema.INGEST_ROLE};
"""

ERASE_BODY = f"""
CREATE FUNCTION curation_erase_body(the_version uuid, the_run uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    old curation_conversationversion%ROWTYPE;
    was_pinned boolean;
BEGIN
    SELECT v.* INTO old FROM curation_conversationversion v
        JOIN curation_trace t ON t.id = v.trace_id
        JOIN curation_reredaction r ON r.id = the_run AND r.project_id = v.project_id AND r.erase
        JOIN curation_conversationversion now_current ON now_current.id = t.current_id
    WHERE v.id = the_version AND now_current.number > v.number AND now_current.rules_id >= r.rules_id;
    IF old.id IS NULL THEN
        RAISE EXCEPTION 'only a version that a run with erasure has superseded loses its body'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM curation_bodyerasure e WHERE e.version_id = the_version) THEN
        RETURN false;
    END IF;
    DELETE FROM curation_pinnedbody p WHERE p.version_id = the_version;
    was_pinned := FOUND;
    DELETE FROM curation_conversation_body b WHERE b.day = old.day AND b.version_id = the_version;
    UPDATE curation_conversationversion SET prompt_preview = '', answer_preview = '' WHERE id = the_version;
    INSERT INTO curation_bodyerasure (version_id, project_id, run_id, pinned)
        VALUES (the_version, old.project_id, the_run, was_pinned);
    RETURN true;
END $$;
REVOKE EXECUTE ON FUNCTION curation_erase_body(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION curation_erase_body(uuid, uuid) TO {schema.INGEST_ROLE};
"""

VAULT = """
CREATE FUNCTION curation_vault_only_shreds() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.wrapped IS DISTINCT FROM OLD.wrapped AND NEW.wrapped IS NOT NULL THEN
        RAISE EXCEPTION 'a data key is shredded, never changed or put back' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER curation_vault_only_shreds BEFORE UPDATE ON curation_vaultkey
    FOR EACH ROW EXECUTE FUNCTION curation_vault_only_shreds();

CREATE FUNCTION curation_reveal_is_granted() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM curation_revealrequest q WHERE q.id = NEW.request_id AND q.state = 'granted'
                   AND q.expires_at > now() AND q.requested_by_id = NEW.shown_to_id) THEN
        RAISE EXCEPTION 'an original is shown to the one who asked, while the grant stands'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER curation_reveal_is_granted BEFORE INSERT ON curation_reveal
    FOR EACH ROW EXECUTE FUNCTION curation_reveal_is_granted();

CREATE FUNCTION curation_reveal_moves_on() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.state <> 'requested' THEN
        RAISE EXCEPTION 'a request to reveal is decided once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER curation_reveal_moves_on BEFORE UPDATE ON curation_revealrequest
    FOR EACH ROW EXECUTE FUNCTION curation_reveal_moves_on();
"""

MODELS = [
    migrations.CreateModel(
        name="RuleCheck",
        fields=[
            (
                "version",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT,
                    primary_key=True,
                    related_name="check_of",
                    serialize=False,
                    to="curation.assetversion",
                ),
            ),
            (
                "project",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project"
                ),
            ),
            ("cases", models.PositiveIntegerField()),
            ("failed", models.PositiveIntegerField(default=0)),
            ("patch", models.BooleanField(default=False)),
            ("checked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("failed", 0), ("patch", True), _connector="OR"),
                    name="rule_check_passed",
                ),
                models.CheckConstraint(
                    condition=models.Q(("failed__lte", models.F("cases"))), name="rule_check_counts"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="RuleReport",
        fields=[
            ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            (
                "project",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="rule_reports",
                    to="accounts.project",
                ),
            ),
            (
                "version",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="curation.conversationversion",
                ),
            ),
            ("kind", models.CharField(choices=[("miss", "Miss"), ("false_hit", "False Hit")], max_length=12)),
            ("identifier", models.CharField(max_length=24)),
            ("path", models.CharField(max_length=400)),
            ("start", models.PositiveIntegerField()),
            ("end", models.PositiveIntegerField()),
            ("digest", models.CharField(blank=True, default="", max_length=64)),
            ("key_id", models.CharField(blank=True, default="", max_length=32)),
            ("surrogate", models.CharField(blank=True, default="", max_length=96)),
            ("example", models.CharField(max_length=600)),
            ("example_start", models.PositiveIntegerField()),
            ("example_end", models.PositiveIntegerField()),
            (
                "reported_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("reported_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            (
                "set_aside_by",
                models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("set_aside_at", models.DateTimeField(null=True)),
            ("set_aside_reason", models.CharField(blank=True, default="", max_length=300)),
        ],
        options={
            "indexes": [models.Index(fields=["project", "-reported_at", "-id"], name="rule_report_newest")],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("kind__in", ["miss", "false_hit"])), name="rule_report_kind_known"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("kind", "miss"), ("surrogate", ""), models.Q(("digest", ""), _negated=True)
                        ),
                        models.Q(
                            ("digest", ""), ("kind", "false_hit"), models.Q(("surrogate", ""), _negated=True)
                        ),
                        _connector="OR",
                    ),
                    name="rule_report_names_one",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("example_start__lt", models.F("example_end")), ("start__lt", models.F("end"))
                    ),
                    name="rule_report_span",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("set_aside_at__isnull", True),
                            ("set_aside_by__isnull", True),
                            ("set_aside_reason", ""),
                        ),
                        models.Q(
                            ("set_aside_at__isnull", False),
                            ("set_aside_by__isnull", False),
                            models.Q(("set_aside_reason", ""), _negated=True),
                        ),
                        _connector="OR",
                    ),
                    name="rule_report_set_aside_with_reason",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Reredaction",
        fields=[
            ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            (
                "project",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="reredactions",
                    to="accounts.project",
                ),
            ),
            (
                "rules",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="curation.assetversion"
                ),
            ),
            (
                "job",
                models.ForeignKey(
                    null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="core.job"
                ),
            ),
            ("erase", models.BooleanField(default=False)),
            ("reason", models.CharField(blank=True, default="", max_length=300)),
            (
                "requested_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("requested_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ("cursor_at", models.DateTimeField(null=True)),
            ("cursor_id", models.UUIDField(null=True)),
            ("seen", models.PositiveIntegerField(default=0)),
            ("changed", models.PositiveIntegerField(default=0)),
            ("spans", models.PositiveIntegerField(default=0)),
            ("erased", models.PositiveIntegerField(default=0)),
            ("failed", models.PositiveIntegerField(default=0)),
            ("kinds", models.JSONField(default=dict)),
            ("by_rule", models.JSONField(default=dict)),
            ("state", models.CharField(default="queued", max_length=12)),
            ("finished_at", models.DateTimeField(null=True)),
        ],
        options={
            "indexes": [models.Index(fields=["project", "-requested_at", "-id"], name="reredaction_newest")],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("state__in", ["queued", "running", "done", "overtaken", "cancelled"])
                    ),
                    name="reredaction_state_known",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("erase", False), models.Q(("reason", ""), _negated=True), _connector="OR"
                    ),
                    name="reredaction_erases_with_reason",
                ),
                models.UniqueConstraint(
                    condition=models.Q(("state__in", ["queued", "running"])),
                    fields=("project",),
                    name="reredaction_one_live",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Reredacted",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "run",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="changes",
                    to="curation.reredaction",
                ),
            ),
            (
                "trace",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="curation.trace"
                ),
            ),
            (
                "before",
                models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="curation.conversationversion",
                ),
            ),
            (
                "after",
                models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="curation.conversationversion",
                ),
            ),
            ("spans", models.PositiveIntegerField(default=0)),
            ("kinds", models.JSONField(default=dict)),
            ("by_rule", models.JSONField(default=dict)),
        ],
        options={
            "indexes": [models.Index(fields=["before"], name="reredacted_before")],
            "constraints": [models.UniqueConstraint(fields=("run", "trace"), name="reredacted_once")],
        },
    ),
    migrations.CreateModel(
        name="BodyErasure",
        fields=[
            (
                "version",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT,
                    primary_key=True,
                    related_name="erasure",
                    serialize=False,
                    to="curation.conversationversion",
                ),
            ),
            (
                "project",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project"
                ),
            ),
            (
                "run",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="erasures",
                    to="curation.reredaction",
                ),
            ),
            ("pinned", models.BooleanField(default=False)),
            ("erased_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
        ],
    ),
    migrations.CreateModel(
        name="VaultSwitch",
        fields=[
            (
                "project",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT,
                    primary_key=True,
                    related_name="vault",
                    serialize=False,
                    to="accounts.project",
                ),
            ),
            ("enabled", models.BooleanField(default=False)),
            (
                "changed_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
        ],
    ),
    migrations.CreateModel(
        name="VaultKey",
        fields=[
            (
                "trace",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT,
                    primary_key=True,
                    related_name="vault_key",
                    serialize=False,
                    to="curation.trace",
                ),
            ),
            (
                "project",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project"
                ),
            ),
            ("key_id", models.CharField(max_length=32)),
            ("wrapped", models.BinaryField(null=True)),
            ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ("shredded_at", models.DateTimeField(null=True)),
            (
                "shredded_by",
                models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("shredded_at__isnull", True),
                            ("shredded_by__isnull", True),
                            ("wrapped__isnull", False),
                        ),
                        models.Q(
                            ("shredded_at__isnull", False),
                            ("shredded_by__isnull", False),
                            ("wrapped__isnull", True),
                        ),
                        _connector="OR",
                    ),
                    name="vault_key_whole_or_shredded",
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="VaultEntry",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "key",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="entries",
                    to="curation.vaultkey",
                ),
            ),
            ("surrogate", models.CharField(max_length=200)),
            ("sealed", models.BinaryField()),
            ("sealed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("key", "surrogate"), name="vault_entry_once")],
        },
    ),
    migrations.CreateModel(
        name="RevealRequest",
        fields=[
            ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            (
                "project",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.project"
                ),
            ),
            (
                "entry",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="requests",
                    to="curation.vaultentry",
                ),
            ),
            ("reason", models.CharField(max_length=300)),
            (
                "requested_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("requested_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            (
                "decided_by",
                models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("decided_at", models.DateTimeField(null=True)),
            ("expires_at", models.DateTimeField(null=True)),
            ("state", models.CharField(default="requested", max_length=10)),
        ],
        options={
            "indexes": [models.Index(fields=["project", "-requested_at", "-id"], name="reveal_newest")],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("decided_by", models.F("requested_by")), _negated=True),
                    name="reveal_four_eyes",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("decided_by__isnull", True), ("expires_at__isnull", True), ("state", "requested")
                        ),
                        models.Q(
                            ("decided_at__isnull", False),
                            ("decided_by__isnull", False),
                            ("expires_at__isnull", False),
                            ("state", "granted"),
                        ),
                        models.Q(
                            ("decided_at__isnull", False),
                            ("decided_by__isnull", False),
                            ("expires_at__isnull", True),
                            ("state", "denied"),
                        ),
                        _connector="OR",
                    ),
                    name="reveal_state_whole",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Reveal",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "request",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="reveals",
                    to="curation.revealrequest",
                ),
            ),
            (
                "shown_to",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("shown_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
        ],
    ),
]


class Migration(migrations.Migration):
    """Rules come into force with proof; superseded bodies can be destroyed; two people open the vault."""

    dependencies = [
        ("curation", "0005_logs_metrics_limits"),
        ("core", "0004_fence_grows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        *MODELS,
        *schema.append_only(
            "curation_rulecheck",
            "curation_reredacted",
            "curation_bodyerasure",
            "curation_vaultentry",
            "curation_reveal",
        ),
        RunSQL(f"REVOKE INSERT ON curation_bodyerasure FROM {schema.APP_ROLE}", RunSQL.noop),
        schema.frozen_columns(
            "curation_rulereport",
            *(
                "project_id",
                "version_id",
                "kind",
                "identifier",
                "path",
                "start",
                '"end"',
                "digest",
                "key_id",
                "surrogate",
            ),
            *("example", "example_start", "example_end", "reported_by_id", "reported_at"),
        ),
        schema.frozen_columns(
            "curation_reredaction",
            *("project_id", "rules_id", "erase", "reason", "requested_by_id", "requested_at"),
        ),
        schema.frozen_columns("curation_vaultkey", "project_id", "trace_id", "key_id", "created_at"),
        schema.frozen_columns(
            "curation_revealrequest",
            *("project_id", "entry_id", "reason", "requested_by_id", "requested_at"),
        ),
        RunSQL(CHECKED, "DROP FUNCTION curation_rules_are_checked() CASCADE"),
        RunSQL(REWRITE_SPAN, "DROP FUNCTION curation_reredact_span(date, uuid, text, bigint, text, bytea)"),
        RunSQL(REWRITE_REFUSED, "DROP FUNCTION curation_reredact_refused(bigint, bigint, bytea)"),
        RunSQL(ERASE_BODY, "DROP FUNCTION curation_erase_body(uuid, uuid)"),
        RunSQL(
            VAULT,
            "DROP FUNCTION curation_vault_only_shreds() CASCADE; DROP FUNCTION curation_reveal_is_granted() CASCADE;"
            " DROP FUNCTION curation_reveal_moves_on() CASCADE",
        ),
    ]
