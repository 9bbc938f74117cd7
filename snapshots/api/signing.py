"""Reviews, approvals, withdrawals and erasures."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import ProjectAPI
from core.errors import NotFound
from snapshots import serializers as s
from snapshots.actions.erase_row import erase_row
from snapshots.actions.review import approve_snapshot, cancel_review, refuse_snapshot, request_review
from snapshots.actions.withdraw import withdraw_approval
from snapshots.models import Approval, Review
from snapshots.queries import find_review, find_row, find_snapshot


class Reviews(ProjectAPI):
    """Requests for a signature on one snapshot."""

    verbs = {"GET": "snapshot.read", "POST": "snapshot.request"}

    @extend_schema(responses=s.ReviewOut(many=True))
    def get(self, request: Request, slug: str, snapshot_id: uuid.UUID) -> Response:
        """List requests and decisions, newest first."""
        snapshot = find_snapshot(self.project, snapshot_id)
        reviews = Review.objects.filter(snapshot=snapshot).order_by("-requested_at")
        return Response(s.ReviewOut(reviews, many=True).data)

    @extend_schema(request=s.NoteIn, responses={201: s.ReviewOut})
    def post(self, request: Request, slug: str, snapshot_id: uuid.UUID) -> Response:
        """Ask for a signature."""
        data = s.NoteIn(data=request.data)
        data.is_valid(raise_exception=True)
        review = request_review(
            who=self.who, snapshot=find_snapshot(self.project, snapshot_id), note=data.validated_data["note"]
        )
        review.refresh_from_db()
        return Response(s.ReviewOut(review).data, status=status.HTTP_201_CREATED)


class Approve(ProjectAPI):
    """Sign."""

    verbs = {"GET": "snapshot.read", "POST": "snapshot.approve"}

    @extend_schema(request=s.ReasonIn, responses={201: s.ApprovalOut})
    def post(self, request: Request, slug: str, snapshot_id: uuid.UUID, review_id: uuid.UUID) -> Response:
        """Sign exactly the sealed root; every check runs again first."""
        review = find_review(self.project, snapshot_id, review_id)
        approval = approve_snapshot(who=self.who, review=review, reason=_reason(request))
        approval.refresh_from_db()
        return Response(s.ApprovalOut(approval).data, status=status.HTTP_201_CREATED)


class Refuse(ProjectAPI):
    """Turn a request down."""

    verbs = {"GET": "snapshot.read", "POST": "snapshot.approve"}

    @extend_schema(request=s.ReasonIn, responses=s.ReviewOut)
    def post(self, request: Request, slug: str, snapshot_id: uuid.UUID, review_id: uuid.UUID) -> Response:
        """Refuse with a reason."""
        review = find_review(self.project, snapshot_id, review_id)
        refused = refuse_snapshot(who=self.who, review=review, reason=_reason(request))
        return Response(s.ReviewOut(refused).data)


class TakeBack(ProjectAPI):
    """Take one's own request back."""

    verbs = {"GET": "snapshot.read", "POST": "snapshot.request"}

    @extend_schema(request=None, responses=s.ReviewOut)
    def post(self, request: Request, slug: str, snapshot_id: uuid.UUID, review_id: uuid.UUID) -> Response:
        """Cancel an open request."""
        review = cancel_review(who=self.who, review=find_review(self.project, snapshot_id, review_id))
        return Response(s.ReviewOut(review).data)


class Approvals(ProjectAPI):
    """Signatures that stand."""

    verbs = {"GET": "snapshot.read"}

    @extend_schema(responses=s.ApprovalOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """What training may start from."""
        approvals = Approval.objects.standing().filter(project=self.project).order_by("-approved_at")[:200]
        return Response(s.ApprovalOut(approvals, many=True).data)


class Withdraw(ProjectAPI):
    """End an approval."""

    verbs = {"GET": "snapshot.read", "POST": "snapshot.withdraw"}

    @extend_schema(request=s.ReasonIn, responses={201: s.WithdrawalOut})
    def post(self, request: Request, slug: str, approval_id: uuid.UUID) -> Response:
        """Nothing new starts from it, and running training stops."""
        approval = (
            Approval.objects.filter(project=self.project, pk=approval_id).select_related("snapshot").first()
        )
        if approval is None:
            raise NotFound("approval_not_found", "There is no such approval in this project.")
        withdrawal = withdraw_approval(who=self.who, approval=approval, reason=_reason(request))
        withdrawal.refresh_from_db()
        return Response(s.WithdrawalOut(withdrawal).data, status=status.HTTP_201_CREATED)


class Erase(ProjectAPI):
    """Destroy a row's text."""

    verbs = {"GET": "snapshot.read", "POST": "snapshot.erase"}

    @extend_schema(request=s.ReasonIn, responses={201: s.TombstoneOut})
    def post(self, request: Request, slug: str, snapshot_id: uuid.UUID, leaf: str) -> Response:
        """Erase text and salt everywhere; leaf and root stay."""
        find_row(find_snapshot(self.project, snapshot_id), leaf)
        tombstone = erase_row(who=self.who, project=self.project, leaf=leaf, reason=_reason(request))
        tombstone.refresh_from_db()
        return Response(s.TombstoneOut(tombstone).data, status=status.HTTP_201_CREATED)


def _reason(request: Request) -> str:
    data: serializers.Serializer[s.ReasonIn] = s.ReasonIn(data=request.data)
    data.is_valid(raise_exception=True)
    return str(data.validated_data["reason"])
