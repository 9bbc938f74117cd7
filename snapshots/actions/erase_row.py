"""Erasure: a row's text and salt are destroyed; its leaf, the root, the list and the manifest stay."""

from functools import partial

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.actions.persons import person_behind
from accounts.models import ApiToken, Project, User
from accounts.permissions import require
from core import storage
from core.audit import emit, record
from core.errors import NotFound, Refused
from snapshots.actions.withdraw import end_approval
from snapshots.build.materialise import current_shards, shards_of, store, stored_rows
from snapshots.models import Approval, RowContent, Shard, Snapshot, Tombstone


def erase_row(*, who: User | ApiToken, project: Project, leaf: str, reason: str) -> Tombstone:
    """Erase one row everywhere. Snapshots that hold it get new files; their standing approvals end."""
    require(who, "snapshot.erase", project)
    if not reason.strip():
        raise Refused("no_reason", _("An erasure needs a reason; it is all that stays."))
    with transaction.atomic():
        content = RowContent.objects.select_for_update().filter(project=project, leaf=leaf).first()
        if content is None:
            raise NotFound("row_not_found", _("There is no such row in this project."))
        if content.erased_at is not None:
            raise Refused("erased_already", _("This row was erased already."))
        tombstone = Tombstone.objects.create(
            project=project, content=content, leaf=leaf, reason=reason.strip(), erased_by=person_behind(who)
        )
        RowContent.objects.filter(pk=content.pk).update(salt=None, body=None, erased_at=Now())
        affected = list(
            Snapshot.objects.filter(rows__content=content, state="sealed")
            .select_related("project")
            .distinct()
        )
        for snapshot in affected:
            _rewrite(snapshot)
        for approval in Approval.objects.standing().filter(snapshot__in=affected):
            end_approval(who, approval, _("A row was erased: %(reason)s") % {"reason": reason.strip()})
        data = {"leaf": leaf, "snapshots": [snapshot.number for snapshot in affected]}
        record(
            actor=who.actor, verb="snapshot.erase_row", subject=tombstone, project_id=project.pk, data=data
        )
        emit(subject=tombstone, name="erased", project_id=project.pk, data=data)
    return tombstone


def _rewrite(snapshot: Snapshot) -> None:
    """A new materialisation; the old files go once the erasure is committed."""
    Snapshot.objects.select_for_update(of=("self",)).get(pk=snapshot.pk)
    old = {shard.sha256 for shard in current_shards(snapshot)}
    number = snapshot.shards.aggregate(last=Max("materialisation"))["last"] or 0
    store(snapshot, shards_of(stored_rows(snapshot)), number + 1)
    new = {shard.sha256 for shard in current_shards(snapshot)}
    for sha256 in old - new:
        transaction.on_commit(partial(_delete, sha256))


def _delete(sha256: str) -> None:
    """Delete a blob unless a current file of any snapshot still has the same bytes."""
    using = Shard.objects.filter(sha256=sha256).select_related("snapshot")
    if not any(sha256 in {one.sha256 for one in current_shards(shard.snapshot)} for shard in using):
        storage.delete(sha256)
