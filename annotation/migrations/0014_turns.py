"""An answer may stand at an earlier turn of its conversation; both sides of a pair, and a fix and its original, stand at one."""

from django.db import migrations, models
from django.db.migrations.operations import RunSQL

from core import schema

TURNS = """
ALTER TABLE annotation_response ADD COLUMN turn smallint NULL
    CONSTRAINT response_turn_answers_something CHECK (turn IS NULL OR turn >= 1);

CREATE FUNCTION annotation_fix_stands_where_its_original_stood() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM annotation_response r WHERE r.id = NEW.parent_id
               AND (r.turn IS DISTINCT FROM NEW.turn OR r.version_id <> NEW.version_id)) THEN
        RAISE EXCEPTION 'a fix stands where its original stood' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_fix_stands_where_its_original_stood BEFORE INSERT ON annotation_response
    FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL)
    EXECUTE FUNCTION annotation_fix_stands_where_its_original_stood();

CREATE FUNCTION annotation_pair_at_one_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM annotation_response a, annotation_response b
               WHERE a.id = NEW.response_a_id AND b.id = NEW.response_b_id
               AND (a.turn IS DISTINCT FROM b.turn OR (a.turn IS NOT NULL AND a.version_id <> b.version_id))) THEN
        RAISE EXCEPTION 'both answers of a pair stand at one turn' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER annotation_pair_at_one_turn BEFORE INSERT ON annotation_pair
    FOR EACH ROW EXECUTE FUNCTION annotation_pair_at_one_turn();
"""
BACK = """
DROP FUNCTION annotation_pair_at_one_turn() CASCADE;
DROP FUNCTION annotation_fix_stands_where_its_original_stood() CASCADE;
ALTER TABLE annotation_response DROP COLUMN turn;
"""


class Migration(migrations.Migration):
    """One column of an append-only table, written by hand: two operations of Django read every model twice."""

    dependencies = [("annotation", "0013_argilla_bridge")]
    operations = [
        RunSQL(
            TURNS,
            BACK,
            state_operations=[
                migrations.AddField(
                    model_name="response", name="turn", field=models.PositiveSmallIntegerField(null=True)
                ),
                migrations.AddConstraint(
                    model_name="response",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("turn__isnull", True), ("turn__gte", 1), _connector="OR"),
                        name="response_turn_answers_something",
                    ),
                ),
            ],
        ),
        schema.trusted_path("annotation_fix_stands_where_its_original_stood", "annotation_pair_at_one_turn"),
    ]
