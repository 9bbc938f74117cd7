"""Compute what a campaign's votes say about themselves, in a job, once per hash of the votes."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import require
from core import audit
from core.errors import Refused, Unavailable
from core.jobs import Lost, RunningJob, enqueue
from core.models import Job

from .. import crowd
from ..jobs import QUALITY
from ..models import Campaign, QualityReport, SoftLabel
from ..quality.numbers import Soft, compute
from ..quality.reading import Reading, read_votes

LEASE_SECONDS = 60
BATCH = 2_000


class Cancelled(Exception):
    """Somebody asked the job to stop; nothing of it is kept."""


def start_report(*, who: User, campaign: Campaign) -> Job:
    """Queue the report; one that waits or runs already is returned instead."""
    require(who, "annotation.manage", campaign.project)
    if not crowd.installed():
        raise Unavailable(
            "quality_missing",
            _("Crowd models are not installed here."),
            hint=_("Install the extra `quality`."),
        )
    with transaction.atomic():
        job = queue_report(campaign)
        if job.cancel_requested_at is not None:
            raise Refused(
                "report_stopping",
                _("The report that runs was asked to stop and has not stopped yet."),
                hint=_("Try again in a minute."),
            )
        audit.record(
            actor=who.actor,
            verb="annotation.report_quality",
            subject=campaign,
            project_id=campaign.project_id,
        )
    return job


def queue_report(campaign: Campaign) -> Job:
    """The job, whoever wants it."""
    return enqueue(
        kind=QUALITY,
        project_id=campaign.project_id,
        payload={"campaign": str(campaign.pk)},
        dedupe_key=job_key(campaign),
        lease_seconds=LEASE_SECONDS,
    )


def job_key(campaign: Campaign) -> str:
    """By what the jobs of one campaign are found."""
    return f"quality:{campaign.pk}"


def run_report(running: RunningJob) -> dict[str, Any] | None:
    """The job's work; None when it was cancelled. The same votes again are the report that stands."""
    campaign = Campaign.objects.get(pk=running.payload["campaign"])
    running.progress(0, 1, "reading votes")
    reading = read_votes(campaign)
    standing = QualityReport.objects.filter(campaign=campaign, votes_hash=reading.votes_hash).first()
    if standing is not None:
        return {"report": str(standing.pk), "new": False}

    def step(done: int, total: int, doing: str) -> None:
        running.progress(done, total, doing)
        running.heartbeat()
        if running.cancelled:
            raise Cancelled

    try:
        numbers, soft = compute(reading, step=step)
    except Cancelled:
        return None
    try:
        with running.fence():
            step(1, 1, "storing")
            made = _store(campaign, reading, numbers, soft)
    except (Cancelled, Lost):
        return None
    return {"report": str(made.pk), "new": True}


def _store(campaign: Campaign, reading: Reading, numbers: dict[str, Any], soft: list[Soft]) -> QualityReport:
    made = QualityReport.objects.create(
        project_id=campaign.project_id,
        campaign=campaign,
        votes_hash=reading.votes_hash,
        votes=len(reading.votes),
        simulated=sum(vote.simulated for vote in reading.votes),
        numbers=numbers,
    )
    SoftLabel.objects.bulk_create(
        [
            SoftLabel(
                report=made,
                item_id=one.item,
                votes=one.votes,
                dawid_skene=one.dawid_skene,
                mace=one.mace,
                entropy=one.entropy,
                contested=one.contested,
            )
            for one in soft
        ],
        batch_size=BATCH,
    )
    return made
