"""Django admin for operators: what came in and what governs it, to look at, never to change."""

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from curation.models import AssetVersion, IngestBatch, Refusal, Trace


@admin.register(IngestBatch)
class IngestBatchAdmin(ReadOnlyAdmin):
    """Batches."""

    list_display = (
        "received_at",
        "project",
        "route",
        "source_name",
        "accepted",
        "redelivered",
        "conflicting",
        "refused",
    )
    list_filter = ("route",)
    list_select_related = ("project",)


@admin.register(Refusal)
class RefusalAdmin(ReadOnlyAdmin):
    """Refused rows."""

    list_display = ("refused_at", "project", "place", "line", "field", "code", "message")
    list_filter = ("code",)
    list_select_related = ("project",)
    exclude = ("content_hmac",)


@admin.register(Trace)
class TraceAdmin(ReadOnlyAdmin):
    """Heads of traces; their words are on the product's pages only."""

    list_display = ("occurred_at", "project", "external_id", "service", "state", "status", "training_use")
    list_filter = ("state", "status", "training_use")
    list_select_related = ("project",)


@admin.register(AssetVersion)
class AssetVersionAdmin(ReadOnlyAdmin):
    """Redaction rules, quarantine sets, guidelines: which version, since when."""

    list_display = ("asset", "number", "sha256", "created_at")
    list_select_related = ("asset",)
