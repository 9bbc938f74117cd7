"""Endpoints under /api/v1/ that are opened by a signature, not by a role in a project."""

from django.urls import path

from .bridge.webhook import ArgillaWebhook

urlpatterns = [
    path("webhooks/argilla/<slug:slug>/", ArgillaWebhook.as_view(), name="api-argilla-webhook"),
]
