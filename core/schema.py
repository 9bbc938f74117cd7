"""Migration operations for what Django's schema editor does not know: roles, grants, append-only and sealed tables."""

from django.db.migrations.operations import RunSQL

APP_ROLE = "winnow_app"
INGEST_ROLE = "winnow_ingest"

ROLES = f"""
DO $$ BEGIN
    CREATE ROLE {APP_ROLE} LOGIN NOINHERIT;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN
    CREATE ROLE {INGEST_ROLE} NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN
    GRANT {INGEST_ROLE} TO {APP_ROLE};
EXCEPTION WHEN unique_violation OR internal_error THEN NULL; END $$;
DO $$ BEGIN
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT {APP_ROLE} TO %I', current_user);
    END IF;
END $$;
GRANT USAGE ON SCHEMA public TO {APP_ROLE}, {INGEST_ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP_ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {APP_ROLE};
"""

REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION winnow_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: rows of % are never changed or removed', TG_TABLE_NAME, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""


def roles() -> list[RunSQL]:
    """The two database roles and what the app role may do by default."""
    return [
        RunSQL(ROLES, RunSQL.noop),
        RunSQL(REFUSE_CHANGE, "DROP FUNCTION IF EXISTS winnow_refuse_change()"),
    ]


def append_only(*tables: str) -> list[RunSQL]:
    """Rows are inserted and read, never changed: by trigger for everyone, by missing grant for the app role."""
    return [
        RunSQL(
            f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION winnow_refuse_change();
            REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP_ROLE};
            """,
            f"DROP TRIGGER IF EXISTS {table}_append_only ON {table};",
        )
        for table in tables
    ]


def frozen_columns(table: str, *columns: str) -> RunSQL:
    """These columns keep the value they were inserted with; the row itself cannot be removed by the app role."""
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
    return RunSQL(
        f"""
        CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table}
            FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION winnow_refuse_change();
        REVOKE DELETE, TRUNCATE ON {table} FROM {APP_ROLE};
        """,
        f"DROP TRIGGER IF EXISTS {table}_frozen ON {table};",
    )


def written_by_ingest(*tables: str) -> list[RunSQL]:
    """Only the ingest role may write: bodies enter through the redaction choke point or not at all (invariant 1)."""
    return [
        RunSQL(
            f"""
            REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {table} FROM {APP_ROLE};
            GRANT SELECT, INSERT ON {table} TO {INGEST_ROLE};
            """,
            RunSQL.noop,
        )
        for table in tables
    ]


def trusted_path(*functions: str) -> RunSQL:
    """These trigger functions read the schema's own tables: a temporary table of the same name would come before them."""
    return RunSQL(
        "".join(f"ALTER FUNCTION {name}() SET search_path = public, pg_temp;\n" for name in functions),
        RunSQL.noop,
    )
