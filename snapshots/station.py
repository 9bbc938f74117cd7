"""Snapshots on the shared pages: navigation, the station on the loop, and signatures that wait."""

from collections.abc import Iterator

from django.db.models import Q, Sum
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Project, User
from accounts.permissions import may
from core.registry import Count, InboxItem, StationState, registry
from snapshots.models import Approval, Review, Snapshot


def read_station(project: Project) -> StationState:
    """Rows under a standing signature, and what is on the way there."""
    snapshots = Snapshot.objects.filter(project=project)
    sealed = snapshots.filter(state="sealed")
    signed = sealed.filter(pk__in=Approval.objects.standing().filter(project=project).values("snapshot"))
    waiting = Review.objects.filter(project=project, state="open").count()
    building = snapshots.filter(state="building", job__state__in=["queued", "running"]).exists()
    rows = signed.aggregate(rows=Sum("row_count"))["rows"] or 0
    return StationState(
        Count(sealed.count(), _("snapshots")),
        (
            Count(rows, _("rows signed"), "kept"),
            Count(waiting, _("to sign"), "person" if waiting else "neutral"),
        ),
        busy=gettext("building") if building else "",
    )


def open_reviews(project: Project, user: User) -> Iterator[InboxItem]:
    """Requests this person may decide."""
    if not may(user, "snapshot.approve", project):
        return
    reviews = Review.objects.filter(project=project, state="open").exclude(requested_by=user)
    for review in reviews.select_related("snapshot", "requested_by").order_by("requested_at"):
        yield InboxItem(
            _("Sign %(snapshot)s") % {"snapshot": review.snapshot},
            reverse("snapshots:review", args=[project.slug, review.snapshot_id, review.pk]),
            _("Approval"),
            since=review.requested_at,
            detail=_("%(name)s asks; %(rows)d rows")
            % {
                "name": review.requested_by,
                "rows": review.snapshot.row_count,
            },
            action=_("Review"),
            minutes=5,
        )


def refused_requests(project: Project, user: User) -> Iterator[InboxItem]:
    """One's own requests that were refused and not asked again."""
    later = Q(snapshot__reviews__state__in=["open", "approved"])
    reviews = Review.objects.filter(project=project, state="refused", requested_by=user).exclude(later)
    for review in reviews.select_related("snapshot", "decided_by").order_by("-decided_at")[:20]:
        yield InboxItem(
            _("%(snapshot)s was refused") % {"snapshot": review.snapshot},
            reverse("snapshots:snapshot", args=[project.slug, review.snapshot_id]),
            _("Approval"),
            since=review.decided_at,
            detail=_("%(name)s: %(reason)s") % {"name": review.decided_by, "reason": review.reason},
            action=_("Read"),
        )


registry.add_nav(_("Snapshots"), "snapshots:list", roles={"data_lead", "ml_engineer", "admin"}, order=50)
registry.add_station(
    "snapshots", _("Snapshots"), "snapshots:list", verb="snapshot.read", order=50, read=read_station
)
registry.add_inbox("snapshots.reviews", open_reviews, verb="snapshot.approve")
registry.add_inbox("snapshots.refused", refused_requests, verb="snapshot.request")
