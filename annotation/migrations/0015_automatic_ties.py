"""Identical answers are recorded as ties of their own: append-only, of the same words, and never put before people."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

from core import schema

RULES = r"""
CREATE FUNCTION annotation_words_of(text text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
    SET search_path = public, pg_temp AS $$
    SELECT btrim(regexp_replace(normalize(text, NFC),
        '[\s\u001c-\u001f\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+', ' ', 'g'), ' ')
$$;
CREATE FUNCTION annotation_tie_of_same_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM annotation_response a, annotation_response b, annotation_campaign c
        WHERE a.id = NEW.response_a_id AND b.id = NEW.response_b_id AND c.id = NEW.campaign_id
          AND a.project_id = NEW.project_id AND b.project_id = NEW.project_id AND c.project_id = NEW.project_id
          AND c.kind = 'pair' AND a.turn IS NOT DISTINCT FROM b.turn
          AND annotation_words_of(a.text) = annotation_words_of(b.text) AND annotation_words_of(a.text) <> '') THEN
        RAISE EXCEPTION 'an automatic tie is of two answers with the same words' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM annotation_item i
               WHERE i.campaign_id = NEW.campaign_id AND i.fingerprint = NEW.fingerprint) THEN
        RAISE EXCEPTION 'what people are asked is no automatic tie' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_tie_of_same_words BEFORE INSERT ON annotation_automatictie
    FOR EACH ROW EXECUTE FUNCTION annotation_tie_of_same_words();

CREATE FUNCTION annotation_tie_is_not_asked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM annotation_automatictie t
               WHERE t.campaign_id = NEW.campaign_id AND t.fingerprint = NEW.fingerprint) THEN
        RAISE EXCEPTION 'an automatic tie is put before nobody' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_tie_is_not_asked BEFORE INSERT ON annotation_item
    FOR EACH ROW WHEN (NEW.kind = 'pair') EXECUTE FUNCTION annotation_tie_is_not_asked();
"""
BACK = """
DROP FUNCTION annotation_tie_is_not_asked() CASCADE;
DROP FUNCTION annotation_tie_of_same_words() CASCADE;
DROP FUNCTION annotation_words_of(text) CASCADE;
"""


def _key(to: str) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to)


class Migration(migrations.Migration):
    """A table beside the queue."""

    dependencies = [
        ("accounts", "0003_join_links"),
        ("annotation", "0014_turns"),
        ("curation", "0022_resting_bands"),
    ]
    operations = [
        migrations.CreateModel(
            name="AutomaticTie",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("generator_a", models.CharField(blank=True, default="", max_length=120)),
                ("generator_b", models.CharField(blank=True, default="", max_length=120)),
                ("source", models.CharField(max_length=24)),
                ("fingerprint", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("campaign", _key("annotation.campaign")),
                ("project", _key("accounts.project")),
                ("response_a", _key("annotation.response")),
                ("response_b", _key("annotation.response")),
                ("version", _key("curation.conversationversion")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "fingerprint", "generator_a", "generator_b"),
                        name="automatic_tie_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("response_a", models.F("response_b")), _negated=True),
                            models.Q(("generator_a", models.F("generator_b")), _negated=True),
                            _connector="OR",
                        ),
                        name="automatic_tie_of_two",
                    ),
                ],
            },
        ),
        RunSQL(RULES, BACK),
        *schema.append_only("annotation_automatictie"),
        schema.trusted_path("annotation_tie_of_same_words", "annotation_tie_is_not_asked"),
    ]
