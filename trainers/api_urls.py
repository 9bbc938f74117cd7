"""Training endpoints under /api/v1/projects/<slug>/."""

from django.urls import path

from trainers import api

urlpatterns = [
    path("runs/", api.Runs.as_view(), name="api-runs"),
    path("runs/<uuid:run_id>/", api.RunDetail.as_view(), name="api-run"),
    path("runs/<uuid:run_id>/cancel/", api.RunCancel.as_view(), name="api-run-cancel"),
    path("runs/<uuid:run_id>/resume/", api.RunResume.as_view(), name="api-run-resume"),
    path("runs/<uuid:run_id>/metrics/", api.RunMetrics.as_view(), name="api-run-metrics"),
    path("runs/<uuid:run_id>/artifacts/", api.RunArtifacts.as_view(), name="api-run-artifacts"),
    path("artifacts/<int:artifact_id>/", api.ArtifactFile.as_view(), name="api-artifact"),
    path("models/", api.Models.as_view(), name="api-models"),
    path("models/<uuid:model_id>/", api.ModelDetail.as_view(), name="api-model"),
]
