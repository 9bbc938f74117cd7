"""Endpoints under /api/v1/projects/<slug>/index/."""

from django.urls import path

from indexer import api

urlpatterns = [
    path("index/search", api.Search.as_view(), name="api-index-search"),
    path("index/documents", api.Documents.as_view(), name="api-index-documents"),
    path("index/documents/<uuid:source_id>", api.Document.as_view(), name="api-index-document"),
    path(
        "index/documents/<uuid:source_id>/versions", api.DocumentVersions.as_view(), name="api-index-versions"
    ),
    path("index/builds", api.Builds.as_view(), name="api-index-builds"),
    path("index/builds/<uuid:build_id>", api.Build.as_view(), name="api-index-build"),
    path("index/citations", api.Citations.as_view(), name="api-index-citations"),
    path("index/citations/<str:name>", api.Citation.as_view(), name="api-index-citation"),
    path(
        "index/citations/<str:name>/needs-work", api.CitationNeedsWork.as_view(), name="api-index-needs-work"
    ),
]
