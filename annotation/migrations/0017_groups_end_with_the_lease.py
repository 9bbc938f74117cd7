"""What a lease took of a quota is kept while it may be given back; erasing reaches the items too."""

from django.db import migrations, models
from django.db.migrations.operations import RunSQL

ENDED = "UPDATE annotation_assignment SET groups = '{}' WHERE state <> 'leased' AND groups <> '{}'"

FORGET = """
CREATE FUNCTION annotation_quota_within_reach(quota jsonb, groups text[], slots_left int) RETURNS jsonb
    LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN quota ? 'distinct' THEN jsonb_set(quota, '{distinct}', (
        SELECT coalesce(jsonb_object_agg(d.key, d.value::int - greatest(0, annotation_groups_missing(
            jsonb_build_object('distinct', jsonb_build_object(d.key, d.value)), groups) - slots_left)), '{}')
        FROM jsonb_each_text(quota->'distinct') d)) ELSE quota END
$$;
CREATE OR REPLACE FUNCTION annotation_forget_groups(the_profile uuid) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    forgotten bigint; held record; kept text[];
BEGIN
    IF EXISTS (SELECT 1 FROM annotation_profilevalue WHERE profile_id = the_profile) THEN
        RAISE EXCEPTION 'groups are taken out of votes only with what the person says of themselves now'
            USING ERRCODE = 'restrict_violation';
    END IF;
    FOR held IN
        SELECT i.id, i.quota, i.groups, i.slots_left, annotation_groups_taken(i.quota, ARRAY(
            SELECT DISTINCT ON (a.name) a.name || '=' || g.value
            FROM annotation_judgmentgroup g JOIN annotation_axis a ON a.id = g.axis_id
            WHERE g.judgment_id = j.id ORDER BY a.name, a.number DESC)) AS own
        FROM annotation_item i JOIN annotation_judgment j ON j.item_id = i.id
        WHERE j.profile_id = the_profile AND j.slot IS NOT NULL AND i.quota <> '{}'
        ORDER BY i.id FOR UPDATE OF i
    LOOP
        kept := annotation_groups_without(held.groups, held.own) || ARRAY(
            SELECT split_part(g, '=', 1) || '=' FROM unnest(held.own) g WHERE g = ANY(held.groups));
        UPDATE annotation_item SET groups = kept,
            quota = annotation_quota_within_reach(held.quota, kept, held.slots_left) WHERE id = held.id;
    END LOOP;
    DELETE FROM annotation_judgmentgroup g USING annotation_judgment j
        WHERE j.id = g.judgment_id AND j.profile_id = the_profile;
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;
"""


class Migration(migrations.Migration):
    """One constraint and one function made anew; going back leaves the function, which forgets as much and more."""

    dependencies = [("annotation", "0016_adjudicators_and_retired_axes")]
    operations = [
        RunSQL(ENDED, RunSQL.noop),
        migrations.AddConstraint(
            "Assignment",
            models.CheckConstraint(
                condition=models.Q(state="leased") | models.Q(groups=[]),
                name="assignment_groups_end_with_the_lease",
            ),
        ),
        RunSQL(FORGET, RunSQL.noop),
    ]
