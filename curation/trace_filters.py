"""What the list of traces can be narrowed to; every filter lives in the URL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Project
from curation.difficulty import Difficulty
from curation.drop_reasons import reason_of
from curation.kinds import Kind
from curation.models import Feedback, Trace, TrainingUse

VALUES_SHOWN = 60
Words = str | Promise


@dataclass(frozen=True)
class Choice:
    """One offered value of a filter."""

    value: str
    label: Words
    chosen: bool


@dataclass(frozen=True)
class Filter:
    """A filter as the page shows it."""

    name: str
    label: Words
    choices: list[Choice]
    value: str


FEEDBACK = {"up": _("Thumbs up"), "down": _("Thumbs down"), "needs_work": _("Needs work"), "none": _("None")}
STATES = {
    "open": _("Not settled yet"), "kept": _("Kept"), "dropped": _("Dropped"), "error": _("Failed"),
    "escalated": _("Escalated"), "truncated": _("Cut off"), "redacted": _("Redacted"),
    "recovered": _("Recovered from a failure"),
}  # fmt: skip
USES = {
    TrainingUse.ALLOWED.value: _("Allowed"),
    TrainingUse.DENIED.value: _("Denied"),
    TrainingUse.UNKNOWN.value: _("Unknown"),
}
PATHS = {"service": "service", "variant": "variant", "source": "source", "training_use": "training_use",
         "domain": "current__curation__domain", "kind": "current__curation__kind",
         "difficulty": "current__curation__difficulty", "reason": "current__curation__drop_reason",
         "language": "current__curation__language", "session": "session_key", "user": "user_key"}  # fmt: skip


def filtered(traces: QuerySet[Trace], params: Mapping[str, str]) -> QuerySet[Trace]:
    """The traces that pass every filter in these parameters; an unknown value matches nothing."""
    for name, path in PATHS.items():
        if value := params.get(name):
            traces = traces.filter(**{path: value})
    if state := params.get("state"):
        traces = traces.filter(_STATE.get(state, Q(pk__in=[])))
    if feedback := params.get("feedback"):
        traces = traces.filter(_feedback(feedback))
    for name, bound, at in (("since", "occurred_at__gte", time.min), ("until", "occurred_at__lte", time.max)):
        if params.get(name):
            traces = traces.filter(_on_day(bound, params[name], at))
    return traces


def _on_day(bound: str, text: str, at: time) -> Q:
    """From the beginning of a day, or up to its end, in UTC; what is no date matches nothing."""
    try:
        return Q(**{bound: datetime.combine(date.fromisoformat(text), at, UTC)})
    except ValueError:
        return Q(pk__in=[])


_STATE = {
    "open": Q(state="open"),
    "kept": Q(current__curation__step="done", current__curation__drop_reason=""),
    "dropped": Q(current__isnull=False) & ~Q(current__curation__drop_reason=""),
    "error": Q(status="error"),
    "escalated": Q(escalated=True),
    "truncated": Q(truncated=True),
    "redacted": Q(current__isnull=False) & ~Q(current__redactions={}),
    "recovered": Q(current__measure__recovered=True),
}


def _feedback(kind: str) -> Combinable | Q:
    about = Feedback.objects.filter(trace=OuterRef("pk"))
    if kind == "none":
        return ~Exists(about)
    found = {"up": Q(rating=1), "down": Q(rating=-1), "needs_work": Q(needs_work=True)}.get(kind)
    return Exists(about.filter(found)) if found is not None else Q(pk__in=[])


def offered(project: Project, params: Mapping[str, str]) -> list[Filter]:
    """The filters with the values this project has."""
    domains = distinct_values("curation_curationstate", "domain", project)
    services = distinct_values("curation_trace", "service", project)
    return [
        _offer("service", _("Service"), {name: name for name in services}, params),
        _offer("domain", _("Domain"), {name: name for name in domains}, params),
        _offer("kind", _("Kind"), {kind.value: kind.value.replace("_", " ") for kind in Kind}, params),
        _offer("training_use", _("Training use"), USES, params),
        _offer("feedback", _("Feedback"), FEEDBACK, params),
        _offer("state", _("State"), STATES, params),
    ]


def offered_more(project: Project, params: Mapping[str, str]) -> list[Filter]:
    """The filters behind "More filters"."""
    reasons = distinct_values("curation_curationstate", "drop_reason", project)
    languages = distinct_values("curation_curationstate", "language", project)
    return [
        _offer("difficulty", _("Difficulty"), {one.value: one.value for one in Difficulty}, params),
        _offer("language", _("Language"), {name: name for name in languages}, params),
        _offer("reason", _("Left out because"), {name: reason_of(name).name for name in reasons}, params),
    ]


def _offer(name: str, label: Words, values: Mapping[str, Any], params: Mapping[str, str]) -> Filter:
    chosen = params.get(name, "")
    listed = values if not chosen or chosen in values else {**values, chosen: chosen}
    return Filter(
        name, label, [Choice(value, word, value == chosen) for value, word in listed.items()], chosen
    )


def narrowed_by(params: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Filters that are set in the URL but have no control on the page: session, user, …"""
    for name in ("session", "user", "variant", "source"):
        if params.get(name):
            yield name, params[name]


def distinct_values(table: str, column: str, project: Project) -> list[str]:
    """The different values of an indexed column, by jumping from one to the next: fast at any size.

    `table` and `column` come from this module, never from a request.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH RECURSIVE jump AS (
                (SELECT {column} AS value FROM {table} WHERE project_id = %(project)s AND {column} > ''
                    ORDER BY {column} LIMIT 1)
                UNION ALL
                SELECT (SELECT {column} FROM {table} WHERE project_id = %(project)s AND {column} > jump.value
                    ORDER BY {column} LIMIT 1) FROM jump WHERE jump.value IS NOT NULL
            )
            SELECT value FROM jump WHERE value IS NOT NULL LIMIT %(limit)s
            """,
            {"project": project.pk, "limit": VALUES_SHOWN},
        )
        return [value for (value,) in cursor.fetchall()]
