"""Versions as members of stars: which text each says, who stands for that text, and who of equal ones comes first."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

DUPLICATES = ("exact_duplicate", "near_duplicate")


@dataclass(frozen=True, slots=True)
class Member:
    """One version in one view, with the text that stands for its text."""

    version_id: uuid.UUID
    view: str
    text_id: int
    centre: int
    jaccard: float
    reason: str
    occurred_at: datetime

    @property
    def eligible(self) -> bool:
        """Nothing but being a duplicate keeps it out."""
        return not self.reason or self.reason in DUPLICATES

    @property
    def is_central(self) -> bool:
        """Whether its text stands for its star."""
        return self.text_id == self.centre

    def order(self, rank: Mapping[uuid.UUID, float]) -> tuple[bool, float, datetime, uuid.UUID]:
        """Among equal texts: what may be trained on first, then by the keep policy, then the oldest."""
        return (not self.eligible, -rank.get(self.version_id, 0.0), self.occurred_at, self.version_id)

    def reason_beside(self, representative: uuid.UUID) -> str:
        """What leaves it out when this version stands for the cluster."""
        if not self.eligible or self.version_id == representative:
            return "" if self.eligible else self.reason
        return "exact_duplicate" if self.is_central else "near_duplicate"


def members_of(
    texts: Collection[int], versions: Mapping[int, Collection[uuid.UUID]] | None = None
) -> list[Member]:
    """All members that say one of `texts`, and of other texts those among `versions`."""
    some = [(text, one) for text, ones in (versions or {}).items() if text not in texts for one in ones]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT g.version_id, g.view, g.text_id, coalesce(p.centre_id, g.text_id), coalesce(p.jaccard, 1.0),
                   s.drop_reason, t.occurred_at
            FROM (
                SELECT g.version_id, g.view, g.text_id FROM unnest(%s::bigint[]) AS n(id)
                CROSS JOIN LATERAL (SELECT * FROM curation_signature WHERE text_id = n.id OFFSET 0) g
                UNION
                SELECT g.version_id, g.view, g.text_id FROM unnest(%s::bigint[], %s::uuid[]) AS n(id, version)
                CROSS JOIN LATERAL (SELECT * FROM curation_signature WHERE version_id = n.version AND text_id = n.id OFFSET 0) g
            ) g
            JOIN curation_curationstate s ON s.version_id = g.version_id AND s.step <> 'superseded'
            JOIN curation_conversationversion v ON v.id = g.version_id
            JOIN curation_trace t ON t.id = v.trace_id
            LEFT JOIN curation_starplace p ON p.text_id = g.text_id
            """,
            [sorted(texts), [text for text, _ in some], [one for _, one in some]],
        )
        return [Member(*row) for row in cursor.fetchall()]
