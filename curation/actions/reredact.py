"""Run the rules in force over what is stored: spans are replaced, conversations get a next version, nothing is done twice.

Work is pulled in batches from a cursor that moves in the batch's own transaction, behind the job's fence: a killed worker
leaves whole batches, and the next one goes on where they end. A newer rule version overtakes the run.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

import structlog
from django.db import DataError, IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now

from accounts.actions.persons import person_behind
from accounts.models import ApiToken, Project, User
from accounts.permissions import require
from core import audit
from core.errors import Refused, place_of
from core.jobs import RunningJob, enqueue
from core.privacy import RedactionFailed
from curation.actions.adopt_rules import hold_rules
from curation.actions.cleaned import cleaned
from curation.ingest.redaction import Redactor, redactor_for
from curation.jobs import REREDACT
from curation.models import Reredaction, Trace
from curation.ruling.followers import erase_copies
from curation.ruling.refused import refused_before, rewrite_refused
from curation.ruling.rewriting import Changed, rewrite

BATCH = 50
LIVE = ("queued", "running")
BREAKING = (
    *(ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError),
    *(DataError, IntegrityError, RedactionFailed),
)
"""What one trace can do to its batch; a database that is away is none of these and gives the job back."""
log = structlog.get_logger(__name__)


def start_reredaction(
    *, who: User | ApiToken, project: Project, erase: bool = False, reason: str = ""
) -> Reredaction:
    """Queue a run of the rules in force. A run that is still going is overtaken; what it was to erase stays to be erased.

    `erase` destroys the bodies of superseded versions that hold what was missed; it needs a reason, as it is what stays.
    """
    require(who, "curation.manage", project)
    if erase and not reason.strip():
        raise Refused("no_reason", "Destroying earlier bodies needs a reason; it is all that stays of them.")
    with transaction.atomic():
        _, version = hold_rules(project)
        overtaken = Reredaction.objects.select_for_update().filter(project=project, state__in=LIVE).first()
        if overtaken is not None:
            erase, reason = erase or overtaken.erase, reason.strip() or overtaken.reason
            Reredaction.objects.filter(pk=overtaken.pk).update(state="overtaken", finished_at=Now())
        run = Reredaction.objects.create(
            project=project,
            rules=version,
            erase=erase,
            reason=cleaned(reason.strip(), project=project)[:300],
            requested_by=person_behind(who),
        )
        job = enqueue(
            kind=REREDACT, project_id=project.pk, payload={"run": str(run.pk)}, dedupe_key=str(run.pk)
        )
        Reredaction.objects.filter(pk=run.pk).update(job=job)
        data = {"rules": version.number, "erase": erase}
        audit.record(actor=who.actor, verb="rules.reredact", subject=run, project_id=project.pk, data=data)
        audit.emit(subject=run, name="requested", project_id=project.pk, to_state="queued", data=data)
    run.refresh_from_db()
    return run


def run_reredaction(running: RunningJob) -> dict[str, Any] | None:
    """The job's work; None when it was cancelled on the way."""
    run_id = uuid.UUID(running.payload["run"])
    run = Reredaction.objects.get(pk=run_id)
    total = _stored_before(run).count()
    while not running.cancelled:
        with running.fence():
            run = Reredaction.objects.select_for_update().get(pk=run_id)
            redactor = redactor_for(run.project_id)
            holds = run.state in LIVE and redactor.rules_id == run.rules_id
            traces = _next(run) if holds else []
            if traces:
                _go_on(run, traces, redactor)
        if not traces:
            return _end(running, run, "done" if holds else "overtaken")
        running.progress(run.seen, max(total, run.seen), f"{run.changed} changed")
    _end(running, run_of(run_id), "cancelled")
    return None


def run_of(run_id: uuid.UUID) -> Reredaction:
    """As it is now."""
    return Reredaction.objects.select_related("project", "requested_by").get(pk=run_id)


def _end(running: RunningJob, run: Reredaction, state: str) -> dict[str, Any]:
    """Copies of destroyed bodies go first (asked twice, nothing is left to go), so that a run that is done is whole."""
    if state == "done":
        running.say(f"{_refused(running, run)} texts of refused rows replaced")
    if run.erase:
        destroyed = list(run.erasures.values_list("version_id", flat=True))
        copies = erase_copies(run.requested_by, run.project, destroyed, run.reason)
        running.say(
            ", ".join(f"{name}: {count} erased" for name, count in copies.items()) or "no copies elsewhere"
        )
    with running.fence():
        if Reredaction.objects.filter(pk=run.pk, state__in=LIVE).update(state=state, finished_at=Now()):
            run.state = state
            audit.emit(
                subject=run, name="finished", project_id=run.project_id, from_state="running", to_state=state,
                data=_result(run),
            )  # fmt: skip
    return _result(run)


def _refused(running: RunningJob, run: Reredaction) -> int:
    """Kept texts of refused rows, a batch in a transaction; done again, it finds none."""
    replaced = after = 0
    redactor = redactor_for(run.project_id)
    while redactor.rules_id == run.rules_id:
        bodies = refused_before(run.project_id, redactor, after, BATCH)
        if not bodies:
            break
        with running.fence():
            replaced += rewrite_refused(bodies, redactor)
        after = bodies[-1].refusal_id
    return replaced


def _go_on(run: Reredaction, traces: Sequence[Trace], redactor: Redactor) -> None:
    """One batch and the step of the cursor."""
    for trace in _locked(traces):
        _take(run, trace, redactor)
    last = traces[-1]
    run.seen += len(traces)
    run.cursor_at, run.cursor_id, run.state = last.occurred_at, last.pk, "running"
    run.save(update_fields=[
        "seen", "changed", "spans", "erased", "failed", "kinds", "by_rule", "cursor_at", "cursor_id", "state"
    ])  # fmt: skip


def _take(run: Reredaction, trace: Trace, redactor: Redactor) -> None:
    """One trace; what breaks on it is counted and logged without its words, and the others go on."""
    try:
        with transaction.atomic():
            changed = rewrite(run, trace, redactor)
    except BREAKING as error:
        log.error(
            "reredaction.failed", trace_id=str(trace.pk), error=type(error).__name__, place=place_of(error)
        )
        run.failed += 1
        return
    if changed is not None:
        _count(run, changed)


def _count(run: Reredaction, changed: Changed) -> None:
    run.changed += 1
    run.spans += changed.spans
    run.erased += changed.erased
    run.kinds = dict(Counter(run.kinds) + Counter(changed.kinds))
    run.by_rule = dict(Counter(run.by_rule) + Counter(changed.by_rule))


def _stored_before(run: Reredaction) -> Any:
    """Traces that came before the run was asked for; what comes later passes the new rules on its way in."""
    return Trace.objects.filter(project_id=run.project_id, received_at__lte=run.requested_at)


def _next(run: Reredaction) -> list[Trace]:
    """The newest first; a trace whose first span turns out to be earlier moves on in this order and is never passed over."""
    found = _stored_before(run)
    if run.cursor_at is not None:
        earlier = Q(occurred_at__lt=run.cursor_at) | Q(occurred_at=run.cursor_at, id__lt=run.cursor_id)
        found = found.filter(earlier)
    return list(found.order_by("-occurred_at", "-id")[:BATCH])


def _locked(traces: Sequence[Trace]) -> list[Trace]:
    """The heads, held in the order in which deliveries hold them."""
    held = Trace.objects.select_for_update(of=("self",)).select_related("current").order_by("external_id")
    return list(held.filter(pk__in=[trace.pk for trace in traces]))


def _result(run: Reredaction) -> dict[str, Any]:
    return {"run": str(run.pk), "state": run.state, "seen": run.seen, "changed": run.changed, "spans": run.spans,
            "erased": run.erased, "failed": run.failed}  # fmt: skip
