"""Which traces the board counts: all of a project, or those of some days and of one service. Lives in the URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Project
from curation.models import Trace


@dataclass(frozen=True, slots=True)
class Slice:
    """`since` and `until` are days in UTC, both included; an empty service is every service."""

    since: date | None = None
    until: date | None = None
    service: str = ""
    problem: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out by it."""
        return bool(self.since or self.until or self.service)

    @property
    def query(self) -> str:
        """For links to pages that count the same traces; begins with & or is empty."""
        named = {"since": self.since, "until": self.until, "service": self.service}
        known = {name: str(value) for name, value in named.items() if value}
        return f"&{urlencode(known)}" if known else ""

    def traces(self, project: Project) -> QuerySet[Trace]:
        """The traces it holds."""
        found = Trace.objects.filter(project=project)
        if self.since:
            found = found.filter(occurred_at__gte=datetime.combine(self.since, time.min, UTC))
        if self.until:
            found = found.filter(occurred_at__lte=datetime.combine(self.until, time.max, UTC))
        return found.filter(service=self.service) if self.service else found


def read_slice(params: Mapping[str, str]) -> Slice:
    """From the parameters of a URL; a day that is none narrows nothing, and `problem` says so."""
    days: dict[str, date | None] = {}
    problem = ""
    for name in ("since", "until"):
        try:
            days[name] = date.fromisoformat(params[name]) if params.get(name) else None
        except ValueError:
            days[name] = None
            problem = _("“%(given)s” is no day. Write it as 2026-11-30.") % {"given": params[name]}
    since, until = days["since"], days["until"]
    if since and until and since > until:
        problem = _("The first day is after the last, so nothing lies between them.")
    return Slice(since, until, params.get("service", ""), problem)
