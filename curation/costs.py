"""What conversations cost now: under the last revision where there is one, else as it was fixed when they settled."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, Sum

from curation.models import ConversationVersion


def costs_by_day(project_id: uuid.UUID, since: date) -> Any:
    """Per day and service: `cost` in US dollars, `traces`, and how many of them are `unpriced`."""
    current = ConversationVersion.objects.filter(
        project_id=project_id, current_of__isnull=False, day__gte=since
    ).with_cost()
    grouped = current.values("day", service=F("trace__service"))
    return grouped.annotate(
        cost=Sum("cost_now"), traces=Count("id"), unpriced=Count("id", filter=Q(cost_now__isnull=True))
    ).order_by("-day", "service")
