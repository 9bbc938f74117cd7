"""Caps, and groups an item still needs, stand on the item row itself: one lock, one check (invariant 6)."""

from django.db import migrations, models
from django.db.migrations.operations import RunSQL

from core import schema

FUNCTIONS = """
CREATE FUNCTION annotation_groups_taken(quota jsonb, mine text[]) RETURNS text[] LANGUAGE sql IMMUTABLE
    SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(g), '{}') FROM unnest(mine) g
    WHERE quota->'caps' ? split_part(g, '=', 1) OR quota->'distinct' ? split_part(g, '=', 1)
$$;
CREATE FUNCTION annotation_groups_without(groups text[], gone text[]) RETURNS text[] LANGUAGE sql IMMUTABLE
    SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(g), '{}') FROM (
        SELECT g, row_number() OVER (PARTITION BY g) FROM unnest(groups) g
        EXCEPT SELECT g, row_number() OVER (PARTITION BY g) FROM unnest(gone) g) kept
$$;
CREATE FUNCTION annotation_groups_missing(quota jsonb, groups text[]) RETURNS int LANGUAGE sql IMMUTABLE
    SET search_path = public, pg_temp AS $$
    SELECT coalesce(max(d.value::int - (
        SELECT count(DISTINCT g) FROM unnest(groups) g
        WHERE split_part(g, '=', 1) = d.key AND split_part(g, '=', 2) NOT IN ('', 'prefer not to say'))), 0)::int
    FROM jsonb_each_text(coalesce(quota->'distinct', '{}')) d
$$;

CREATE FUNCTION annotation_item_groups() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    axis text; number int; missing int; fullest int; barred text[] := '{}';
BEGIN
    FOR axis, number IN SELECT key, value::int FROM jsonb_each_text(coalesce(NEW.quota->'caps', '{}')) LOOP
        SELECT max(n), barred || coalesce(array_agg(g) FILTER (WHERE n >= number), '{}') INTO fullest, barred
        FROM (SELECT g, count(*) AS n FROM unnest(NEW.groups) g
              WHERE split_part(g, '=', 1) = axis AND g <> axis || '=' GROUP BY g) held;
        IF fullest > number THEN
            RAISE EXCEPTION 'item %: more than % judgments of one group of %', NEW.id, number, axis
                USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    FOR axis, number IN SELECT key, value::int FROM jsonb_each_text(coalesce(NEW.quota->'distinct', '{}')) LOOP
        missing := annotation_groups_missing(
            jsonb_build_object('distinct', jsonb_build_object(axis, number)), NEW.groups);
        IF missing > NEW.slots_left AND NEW.state = 'open' THEN
            RAISE EXCEPTION 'item %: % slots left and % groups of % still needed', NEW.id, NEW.slots_left, missing, axis
                USING ERRCODE = 'check_violation';
        END IF;
        IF missing > 0 AND missing >= NEW.slots_left THEN
            barred := barred || ARRAY[axis || '=', axis || '=prefer not to say']
                || ARRAY(SELECT g FROM unnest(NEW.groups) g WHERE split_part(g, '=', 1) = axis);
        END IF;
    END LOOP;
    NEW.barred := ARRAY(SELECT DISTINCT g FROM unnest(barred) g ORDER BY g);
    RETURN NEW;
END $$;
"""

FILL = """
UPDATE annotation_assignment s SET prefetch = false WHERE state = 'leased' AND prefetch AND EXISTS (
    SELECT FROM annotation_assignment o
    WHERE o.profile_id = s.profile_id AND o.state = 'leased' AND o.prefetch AND o.id > s.id);
UPDATE annotation_item i SET quota = jsonb_build_object('caps', c.rules->'caps'), groups = ARRAY(
    SELECT a.name || '=' || g.value FROM annotation_judgment j
    JOIN annotation_judgmentgroup g ON g.judgment_id = j.id JOIN annotation_axis a ON a.id = g.axis_id
    WHERE j.item_id = i.id AND j.slot IS NOT NULL AND c.rules->'caps' ? a.name
    UNION ALL
    SELECT a.name || '=' || v.value FROM annotation_assignment s
    JOIN annotation_profilevalue v ON v.profile_id = s.profile_id JOIN annotation_axis a ON a.id = v.axis_id
    WHERE s.item_id = i.id AND s.state = 'leased' AND c.rules->'caps' ? a.name)
FROM annotation_campaign c WHERE c.id = i.campaign_id AND c.rules->'caps' <> '{}'
  AND EXISTS (SELECT FROM annotation_quota q WHERE q.item_id = i.id);
UPDATE annotation_assignment s SET groups = ARRAY(
    SELECT a.name || '=' || v.value FROM annotation_profilevalue v JOIN annotation_axis a ON a.id = v.axis_id
    WHERE v.profile_id = s.profile_id AND i.quota->'caps' ? a.name)
FROM annotation_item i WHERE i.id = s.item_id AND s.state = 'leased' AND i.quota <> '{}';
"""

TRIGGERS = """
CREATE TRIGGER annotation_item_groups BEFORE INSERT OR UPDATE ON annotation_item
    FOR EACH ROW WHEN (NEW.quota <> '{}') EXECUTE FUNCTION annotation_item_groups();
CREATE TRIGGER annotation_item_keeps_its_caps BEFORE UPDATE ON annotation_item
    FOR EACH ROW WHEN (NEW.quota->'caps' IS DISTINCT FROM OLD.quota->'caps') EXECUTE FUNCTION winnow_refuse_change();
UPDATE annotation_item SET barred = '{}' WHERE quota <> '{}';
"""


class Migration(migrations.Migration):
    """Quota rows become columns of the item, which the claim locks anyway."""

    dependencies = [("annotation", "0008_quality")]
    operations = [
        RunSQL(
            FUNCTIONS,
            "DROP FUNCTION annotation_item_groups(); DROP FUNCTION annotation_groups_taken(jsonb, text[]);"
            " DROP FUNCTION annotation_groups_without(text[], text[]);"
            " DROP FUNCTION annotation_groups_missing(jsonb, text[])",
        ),
        RunSQL(FILL, RunSQL.noop),
        RunSQL(
            TRIGGERS,
            "DROP TRIGGER annotation_item_groups ON annotation_item;"
            " DROP TRIGGER annotation_item_keeps_its_caps ON annotation_item",
        ),
        schema.trusted_path("annotation_item_groups"),
        migrations.DeleteModel("Quota"),
        migrations.AddConstraint(
            "Assignment",
            models.UniqueConstraint(
                fields=["profile"],
                condition=models.Q(state="leased", prefetch=True),
                name="assignment_one_ahead",
            ),
        ),
        migrations.RemoveIndex("Item", "item_queue"),
        migrations.AddIndex(
            "Item",
            models.Index(
                fields=["campaign", "barred", "-priority", "id"],
                condition=models.Q(state="open", slots_left__gt=0),
                name="item_queue",
            ),
        ),
        migrations.AddIndex(
            "Item",
            models.Index(
                fields=["campaign", "prompt_group", "-priority", "id"],
                condition=models.Q(state="open", slots_left__gt=0) & ~models.Q(prompt_group=""),
                name="item_of_one_prompt",
            ),
        ),
    ]
