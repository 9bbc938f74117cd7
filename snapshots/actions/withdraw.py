"""End an approval: nothing new starts from it, and running training stops."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actions.persons import person_behind
from accounts.models import ApiToken, User
from accounts.permissions import require
from core.audit import emit, record
from core.errors import Refused
from snapshots.models import Approval, Withdrawal


def withdraw_approval(*, who: User | ApiToken, approval: Approval, reason: str) -> Withdrawal:
    """Withdraw; models already trained keep naming the approval and say that it was withdrawn."""
    require(who, "snapshot.withdraw", approval.project)
    if not reason.strip():
        raise Refused("no_reason", _("A withdrawal needs a reason; it is kept with the snapshot."))
    try:
        with transaction.atomic():
            return end_approval(who, approval, reason)
    except IntegrityError as error:
        raise Refused("withdrawn_already", _("This approval was withdrawn already.")) from error


def end_approval(who: User | ApiToken, approval: Approval, reason: str) -> Withdrawal:
    """The state change itself, inside the caller's transaction."""
    withdrawal = Withdrawal.objects.create(
        approval=approval, withdrawn_by=person_behind(who), reason=reason.strip()
    )
    data = {"approval": str(approval.pk), "root": approval.root}
    record(
        actor=who.actor,
        verb="snapshot.withdraw",
        subject=approval.snapshot,
        project_id=approval.project_id,
        data=data,
    )
    emit(
        subject=approval.snapshot,
        name="withdrawn",
        project_id=approval.project_id,
        from_state="approved",
        to_state="withdrawn",
        data=data,
    )
    return withdrawal
