"""The queue of a campaign in SQL: taking a slot and giving it back.

Every condition that can race lives on the item row or under its lock: under READ COMMITTED only the locked row
is read again after the lock, a subquery keeps its old snapshot. Locks are always taken item first, then lease.

What an item was given to stands in `given_to`: those are passed over without looking at their leases. The leases and votes
themselves decide (`UNSEEN`), so a name that is missing there costs a look; one left over would hide work, and a
trigger takes it away with the lease.

Which groups an item still takes stands in `barred`, which a trigger derives from its quota and the groups that hold
its slots; the queue is read one value of `barred` at a time, so nobody walks past all that is kept for others.
What one person has seen is a scalar subquery, probed item by item in queue order: no plan can start from everything they
have ever done.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.columns import Columns
from core.prepared import execute, select

from .eligibility import SUITS, Seeker, asked_of
from .models import Assignment, Item

UNSEEN = """
      AND NOT coalesce((
        SELECT true FROM annotation_assignment s
        WHERE s.item_id = i.id AND s.profile_id = %(profile)s
          AND s.state IN ('leased', 'submitted', 'skipped') LIMIT 1), false)
      AND NOT coalesce((
        SELECT true FROM annotation_judgment j
        WHERE j.item_id = i.id AND j.profile_id = %(profile)s LIMIT 1), false)
      AND NOT coalesce((
        SELECT true FROM annotation_adjudication d
        WHERE d.item_id = i.id AND d.by_id = %(user)s LIMIT 1), false)
"""
"""Nothing this person was given, has judged, or has decided over after reading what others said."""

GOLD_MET = """
gold_met AS MATERIALIZED (
    SELECT coalesce(array_agg(r), '{}') AS answers FROM annotation_item g
    LEFT JOIN annotation_pair p ON p.item_id = g.id
    LEFT JOIN annotation_repair f ON f.item_id = g.id
    CROSS JOIN LATERAL unnest(ARRAY[p.response_a_id, p.response_b_id, f.response_id]) r
    WHERE g.campaign_id = %(campaign)s AND g.role = 'gold' AND r IS NOT NULL AND coalesce((
        SELECT true FROM annotation_assignment s
        WHERE s.item_id = g.id AND s.profile_id = %(profile)s AND s.state <> 'released' LIMIT 1), false)
)
"""
UNTOLD = """
      AND NOT coalesce((
        SELECT gold_met.answers && ARRAY[p.response_a_id, p.response_b_id] FROM gold_met, annotation_pair p
        WHERE p.item_id = i.id), false)
      AND NOT coalesce((
        SELECT f.response_id = ANY(gold_met.answers) FROM gold_met, annotation_repair f
        WHERE f.item_id = i.id), false)
"""
"""Work that shares an answer with gold this person met here: within a campaign only gold comes back, so it would be told apart."""

LEASED, ITEM = Columns(Assignment, "s"), Columns(Item, "i")
LEASE = f"""
, leased AS (
    INSERT INTO annotation_assignment
        (id, project_id, item_id, profile_id, state, lease_token, leased_until, prefetch, swapped, claimed_at,
         skip_reason, draft, groups)
    SELECT gen_random_uuid(), taken.project_id, taken.id, %(profile)s, 'leased', gen_random_uuid(),
           now() + make_interval(secs => %(seconds)s), %(prefetch)s, random() < 0.5, now(), '', '{{}}', taken.groups_now
    FROM taken
    RETURNING *
)
SELECT {LEASED}, {ITEM} FROM leased s, taken i
"""

TAKES = "CASE WHEN i.quota = '{}' THEN '{}' ELSE annotation_groups_taken(i.quota, %(groups)s::text[]) END"
"""The groups this annotator would take of the item's quota."""


def _claim(*, met: str = "", only: str = "") -> str:
    """The statement of a claim: `met` is read before it, and `only` narrows it."""
    return f"""
WITH {met} picked AS (
    SELECT i.id, {TAKES} AS takes FROM annotation_item i
    WHERE i.campaign_id = %(campaign)s AND i.waiting AND i.barred = %(barred)s::varchar[]
      AND %(profile)s::uuid <> ALL(i.given_to) {SUITS} {UNSEEN} {only}
    ORDER BY i.priority DESC, i.id
    LIMIT 1 FOR UPDATE OF i SKIP LOCKED
), taken AS (
    UPDATE annotation_item i SET slots_left = i.slots_left - 1, groups = i.groups || picked.takes,
        given_to = i.given_to || %(profile)s::uuid
    FROM picked WHERE i.id = picked.id
    RETURNING i.*, picked.takes AS groups_now
) {LEASE}
"""


BESIDE_GOLD = {"met": f"{GOLD_MET.strip()},", "only": UNTOLD}
OF_PROMPT = " AND i.prompt_group = %(prompt)s::text AND i.prompt_group <> '' "
CLAIM = _claim()
CLAIM_OF_PROMPT = _claim(only=OF_PROMPT)
CLAIM_BESIDE_GOLD = _claim(**BESIDE_GOLD)
CLAIM_OF_PROMPT_BESIDE_GOLD = _claim(met=BESIDE_GOLD["met"], only=OF_PROMPT + UNTOLD)
"""Texts of their own, so that one plan of each serves all: of a prompt by its index; beside gold with what one has met of it."""

MET = """
          AND (other.campaign_id = i.campaign_id AND other.role = 'work' AND other.state = 'open'
               OR EXISTS (SELECT FROM annotation_assignment s WHERE s.item_id = other.id
                          AND s.profile_id = %(profile)s AND s.state <> 'released'))
"""
"""Another item of the same answers: this person has been given it, or may yet be."""

CLAIM_GOLD = f"""
WITH taken AS (
    SELECT i.*, '{{}}'::text[] AS groups_now FROM annotation_item i
    JOIN LATERAL (SELECT g.most_people FROM annotation_goldanswer g WHERE g.item_id = i.id
                  ORDER BY g.number DESC LIMIT 1) answer ON true
    WHERE i.campaign_id = %(campaign)s AND i.role = 'gold' AND i.state = 'open'
      AND (SELECT count(*) FROM annotation_assignment s
           WHERE s.item_id = i.id AND s.state IN ('leased', 'submitted')) < answer.most_people {SUITS} {UNSEEN}
      AND NOT EXISTS (SELECT FROM annotation_goldanswer own WHERE own.item_id = i.id AND own.author_id = %(user)s)
      AND (SELECT count(*) FROM annotation_assignment s JOIN annotation_item g ON g.id = s.item_id AND g.role = 'gold'
           WHERE s.profile_id = %(profile)s AND s.claimed_at >= date_trunc('day', now(), 'UTC')) < %(a_day)s
      AND NOT EXISTS (
        SELECT FROM annotation_pair own JOIN annotation_pair known ON known.item_id <> own.item_id
            AND (known.response_a_id IN (own.response_a_id, own.response_b_id)
                 OR known.response_b_id IN (own.response_a_id, own.response_b_id))
        JOIN annotation_item other ON other.id = known.item_id
        WHERE own.item_id = i.id {MET})
      AND NOT EXISTS (
        SELECT FROM annotation_repair own JOIN annotation_repair known ON known.item_id <> own.item_id
            AND known.response_id = own.response_id
        JOIN annotation_item other ON other.id = known.item_id
        WHERE own.item_id = i.id {MET})
    ORDER BY random() LIMIT 1
) {LEASE}
"""

BARRED = """
WITH RECURSIVE step AS (
    (SELECT i.barred FROM annotation_item i
     WHERE i.campaign_id = %(campaign)s AND i.waiting ORDER BY i.barred LIMIT 1)
    UNION ALL
    SELECT (SELECT i.barred FROM annotation_item i
            WHERE i.campaign_id = %(campaign)s AND i.waiting AND i.barred > step.barred
            ORDER BY i.barred LIMIT 1)
    FROM step WHERE step.barred IS NOT NULL
)
SELECT barred FROM step WHERE NOT barred && %(groups)s::varchar[] ORDER BY cardinality(barred) DESC
"""

TAKE_LATE = f"""
UPDATE annotation_item i SET slots_left = i.slots_left - 1, groups = i.groups || {TAKES}
WHERE i.id = %(item)s AND i.waiting AND NOT i.barred && %(groups)s::varchar[]
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
    UPDATE annotation_assignment s SET state = %(state)s, ended_at = now(), skip_reason = %(reason)s, groups = '{}'
    FROM annotation_assignment held
    WHERE held.id = s.id AND s.state = 'leased' AND s.item_id = ANY(%(items)s)
      AND (%(assignment)s::uuid IS NULL AND s.leased_until < now() OR s.id = %(assignment)s::uuid)
    RETURNING s.item_id, held.groups
), freed AS (
    UPDATE annotation_item i SET slots_left = i.slots_left + e.n,
        groups = CASE WHEN e.gone = '{}' THEN i.groups ELSE annotation_groups_without(i.groups, e.gone) END
    FROM (SELECT item_id, count(*) AS n,
                 ARRAY(SELECT unnest(one.groups) FROM ended one WHERE one.item_id = ended.item_id) AS gone
          FROM ended GROUP BY item_id) e
    WHERE i.id = e.item_id AND i.role = 'work'
)
SELECT count(*) FROM ended
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A lease somebody asks for: where, for whom, for how long, whether it is fetched ahead, and whether gold is about."""

    campaign: uuid.UUID
    seeker: Seeker
    seconds: float
    prefetch: bool = False
    beside_gold: bool = False


def take_slot(wanted: Wanted, *, prompt: str | None = None) -> Assignment | None:
    """Lease the best free slot to this annotator in one statement; the new assignment with its item, or None.

    Items that wait for a group this annotator brings come before those that are open to everybody.
    """
    given = asked(wanted) | ({"prompt": prompt} if prompt else {})
    groups = wanted.seeker.groups
    plain, beside_gold = (
        (CLAIM_OF_PROMPT, CLAIM_OF_PROMPT_BESIDE_GOLD) if prompt else (CLAIM, CLAIM_BESIDE_GOLD)
    )
    claim = beside_gold if wanted.beside_gold else plain
    for barred in _admitting(wanted.campaign, groups) if groups else ([],):
        taken = select(claim, given | {"barred": barred})
        if taken:
            return leased(taken[0])
    return None


def take_gold(wanted: Wanted, *, a_day: int) -> Assignment | None:
    """Lease a gold item chosen at random, `a_day` at most; it asks for no slot, each is shown to so many and never twice.

    One that shares an answer with anything this person was given, or with work of the campaign that is still open,
    is passed over: a question that comes back would tell it from work.
    """
    taken = select(CLAIM_GOLD, asked(wanted) | {"a_day": a_day})
    return leased(taken[0]) if taken else None


def leased(row: Iterable[Any]) -> Assignment:
    """The assignment and its item out of a row of {LEASED}, {ITEM}."""
    values = iter(row)
    assignment = LEASED.take(values)
    assignment.item = ITEM.take(values)
    return assignment


def take_slot_late(*, item: uuid.UUID, groups: Sequence[str]) -> bool:
    """Take a free slot of an item whose lock is held, for an answer that came after its lease; False if none."""
    return bool(execute(TAKE_LATE, {"item": item, "groups": list(groups)}))


def lock_items_with_expired_leases(batch: int) -> list[uuid.UUID]:
    """Lock up to `batch` items that hold an expired lease, passing over those somebody is writing to."""
    return [key for (key,) in select(LOCK_EXPIRED, {"batch": batch})]


def give_back(
    items: Sequence[uuid.UUID], *, state: str, assignment: uuid.UUID | None = None, reason: str = ""
) -> int:
    """End one lease, or every expired one, of locked items and return their slots and groups; how many ended."""
    given = {"items": list(items), "state": state, "assignment": assignment, "reason": reason}
    ((ended,),) = select(GIVE_BACK, given)
    return int(ended)


def _admitting(campaign: uuid.UUID, groups: Sequence[str]) -> list[list[str]]:
    """Values of `barred` in the queue that leave this annotator in, those that leave most others out first."""
    return [barred for (barred,) in select(BARRED, {"campaign": campaign, "groups": list(groups)})]


def asked(wanted: Wanted) -> dict[str, Any]:
    """The parameters of a claim."""
    seeker = wanted.seeker
    return {
        "campaign": wanted.campaign,
        "seconds": wanted.seconds,
        "prefetch": wanted.prefetch,
        "profile": seeker.profile.pk,
        "user": seeker.profile.user_id,
        "groups": list(seeker.groups),
        **asked_of(seeker),
    }
