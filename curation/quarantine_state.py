"""How far a project is with screening against the quarantine in force: counted in the database, so it survives a reload."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from core.paging import CAP, capped_count
from curation.actions.rescreen import stale_count
from curation.models import AssetVersion, Screening

RECENT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """Contents by verdict, conversations that wait, and how fast it goes (per second, over the last minute)."""

    number: int
    clean: int
    hits: int
    stale: int
    rate: float

    @property
    def done(self) -> int:
        """Contents with a verdict."""
        return self.clean + self.hits

    @property
    def total(self) -> int:
        """Contents with a verdict and conversations without one."""
        return self.done + self.stale

    @property
    def eta(self) -> float | None:
        """Seconds to go at the present rate."""
        return self.stale / self.rate if self.rate else None


def standing(current: AssetVersion) -> Standing:
    """The standing of the version in force."""
    screened = Screening.objects.filter(project=current.project_id, quarantine=current)
    by_verdict = dict(screened.order_by().values_list("verdict").annotate(count=Count("pk")))
    recent = capped_count(screened.filter(screened_at__gte=timezone.now() - RECENT), CAP)
    return Standing(
        number=current.number,
        clean=by_verdict.get("clean", 0),
        hits=by_verdict.get("hit", 0),
        stale=stale_count(current.project),
        rate=recent / RECENT.total_seconds(),
    )
