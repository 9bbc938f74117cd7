"""What judging says about how hard an answer was: mended or dropped, or judges who did not agree. Real people only."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from accounts.models import Project
from annotation.models import Decision


def judged(project: Project) -> Iterator[tuple[uuid.UUID, bool]]:
    """(version, whether it was trouble): an answer that had to be fixed or dropped, or a pair on which votes went both ways."""
    decisions = Decision.objects.filter(project=project, simulated=0).select_related("item")
    for decision in decisions.iterator():
        if decision.outcome in ("accepted", "fixed", "dropped"):
            yield decision.item.version_id, decision.outcome != "accepted"
        elif sum(decision.votes.values()) > 1:
            yield decision.item.version_id, bool(decision.votes.get("a") and decision.votes.get("b"))
