"""Pull the data sets of open campaigns from time to time: a call may be lost, and not everybody may set calls up."""

from datetime import datetime, timedelta
from importlib.util import find_spec

from django.conf import settings
from django.utils import timezone

from core.models import Job

from ..jobs import ARGILLA_PULL
from ..models import ArgillaDataset, Campaign
from .pull import queue_pull

REST = timedelta(hours=1)
"""After a pull that failed: a key that was refused is refused again."""


def pull_open(*, now: datetime | None = None) -> int:
    """Queue a pull for every data set of an open campaign that none is under way for; how many."""
    if find_spec("argilla") is None:
        return 0
    now = now or timezone.now()
    datasets = ArgillaDataset.objects.filter(
        campaign__state="open", connection__server__in=settings.ARGILLA_SERVERS
    ).select_related("campaign")
    due = [one.campaign for one in datasets.order_by("pk") if _due(one.campaign, now)]
    for campaign in due:
        queue_pull(campaign)
    return len(due)


def _due(campaign: Campaign, now: datetime) -> bool:
    pulls = Job.objects.filter(
        kind=ARGILLA_PULL, project_id=campaign.project_id, payload__campaign=str(campaign.pk)
    )
    last = pulls.order_by("-created_at").first()
    if last is None:
        return True
    failed_lately = last.state == "failed" and last.created_at > now - REST
    return not failed_lately and not pulls.live().exists()
