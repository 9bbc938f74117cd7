"""Four eyes: one person asks, a data lead who is somebody else signs or refuses, with a reason."""

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.actions.persons import person_behind
from accounts.models import ApiToken, User
from accounts.permissions import require
from core.audit import emit, record
from core.errors import PermissionRefused, Refused
from core.keyring import project_key
from snapshots.actions.verify_snapshot import as_data, require_holds
from snapshots.canonical import canonical_manifest
from snapshots.gate import check_for_signature
from snapshots.models import Approval, Review, Snapshot

PURPOSE = "approval"


def request_review(*, who: User | ApiToken, snapshot: Snapshot, note: str = "") -> Review:
    """Ask for a signature; the checks of this moment are kept with the request."""
    require(who, "snapshot.request", snapshot.project)
    verdict = check_for_signature(snapshot)
    if Approval.objects.standing().filter(snapshot=snapshot).exists():
        raise Refused("approved_already", _("This snapshot is approved already."))
    try:
        with transaction.atomic():
            review = Review.objects.create(
                project=snapshot.project,
                snapshot=snapshot,
                requested_by=person_behind(who),
                note=note.strip(),
                checks=as_data(verdict),
            )
            _say(who, review, "snapshot.request", "requested", "open")
    except IntegrityError as error:
        raise Refused("review_open", _("A review of this snapshot is open already.")) from error
    return review


def approve_snapshot(*, who: User | ApiToken, review: Review, reason: str) -> Approval:
    """Sign exactly this root. Every check runs again first; training can start from the approval."""
    person = _require_decider(who, review, reason)
    require_holds(check_for_signature(review.snapshot))
    snapshot = review.snapshot
    assert snapshot.root is not None
    with transaction.atomic():
        _decide(review, person, "approved", reason)
        key = project_key(review.project_id, PURPOSE)
        approval = Approval(
            project_id=review.project_id,
            review=review,
            snapshot=snapshot,
            root=snapshot.root,
            requester_id=review.requested_by_id,
            approver=person,
            reason=reason.strip(),
            key_id=key.id,
        )
        approval.signature = key.mac(signed_bytes(approval)).hex()
        approval.save(force_insert=True)
        _say(who, review, "snapshot.approve", "approved", "approved")
    return approval


def refuse_snapshot(*, who: User | ApiToken, review: Review, reason: str) -> Review:
    """Turn the request down; the reason goes back to the requester."""
    person = _require_decider(who, review, reason)
    with transaction.atomic():
        _decide(review, person, "refused", reason)
        _say(who, review, "snapshot.refuse", "refused", "refused")
    review.refresh_from_db()
    return review


def cancel_review(*, who: User | ApiToken, review: Review) -> Review:
    """Take one's own request back."""
    require(who, "snapshot.request", review.project)
    person = person_behind(who)
    if person.pk != review.requested_by_id:
        raise PermissionRefused("not_yours", _("Only the person who asked can take a request back."))
    with transaction.atomic():
        _decide(review, person, "cancelled", "")
        _say(who, review, "snapshot.cancel_request", "cancelled", "cancelled")
    review.refresh_from_db()
    return review


def signed_bytes(approval: Approval) -> bytes:
    """What the signature covers: who approved which root, at whose request, and why."""
    return canonical_manifest(
        {
            "approval": str(approval.pk),
            "project": str(approval.project_id),
            "snapshot": str(approval.snapshot_id),
            "root": approval.root,
            "manifest_sha256": approval.snapshot.manifest_sha256,
            "requester": str(approval.requester_id),
            "approver": str(approval.approver_id),
            "reason": approval.reason,
        }
    )


def signature_holds(approval: Approval) -> bool:
    """Whether the signature was made by the key it names over exactly this approval."""
    key = project_key(approval.project_id, PURPOSE, approval.key_id)
    return key.mac(signed_bytes(approval)).hex() == approval.signature


def _require_decider(who: User | ApiToken, review: Review, reason: str) -> User:
    require(who, "snapshot.approve", review.project)
    person = person_behind(who)
    if person.pk == review.requested_by_id:
        raise PermissionRefused(
            "own_request",
            _("You asked for this review; somebody else has to decide it."),
            hint=_("Another data lead of the project can."),
        )
    if not reason.strip():
        raise Refused("no_reason", _("A decision needs a reason; it is kept with the snapshot."))
    return person


def _decide(review: Review, person: User, state: str, reason: str) -> None:
    """The conditional UPDATE: of two decisions at once, one is made."""
    decided = Review.objects.filter(pk=review.pk, state="open").update(
        state=state, decided_by=person, decided_at=Now(), reason=reason.strip()
    )
    if not decided:
        raise Refused("decided_already", _("This review was decided in the meantime."))


def _say(who: User | ApiToken, review: Review, verb: str, name: str, state: str) -> None:
    data = {"review": str(review.pk), "root": review.snapshot.root}
    record(actor=who.actor, verb=verb, subject=review.snapshot, project_id=review.project_id, data=data)
    emit(
        subject=review.snapshot,
        name=name,
        project_id=review.project_id,
        from_state="" if state == "open" else "open",
        to_state=state,
        data=data,
    )
