"""A conversation's body was destroyed because redaction had missed something in it: nobody can be asked about it any more."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.models import Project
from core import audit
from core.prepared import select

from .. import queue
from ..models import Assignment, Item


def close_items_of(project: Project, versions: Collection[UUID]) -> int:
    """Close every item that shows one of these versions, under whoever holds it; how many were not closed before.

    What is closed is training data no longer. Called again it finds none; the run that destroys is what the audit names.
    """
    shows = (
        Q(version__in=versions)
        | Q(pair__response_a__version__in=versions)
        | Q(pair__response_b__version__in=versions)
        | Q(repair__response__version__in=versions)
    )
    standing = Item.objects.filter(shows, project=project).exclude(state="closed")
    closed = 0
    for pk in standing.order_by("pk").values_list("pk", flat=True):
        closed += _close(pk)
    return closed


def empty_answers_of(versions: Collection[UUID]) -> int:
    """Take the words out of the answers copied from these versions, fixes included, and out of what quotes them; how many.

    The database refuses it where the body still stands. That there was an answer, and who judged it, stays.
    """
    return sum(
        count
        for version in versions
        for (count,) in select("SELECT annotation_erase_answers(%(version)s)", {"version": version})
    )


def _close(pk: UUID) -> bool:
    with transaction.atomic():
        item = Item.objects.select_for_update().get(pk=pk)
        if item.state == "closed":
            return False
        for held in Assignment.objects.filter(item=item, state="leased").values_list("pk", flat=True):
            queue.give_back([pk], state="released", assignment=held)
        Item.objects.filter(pk=pk).update(state="closed")
        audit.emit(
            subject=item,
            name="item.closed",
            project_id=item.project_id,
            from_state=item.state,
            to_state="closed",
            data={"destroyed": True},
        )
    return True
