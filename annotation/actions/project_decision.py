"""Keep the item's Decision in step with its counted judgments and what was decided over them; called under the item's lock."""

import json
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from core.prepared import execute, select

from ..decisions import Outcome, Vote, decide_pair, decide_repair
from ..models import DECIDABLE, Item

WEIGHED: Final = """
SELECT p.response_a_id, p.response_b_id, r.response_id, a.id, a.outcome, a.strength, a.response_id,
       last.choice, last.strength, j.simulated, last.response_id
FROM annotation_item i
LEFT JOIN annotation_pair p ON p.item_id = i.id
LEFT JOIN annotation_repair r ON r.item_id = i.id
LEFT JOIN LATERAL (SELECT * FROM annotation_adjudication d WHERE d.item_id = i.id ORDER BY d.number DESC LIMIT 1) a
    ON true
LEFT JOIN annotation_judgment j ON j.item_id = i.id AND j.slot IS NOT NULL
LEFT JOIN LATERAL (
    SELECT v.choice, v.strength, v.response_id FROM annotation_judgmentrevision v
    WHERE v.judgment_id = j.id ORDER BY v.number DESC LIMIT 1) last ON true
WHERE i.id = %(item)s ORDER BY j.slot
"""
WRITE: Final = """
INSERT INTO annotation_decision
    (item_id, project_id, outcome, strength, votes, counted, simulated, response_id, adjudication_id, decided_at)
SELECT i.id, %(project)s, %(outcome)s, %(strength)s, %(votes)s::jsonb, %(counted)s, %(simulated)s, %(response)s::uuid,
       %(adjudication)s::uuid, now()
FROM annotation_item i WHERE i.id = %(item)s AND i.role = 'work'
ON CONFLICT (item_id) DO UPDATE SET (outcome, strength, votes, counted, simulated, response_id, adjudication_id, decided_at)
    = (excluded.outcome, excluded.strength, excluded.votes, excluded.counted, excluded.simulated, excluded.response_id,
       excluded.adjudication_id, excluded.decided_at)
"""


NO_OUTCOME: Final[Outcome[UUID]] = Outcome("cannot", 0.0, {}, 0, 0)


@dataclass(frozen=True, slots=True)
class _Adjudicated:
    """What a person decided over the votes last."""

    pk: UUID
    outcome: str
    strength: int
    response: UUID | None


def project_decision(item: Item) -> Outcome[UUID] | None:
    """Write what the votes add up to now, or what a person decided over them, and say it; nothing while none counts.

    Nothing follows from votes on what is reported or closed.
    A vote is the latest revision of a counted judgment; they are weighed oldest slot first.
    """
    if item.state not in DECIDABLE:
        return None
    rows = select(WEIGHED, {"item": item.pk})
    a, b, original, *over = rows[0][:7]
    votes: list[Vote[UUID]] = [Vote(*row[7:]) for row in rows if row[7] is not None]
    outcome = decide_pair(votes, a=a, b=b) if item.kind == "pair" else decide_repair(votes, original=original)
    if outcome is None:
        return None
    decided = _Adjudicated(*over) if over[0] else None
    if decided is not None:
        outcome = _decided_over(outcome, decided)
    _write(item, outcome, decided)
    return outcome


def read_as_work(item: Item) -> None:
    """The statements of work, over an item that is not: they find no vote and write nothing, and take as long."""
    project_decision(item)
    _write(item, NO_OUTCOME, None)


def _write(item: Item, outcome: Outcome[UUID], decided: _Adjudicated | None) -> None:
    given: dict[str, UUID | str | float | None] = {
        "item": item.pk,
        "project": item.project_id,
        "outcome": outcome.outcome,
        "strength": outcome.strength,
        "votes": json.dumps(outcome.votes),
        "counted": outcome.counted,
        "simulated": outcome.simulated,
        "response": outcome.response,
        "adjudication": decided.pk if decided else None,
    }
    execute(WRITE, given)


def _decided_over(outcome: Outcome[UUID], decided: _Adjudicated) -> Outcome[UUID]:
    """The adjudicated outcome in place of the votes' own; how they were given stays beside it."""
    whole = 1.0 if decided.response and not decided.strength else 0.0
    return replace(
        outcome,
        outcome=decided.outcome,
        strength=decided.strength or whole,
        response=decided.response,
    )
