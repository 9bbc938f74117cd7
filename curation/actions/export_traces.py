"""Conversations out of a project in a file format, one JSON line each; what may not go out, or does not fit, is counted.

Training sets are made as snapshots, with quarantine and approval. This is for everything else: to look at data with
other tools, to move a project, to answer somebody who asks for what is kept about them.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, BinaryIO

import orjson
from django.db import transaction

from accounts.models import Project
from core import audit
from core.errors import Refused
from curation.actions.who import Who, allowed
from curation.bodies import Stored, load_many
from curation.formats.files import FORMATS, CannotWrite, Exported, Format
from curation.formats.files.carry import with_rest
from curation.formats.signals import UNTIL, end_of_permission
from curation.formats.signals import Feedback as Verdict
from curation.models import Feedback, Trace
from curation.trace_filters import PATHS, filtered

BATCH = 200
FILTERS = (*PATHS, "state", "feedback")
RATINGS = {1: "up", -1: "down"}


@dataclass(slots=True)
class Manifest:
    """What is in an export, and what is not and why; `sha256` is over the lines."""

    format: str
    filters: dict[str, str]
    purpose: str
    rows: int = 0
    bytes: int = 0
    sha256: str = ""
    left_out: dict[str, int] = field(default_factory=dict)


def export_traces(
    *,
    who: Who,
    project: Project,
    out: BinaryIO,
    form: str,
    filters: Mapping[str, str] | None = None,
    purpose: str = "",
    bare: bool = False,
) -> Manifest:
    """Write every settled conversation that passes the filters and may be trained on.

    A `purpose` is the lawful other use for which those go out too that may not; it is audited and stands in the
    manifest. `bare` leaves out what the format has no field for, and with it the way back.
    """
    actor = allowed(who, "trace.export", project)
    narrowed = {name: value for name, value in (filters or {}).items() if value}
    _check(form, narrowed)
    manifest = Manifest(form, narrowed, purpose)
    told = {"format": form, "filters": narrowed, "purpose": purpose}
    with transaction.atomic():
        audit.record(actor=actor, verb="trace.export", subject=project, project_id=project.pk, data=told)
    digest, left_out = hashlib.sha256(), Counter[str]()
    for line in _lines(project, FORMATS[form], manifest, left_out, bare=bare):
        out.write(line)
        digest.update(line)
        manifest.rows += 1
        manifest.bytes += len(line)
    manifest.left_out, manifest.sha256 = dict(left_out), digest.hexdigest()
    with transaction.atomic():
        done = {"rows": manifest.rows, "left_out": manifest.left_out, "sha256": manifest.sha256}
        audit.record(
            actor=actor, verb="trace.exported", subject=project, project_id=project.pk, data=told | done
        )
    return manifest


def _check(form: str, filters: Mapping[str, str]) -> None:
    if form not in FORMATS:
        raise Refused("unknown_format", "There is no such format.", hint=f"One of: {', '.join(FORMATS)}.")
    unknown = [name for name in filters if name not in FILTERS]
    if unknown:
        raise Refused("unknown_filter", "There is no such filter.", hint=f"One of: {', '.join(FILTERS)}.")


def _lines(
    project: Project, form: Format, manifest: Manifest, left_out: Counter[str], *, bare: bool
) -> Iterator[bytes]:
    traces = filtered(Trace.objects.filter(project=project), manifest.filters).select_related("current")
    ordered = traces.order_by("occurred_at", "pk").iterator(chunk_size=BATCH)
    for part in _parts(ordered):
        stored = load_many(trace.current for trace in part if trace.current is not None)
        verdicts = _verdicts(part)
        for trace in part:
            one = stored.get(trace.current.pk) if trace.current else None
            why = _kept_back(trace, one, manifest.purpose)
            if one is None or why:
                left_out[why] += 1
                continue
            exported = _exported(trace, one, verdicts[trace.pk])
            try:
                line = form.write(exported)
            except CannotWrite as cannot:
                left_out[str(cannot)] += 1
                continue
            yield orjson.dumps(line if bare else with_rest(line, form, exported)) + b"\n"


def _parts(traces: Iterable[Trace]) -> Iterator[list[Trace]]:
    part: list[Trace] = []
    for trace in traces:
        part.append(trace)
        if len(part) == BATCH:
            yield part
            part = []
    if part:
        yield part


def _kept_back(trace: Trace, stored: Stored | None, purpose: str) -> str:
    """Why this conversation stays here, "" when it may go."""
    if trace.current is None:
        return "not_settled"
    if not purpose and trace.training_use != "allowed":
        return f"training_{trace.training_use}"
    if stored is None:
        return "body_retired"
    return "" if purpose or not _has_ended(stored.conversation["attributes"].get(UNTIL)) else "training_ended"


def _has_ended(until: Any) -> bool:
    """Whether a permission has run out since the trace settled; one whose end cannot be read is none."""
    if until is None:
        return False
    end = end_of_permission(str(until))
    return end is None or end <= datetime.now(UTC)


def _exported(trace: Trace, stored: Stored, verdicts: list[Verdict]) -> Exported:
    conversation = stored.conversation
    started = int(trace.occurred_at.timestamp() * 1_000_000) * 1000
    ended = max((call["ended_at"] for call in conversation["calls"] if call["ended_at"]), default="")
    end = int(datetime.fromisoformat(ended).timestamp() * 1_000_000) * 1000 if ended else started
    return Exported(
        name=f"{trace.external_id}:{trace.current.number if trace.current else 0}",
        conversation=conversation,
        started_at=started,
        ended_at=max(end, started),
        training_use=trace.training_use,
        training_use_until=str(conversation["attributes"].get(UNTIL) or ""),
        simulated=trace.simulated,
        feedback=tuple(verdicts),
    )


def _verdicts(traces: list[Trace]) -> dict[Any, list[Verdict]]:
    found: dict[Any, list[Verdict]] = defaultdict(list)
    for one in Feedback.objects.filter(trace__in=traces).order_by("pk"):
        found[one.trace_id].append({
            "name": "user_feedback", "rating": RATINGS.get(one.rating or 0, ""), "score": None, "origin": one.origin,
            "needs_work": one.needs_work, "comment": one.comment,
        })  # fmt: skip
    return found
