"""Examples of what one reason left out, each with why: the one that stands for it, the span that was held out, the place a check found."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Project
from curation.board_slice import Slice
from curation.bodies import load_many
from curation.check_words import said
from curation.conversation import Conversation
from curation.dedup.forms import CONTINUED
from curation.dedup.members import DUPLICATES
from curation.excerpts import segments
from curation.models import ClusterMember, ConversationVersion, Drop, Screening, Trace
from curation.validators.policy import VALIDATORS

AROUND = 120
LONGEST_SPAN = 400


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Words around a place, and the words at it; the mark is empty where the place is a whole part."""

    before: str
    marked: str
    after: str


@dataclass(frozen=True, slots=True)
class Example:
    """One trace that was left out; `why` in a few words, then whichever evidence its reason has."""

    trace: Trace
    why: str = ""
    member: ClusterMember | None = None
    screening: Screening | None = None
    longer: ConversationVersion | None = None
    excerpt: Excerpt | None = None


def left_out(project: Project, within: Slice, reason: str) -> QuerySet[Trace]:
    """Traces that this reason leaves out now."""
    found = within.traces(project).filter(current__curation__drop_reason=reason)
    return found.select_related("current__curation")


def explained(project: Project, reason: str, traces: Sequence[Trace]) -> list[Example]:
    """The traces of one page with their evidence; a fixed number of queries whatever their number."""
    versions = [trace.current for trace in traces if trace.current is not None]
    if reason in DUPLICATES:
        return _duplicates(traces)
    if reason == "quarantined":
        return _quarantined(project, traces, versions)
    drops = {one.version_id: one for one in Drop.objects.filter(version__in=versions, reason=reason)}
    if reason in VALIDATORS:
        return _checked(traces, versions, drops)
    if reason == CONTINUED:
        return _continued(project, traces, drops)
    return [Example(trace, why=_failure(drops.get(_id(trace)))) for trace in traces]


def _duplicates(traces: Sequence[Trace]) -> list[Example]:
    clusters = {_state(trace).cluster_id for trace in traces}
    found = ClusterMember.objects.filter(
        cluster__in=clusters - {None}, version__in=[trace.current_id for trace in traces]
    )
    members = {
        one.version_id: one for one in found.select_related("cluster__representative", "cluster__spec")
    }
    return [Example(trace, member=members.get(_id(trace))) for trace in traces]


def _quarantined(
    project: Project, traces: Sequence[Trace], versions: Sequence[ConversationVersion]
) -> list[Example]:
    hashes = {one.content_hash for one in versions}
    hits = Screening.objects.filter(project=project, verdict="hit", content_hash__in=hashes)
    latest = {one.content_hash: one for one in hits.select_related("item").order_by("quarantine__number")}
    bodies = load_many(versions)
    examples = []
    for trace in traces:
        hit = latest.get(_hash(trace))
        body = bodies.get(_id(trace))
        places = (hit.evidence.get("spans") or [hit.evidence]) if hit else []
        excerpt = _excerpt(body.conversation, places[0]) if body and places else None
        why = f"{hit.item.set_name} · {hit.item.external_id}" if hit and hit.item else ""
        examples.append(Example(trace, why=why, screening=hit, excerpt=excerpt))
    return examples


def _continued(project: Project, traces: Sequence[Trace], drops: Mapping[uuid.UUID, Drop]) -> list[Example]:
    """With the longer form that stood for it when it was left out."""
    kept = {str(drop.detail.get("kept", "")) for drop in drops.values()} - {"", "None"}
    versions = ConversationVersion.objects.filter(project=project, pk__in=kept)
    longer = {str(one.pk): one for one in versions}
    return [
        Example(
            trace,
            longer=longer.get(str(drops[_id(trace)].detail.get("kept"))) if _id(trace) in drops else None,
        )
        for trace in traces
    ]


def _checked(
    traces: Sequence[Trace], versions: Sequence[ConversationVersion], drops: Mapping[uuid.UUID, Drop]
) -> list[Example]:
    bodies = load_many(versions)
    examples = []
    for trace in traces:
        drop, body = drops.get(_id(trace)), bodies.get(_id(trace))
        places: Iterable[dict[str, Any]] = drop.detail.get("places", []) if drop else []
        place = next(iter(places), None)
        excerpt = _excerpt(body.conversation, place) if body and place else None
        examples.append(Example(trace, why=said(drop.detail) if drop else "", excerpt=excerpt))
    return examples


def _excerpt(conversation: Conversation, place: Mapping[str, Any]) -> Excerpt | None:
    """The words at a place: message, part and [start, end) of its text; without an end, the beginning of the part."""
    wanted = (place.get("message"), place.get("part") or 0)
    for one in segments(conversation):
        if (one.message, one.part) == wanted:
            start, end = place.get("start"), place.get("end")
            if start is None or end is None or end <= start:
                return Excerpt(one.text[: 2 * AROUND], "", "")
            before = one.text[max(0, start - AROUND) : start]
            return Excerpt(before, one.text[start:end][:LONGEST_SPAN], one.text[end : end + AROUND])
    return None


def _failure(drop: Drop | None) -> str:
    """What kind of failure it was, where a call failed."""
    detail = drop.detail if drop else {}
    if detail.get("status") == "error":
        return _("failed: %(error)s") % {"error": detail.get("error") or _("no kind given")}
    return ""


def _state(trace: Trace) -> Any:
    assert trace.current is not None
    return trace.current.curation


def _id(trace: Trace) -> uuid.UUID:
    assert trace.current_id is not None
    return trace.current_id


def _hash(trace: Trace) -> str:
    assert trace.current is not None
    return trace.current.content_hash
