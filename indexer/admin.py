"""Django admin for operators: documents, builds and deliveries, to look at."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin import ReadOnlyAdmin
from indexer.models import DocumentVersion, IndexBuild, IndexPointer, Source, Sync


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    """Documents by their sender's id."""

    list_display = ("external_id", "project", "kind", "created_at")
    search_fields = ("external_id",)


@admin.register(DocumentVersion)
class DocumentVersionAdmin(ReadOnlyAdmin):
    """Versions, without their texts in the list."""

    list_display = ("title", "number", "state", "licence", "project", "retrieved_at")
    search_fields = ("title", "uri")
    list_select_related = ("project",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[DocumentVersion]:
        """A list needs no bodies."""
        return super().get_queryset(request).defer("text")


@admin.register(IndexBuild)
class IndexBuildAdmin(ReadOnlyAdmin):
    """Builds and what they counted."""

    list_display = ("number", "project", "state", "model_id", "counts", "created_at", "published_at")
    list_filter = ("state",)


@admin.register(IndexPointer)
class IndexPointerAdmin(ReadOnlyAdmin):
    """What search answers from."""

    list_display = ("project", "name", "build", "moved_at")


@admin.register(Sync)
class SyncAdmin(ReadOnlyAdmin):
    """Deliveries."""

    list_display = ("origin", "project", "complete", "counts", "created_at")
