"""Django admin for operators: campaigns, items, leases and votes, to read.

The groups that hold an item's slots stay out: beside its leases they would say who is of which group.
"""

from django.contrib import admin

from core.admin import ReadOnlyAdmin

from .models import Assignment, Campaign, Item, Judgment


@admin.register(Campaign)
class CampaignAdmin(ReadOnlyAdmin):
    """Bodies of judging work."""

    list_display = ("name", "project", "kind", "state", "overlap", "created_at")
    list_filter = ("kind", "state")


@admin.register(Item)
class ItemAdmin(ReadOnlyAdmin):
    """Places in the queues."""

    list_display = ("id", "campaign", "kind", "state", "slots_left", "slots_asked", "priority")
    list_filter = ("kind", "state")
    exclude = ("groups", "barred")


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    """Leases."""

    list_display = ("id", "item", "profile", "state", "claimed_at", "leased_until", "ended_at")
    list_filter = ("state",)
    exclude = ("groups",)


@admin.register(Judgment)
class JudgmentAdmin(ReadOnlyAdmin):
    """Votes by pseudonym."""

    list_display = ("id", "item", "profile", "slot", "simulated", "created_at")
    list_filter = ("simulated",)
