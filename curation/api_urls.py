"""Endpoints under /api/v1/projects/<slug>/."""

from django.urls import path

from curation import api

urlpatterns = [
    path("traces", api.Traces.as_view()),
    path("traces:batch", api.TraceBatch.as_view()),
    path("traces/<uuid:trace_id>", api.TraceDetail.as_view()),
    path("ingest-batches", api.Batches.as_view()),
    path("refusals", api.Refusals.as_view()),
]
