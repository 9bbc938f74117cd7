"""Endpoints under /api/v1/projects/<slug>/."""

from django.urls import path

from snapshots.api import objects, signing

ONE = "snapshots/<uuid:snapshot_id>"
REVIEW = f"{ONE}/reviews/<uuid:review_id>"
urlpatterns = [
    path("selections", objects.Selections.as_view()),
    path("selections/preview", objects.Preview.as_view()),
    path("snapshots", objects.Snapshots.as_view()),
    path(ONE, objects.OneSnapshot.as_view()),
    path(f"{ONE}/manifest", objects.Manifest.as_view()),
    path(f"{ONE}/verify", objects.Verify.as_view()),
    path(f"{ONE}/rows", objects.Rows.as_view()),
    path(f"{ONE}/rows/<slug:leaf>", objects.OneRow.as_view()),
    path(f"{ONE}/rows/<slug:leaf>/erase", signing.Erase.as_view()),
    path(f"{ONE}/lines", objects.Lines.as_view()),
    path(f"{ONE}/files", objects.Files.as_view()),
    path(f"{ONE}/files/<str:name>", objects.OneFile.as_view()),
    path(f"{ONE}/reviews", signing.Reviews.as_view()),
    path(f"{REVIEW}/approve", signing.Approve.as_view()),
    path(f"{REVIEW}/refuse", signing.Refuse.as_view()),
    path(f"{REVIEW}/take-back", signing.TakeBack.as_view()),
    path("approvals", signing.Approvals.as_view()),
    path("approvals/<uuid:approval_id>/withdraw", signing.Withdraw.as_view()),
]
