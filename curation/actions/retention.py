"""Drop the bodies of days past their retention time. Heads, counts, and bodies that are in use (pinned) stay.

Days hold every project, so retention is the operator's: a setting and a command, no page.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

import structlog
from django.db import DatabaseError, connection, transaction

from core import audit
from core.actors import Actor
from core.locks import named_lock_if_free
from curation.actions.read_versions import retire
from curation.ingest.blobs import forget_blobs
from curation.models import CurationState, DroppedDay
from curation.models.conversation import CurationStep
from curation.retention import days_due
from curation.steps import BODY_RETIRED

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Dropped:
    """What a round of retention did; `kept` are days that could not be dropped now and will be tried again."""

    days: list[DroppedDay] = field(default_factory=list)
    kept: list[date] = field(default_factory=list)
    files: int = 0


def drop_old_days(*, actor: Actor, days: int) -> Dropped:
    """Drop every day older than this many days, each in its own transaction, then the files nobody names any more."""
    done = Dropped()
    with named_lock_if_free("retention") as free:
        if not free:
            return done
        for one in days_due(days):
            _drop(one.day, actor, done)
        done.files = forget_blobs()
    return done


def _drop(day: date, actor: Actor, done: Dropped) -> None:
    """A day in use at the moment (a long read, a trace that is not settled) is left for the next round."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT curation_drop_day(%s)", [day])
            if not cursor.fetchone()[0]:
                return
            dropped = DroppedDay.objects.get(pk=day)
            _leave_clusters(day)
            audit.record(actor=actor, verb="retention.drop", subject=dropped, project_id=None,
                         data={"spans": dropped.spans, "bytes": dropped.bytes})  # fmt: skip
    except DatabaseError as error:
        log.warning("retention.kept", day=day.isoformat(), error=type(error).__name__)
        done.kept.append(day)
    else:
        done.days.append(dropped)


def _leave_clusters(day: date) -> None:
    """Whose text is gone stands for nobody any more: the merger removes its signatures, and another takes its place."""
    states = CurationState.objects.filter(version__day=day, version__pinned=None)
    live = states.exclude(step=CurationStep.SUPERSEDED).exclude(drop_reason=BODY_RETIRED)
    gone: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for project_id, version_id in live.values_list("project_id", "version_id"):
        gone[project_id].append(version_id)
    for project_id, versions in gone.items():
        retire(project_id, versions)
