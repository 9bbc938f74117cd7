"""One vote in one statement: judgment, first revision, groups frozen as they are now, and the end of the lease."""

from uuid import UUID

from core.columns import Columns
from core.prepared import select

from .models import Item, Judgment, JudgmentRevision

JUDGMENT = Columns(Judgment, "j")

GIVEN = f"""
SELECT {JUDGMENT} FROM annotation_judgment j WHERE j.item_id = %(item)s
UNION ALL
SELECT {JUDGMENT} FROM annotation_judgment j WHERE j.idempotency_key = %(key)s AND j.item_id <> %(item)s
"""

RECORD = """
WITH vote AS (
    INSERT INTO annotation_judgment
        (id, project_id, item_id, profile_id, assignment_id, slot, simulated, idempotency_key, created_at)
    VALUES (%(id)s, %(project)s, %(item)s, %(profile)s, %(assignment)s, %(slot)s, %(simulated)s, %(key)s, now())
    RETURNING id
), frozen AS (
    INSERT INTO annotation_judgmentgroup (judgment_id, axis_id, value)
    SELECT vote.id, said.axis_id, said.value FROM vote, annotation_profilevalue said WHERE said.profile_id = %(profile)s
), ended AS (
    UPDATE annotation_assignment SET state = 'submitted', ended_at = now(), groups = '{}' WHERE id = %(assignment)s
)
INSERT INTO annotation_judgmentrevision
    (project_id, judgment_id, number, choice, strength, tags, rationale, response_id, tags_version,
     guidelines_id, policy_id, section, act, active_ms, created_at)
SELECT %(project)s, vote.id, 1, %(choice)s, %(strength)s, %(tags)s::varchar[], %(rationale)s, %(response)s,
       %(tags_version)s, %(guidelines)s, %(policy)s, %(section)s, %(act)s, %(active_ms)s, now()
FROM vote RETURNING id
"""


def judgments_on(item: Item, *, or_sent_as: UUID) -> list[Judgment]:
    """Every judgment of the item, and the one this idempotency key belongs to, if it is of another item."""
    found = [JUDGMENT.take(iter(row)) for row in select(GIVEN, {"item": item.pk, "key": or_sent_as})]
    for judgment in found:
        if judgment.item_id == item.pk:
            judgment.item = item
    return found


def record_vote(judgment: Judgment, revision: JudgmentRevision) -> None:
    """Store both, and give the revision its id; the item is locked by the caller's transaction."""
    given: dict[str, UUID | int | str | bool | list[str] | None] = {
        "id": judgment.pk,
        "project": judgment.project_id,
        "item": judgment.item_id,
        "profile": judgment.profile_id,
        "assignment": judgment.assignment_id,
        "slot": judgment.slot,
        "simulated": judgment.simulated,
        "key": judgment.idempotency_key,
        "choice": revision.choice,
        "strength": revision.strength,
        "tags": revision.tags,
        "rationale": revision.rationale,
        "response": revision.response_id,
        "tags_version": revision.tags_version,
        "guidelines": revision.guidelines_id,
        "policy": revision.policy_id,
        "section": revision.section,
        "act": revision.act,
        "active_ms": revision.active_ms,
    }
    ((revision.pk,),) = select(RECORD, given)
