"""What was not taken in is written down with its reason, once, and what it said, redacted: a lead sees it, nothing is lost."""

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Project
from core.errors import Refused
from curation.actions.cleaned import cleaned

from ..models import ArgillaAnswer, ArgillaRecord, ArgillaRefusal, Campaign
from .answers import Unreadable
from .take_in import Incoming

LONGEST_DETAIL, LONGEST_TEXT, MOST_PARTS = 400, 4_000, 200


def write_down(
    *, project: Project, record: ArgillaRecord, incoming: Incoming, why: Refused | Unreadable
) -> bool:
    """Keep one refusal; False if this state of the response was refused for the same reason before."""
    place = why.place if isinstance(why, Unreadable) else ""
    detail = why.detail if isinstance(why, Unreadable) else str(why)
    known = {
        "response_id": incoming.id,
        "updated_at": incoming.updated_at,
        "code": why.code[:40],
        "place": place[:80],
    }
    if ArgillaRefusal.objects.filter(**known).exists():
        return False
    with transaction.atomic():
        ArgillaRefusal.objects.bulk_create(
            [
                ArgillaRefusal(
                    campaign_id=record.campaign_id,
                    record=record,
                    user_id=incoming.user_id,
                    detail=redacted(detail, project=project)[:LONGEST_DETAIL],
                    said=redacted(incoming.values, project=project),
                    **known,
                )
            ],
            ignore_conflicts=True,
        )
    return True


def open_refusals(campaign: Campaign) -> "QuerySet[ArgillaRefusal]":
    """Those whose response has not been taken in since in the same state; refused spans stay, their vote came in without."""
    taken = ArgillaAnswer.objects.filter(
        response_id=OuterRef("response_id"), updated_at__gte=OuterRef("updated_at")
    )
    found = ArgillaRefusal.objects.filter(campaign=campaign).annotate(since=Exists(taken))
    return found.exclude(Q(since=True) & ~Q(code__startswith="span_"))


def redacted(value: Any, *, project: Project) -> Any:
    """JSON with every text redacted as what is typed here is; what cannot be checked, or is too much, is left out."""
    if isinstance(value, str):
        text = value.replace("\x00", "").encode("utf-8", "replace").decode()[:LONGEST_TEXT]
        try:
            return cleaned(text, project=project)
        except Refused:
            return ""
    if isinstance(value, dict):
        parts = list(value.items())[:MOST_PARTS]
        return {redacted(str(name), project=project): redacted(one, project=project) for name, one in parts}
    if isinstance(value, list):
        return [redacted(one, project=project) for one in value[:MOST_PARTS]]
    return value
