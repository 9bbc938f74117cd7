"""Keep quality reports near the votes without anybody pressing a button; many new votes or a day make one worth computing."""

from datetime import datetime, timedelta

from django.utils import timezone

from core.models import Job

from .. import crowd
from ..jobs import QUALITY
from ..models import Campaign
from ..quality.latest import answers_since, last_of
from .report_quality import job_key, queue_report

FIRST = 10
"""Votes before a campaign is reported on by itself."""
SHARE = 0.01
"""New or changed answers, of the votes reported on, that make a report old at once."""
LATE = timedelta(days=1)
"""After this one changed answer is enough; and a report that failed is tried again."""


def refresh_reports(*, now: datetime | None = None) -> int:
    """Queue a report for every open campaign whose last one is old; how many."""
    if not crowd.installed():
        return 0
    now = now or timezone.now()
    old = [one for one in Campaign.objects.filter(state="open").order_by("pk") if _is_old(one, now)]
    for campaign in old:
        queue_report(campaign)
    return len(old)


def _is_old(campaign: Campaign, now: datetime) -> bool:
    if _failed_lately(campaign, now):
        return False
    report = last_of(campaign)
    if report is None:
        return answers_since(campaign, None, most=FIRST) == FIRST
    enough = 1 if report.created_at < now - LATE else max(1, round(report.votes * SHARE))
    return answers_since(campaign, report, most=enough) == enough


def _failed_lately(campaign: Campaign, now: datetime) -> bool:
    last = Job.objects.filter(kind=QUALITY, dedupe_key=job_key(campaign)).order_by("-created_at").first()
    return last is not None and last.state == "failed" and last.created_at > now - LATE
