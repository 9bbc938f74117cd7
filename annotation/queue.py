"""The queue of a campaign in SQL: taking a slot and giving it back.

Every condition that can race lives on the item row or under its lock: under READ COMMITTED only the locked row
is read again after the lock, a subquery keeps its old snapshot. Locks are always taken item first, then lease.

The conditions of a claim are scalar subqueries probed item by item in queue order, and compare the annotator as
text, so that no plan can start from everything one person has ever done.
"""

import uuid
from collections.abc import Sequence

from django.db import connection

CLAIM = """
WITH picked AS (
    SELECT i.id FROM annotation_item i
    WHERE i.campaign_id = %(campaign)s AND i.state = 'open' AND i.slots_left > 0
      AND NOT coalesce((
        SELECT true FROM annotation_assignment s
        WHERE s.item_id = i.id AND s.profile_id::text = %(profile)s::text
          AND s.state IN ('leased', 'submitted', 'skipped') LIMIT 1), false)
      AND NOT coalesce((
        SELECT true FROM annotation_judgment j
        WHERE j.item_id = i.id AND j.profile_id::text = %(profile)s::text LIMIT 1), false)
      AND NOT coalesce((
        SELECT true FROM annotation_quota q
        JOIN annotation_profilevalue v ON v.axis_id = q.axis_id AND v.value = q.value
        WHERE q.item_id = i.id AND v.profile_id = %(profile)s AND q.left = 0 LIMIT 1), false)
    ORDER BY i.priority DESC, i.id
    LIMIT 1 FOR UPDATE OF i SKIP LOCKED
), taken AS (
    UPDATE annotation_item i SET slots_left = i.slots_left - 1 FROM picked
    WHERE i.id = picked.id RETURNING i.id, i.project_id
), capped AS (
    UPDATE annotation_quota q SET "left" = q.left - 1 FROM taken, annotation_profilevalue v
    WHERE q.item_id = taken.id AND v.profile_id = %(profile)s AND v.axis_id = q.axis_id AND v.value = q.value
)
INSERT INTO annotation_assignment
    (id, project_id, item_id, profile_id, state, lease_token, leased_until, prefetch, swapped, claimed_at,
     skip_reason, draft)
SELECT gen_random_uuid(), taken.project_id, taken.id, %(profile)s, 'leased', gen_random_uuid(),
       now() + make_interval(secs => %(seconds)s), %(prefetch)s, random() < 0.5, now(), '', '{}'
FROM taken
RETURNING id
"""

TAKE_LATE = """
WITH taken AS (
    UPDATE annotation_item SET slots_left = slots_left - 1
    WHERE id = %(item)s AND state = 'open' AND slots_left > 0
      AND NOT EXISTS (
        SELECT FROM annotation_quota q JOIN annotation_profilevalue v ON v.axis_id = q.axis_id AND v.value = q.value
        WHERE q.item_id = %(item)s AND v.profile_id = %(profile)s AND q.left = 0)
    RETURNING id
), capped AS (
    UPDATE annotation_quota q SET "left" = q.left - 1 FROM taken, annotation_profilevalue v
    WHERE q.item_id = taken.id AND v.profile_id = %(profile)s AND v.axis_id = q.axis_id AND v.value = q.value
)
SELECT id FROM taken
"""

LOCK_EXPIRED = """
SELECT i.id FROM annotation_item i
WHERE i.id IN (
    SELECT s.item_id FROM annotation_assignment s
    WHERE s.state = 'leased' AND s.leased_until < now() ORDER BY s.leased_until LIMIT %(batch)s)
ORDER BY i.id FOR UPDATE OF i SKIP LOCKED
"""

GIVE_BACK = """
WITH ended AS (
    UPDATE annotation_assignment SET state = %(state)s, ended_at = now(), skip_reason = %(reason)s
    WHERE state = 'leased' AND item_id = ANY(%(items)s)
      AND (%(assignment)s::uuid IS NULL AND leased_until < now() OR id = %(assignment)s::uuid)
    RETURNING item_id, profile_id
), freed AS (
    UPDATE annotation_item i SET slots_left = i.slots_left + e.n
    FROM (SELECT item_id, count(*) AS n FROM ended GROUP BY item_id) e WHERE i.id = e.item_id
), uncapped AS (
    UPDATE annotation_quota q SET "left" = q.left + e.n
    FROM (SELECT ended.item_id, v.axis_id, v.value, count(*) AS n
          FROM ended JOIN annotation_profilevalue v ON v.profile_id = ended.profile_id
          GROUP BY 1, 2, 3) e
    WHERE q.item_id = e.item_id AND q.axis_id = e.axis_id AND q.value = e.value
)
SELECT count(*) FROM ended
"""


def take_slot(*, campaign: uuid.UUID, profile: uuid.UUID, seconds: float, prefetch: bool) -> uuid.UUID | None:
    """Lease the best free slot to this annotator in one statement; the new assignment's id, or None."""
    with connection.cursor() as cursor:
        cursor.execute(
            CLAIM, {"campaign": campaign, "profile": profile, "seconds": seconds, "prefetch": prefetch}
        )
        row = cursor.fetchone()
    return row[0] if row else None


def take_slot_late(*, item: uuid.UUID, profile: uuid.UUID) -> bool:
    """Take a free slot of an item whose lock is held, for an answer that came after its lease; False if none."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_LATE, {"item": item, "profile": profile})
        return cursor.fetchone() is not None


def lock_items_with_expired_leases(batch: int) -> list[uuid.UUID]:
    """Lock up to `batch` items that hold an expired lease, passing over those somebody is writing to."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_EXPIRED, {"batch": batch})
        return [row[0] for row in cursor.fetchall()]


def give_back(
    items: Sequence[uuid.UUID], *, state: str, assignment: uuid.UUID | None = None, reason: str = ""
) -> int:
    """End one lease, or every expired one, of locked items and return their slots and quotas; how many ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            GIVE_BACK, {"items": list(items), "state": state, "assignment": assignment, "reason": reason}
        )
        return int(cursor.fetchone()[0])
