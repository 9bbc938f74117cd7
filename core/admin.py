"""Django admin for operators: the queue and the history, to read. Jobs can be asked to stop."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from core.jobs import request_cancel
from core.models import AuditEntry, Event, Job


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows are looked at here and changed by the product's own actions."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """The queue."""

    list_display = ("kind", "state", "attempt", "doing", "worker", "heartbeat_at", "created_at")
    list_filter = ("state", "kind", "queue")
    actions = ("stop",)

    @admin.action(description="Ask to stop", permissions=["view"])
    def stop(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Queued jobs stop at once, running ones at their next heartbeat."""
        stopped = sum(request_cancel(job) for job in queryset)
        self.message_user(request, f"{stopped} asked to stop.", messages.INFO)


@admin.register(AuditEntry)
class AuditAdmin(ReadOnlyAdmin):
    """Who did what."""

    list_display = ("at", "actor_name", "verb", "subject_type", "subject_id")
    list_filter = ("verb", "actor_kind")
    search_fields = ("subject_id", "actor_name")


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What changed state when."""

    list_display = ("at", "subject_type", "subject_id", "name", "from_state", "to_state")
    list_filter = ("name",)
    search_fields = ("subject_id",)
