"""The door to training: only a standing, signed approval whose snapshot still passes every check opens it."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from core.errors import Refused
from snapshots.actions.review import signature_holds
from snapshots.actions.verify_snapshot import require_sound
from snapshots.build.materialise import read_files
from snapshots.models import Approval, Snapshot
from snapshots.shards import ShardRow, read_shard


def require_standing(approval: Approval) -> Snapshot:
    """The approved snapshot; Refused when the approval was withdrawn or its signature does not hold."""
    current = Approval.objects.select_related("snapshot", "snapshot__project").get(pk=approval.pk)
    if not Approval.objects.standing().filter(pk=approval.pk).exists():
        raise Refused(
            "approval_withdrawn",
            _("The approval of this snapshot was withdrawn."),
            hint=_("Train from another approved snapshot."),
        )
    if current.root != current.snapshot.root or not signature_holds(current):
        raise Refused("signature_broken", _("The signature of this approval does not match its snapshot."))
    return current.snapshot


def open_rows(approval: Approval) -> Iterator[ShardRow]:
    """Every row of the approved files in leaf order; Refused before the first one unless every check holds."""
    snapshot = require_standing(approval)
    require_sound(snapshot)
    for _name, data in read_files(snapshot):
        yield from read_shard(data)
