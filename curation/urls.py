"""Pages under /p/<slug>/curation/."""

from django.urls import path

from curation import ingest_views, trace_views

app_name = "curation"
urlpatterns = [
    path("traces/", trace_views.traces, name="traces"),
    path("traces/<uuid:trace_id>/", trace_views.trace, name="trace"),
    path("ingest/", ingest_views.ingest, name="ingest"),
    path("ingest/<uuid:batch_id>/", ingest_views.batch, name="batch"),
    path("refusals/", ingest_views.refusals, name="refusals"),
]
