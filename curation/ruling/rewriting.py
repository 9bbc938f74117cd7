"""One trace under newer rules: its spans replaced, its conversation as a next version, what held a miss destroyed if asked."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from core import audit
from core.roles import ingest_role
from curation import content
from curation.bodies import load_many, packed, unpacked
from curation.conversation import Conversation
from curation.formats.signals import read_signals
from curation.ingest.redaction import Redactor
from curation.ingest.settling import Settled, head_fields, version_fields
from curation.marks import find_marks
from curation.models import (
    ConversationBody,
    ConversationVersion,
    CurationState,
    LabelRevision,
    PinnedBody,
    Reredacted,
    Reredaction,
    Span,
    Trace,
)
from curation.models.conversation import CurationStep
from curation.ruling.stored import Rewritten, redact_stored_conversation, redact_stored_span

NAME = 500
HEAD = ("service", "environment", "release", "variant", "model", "source", "licence")
"""What the head repeats of its conversation in the sender's words."""


@dataclass(slots=True)
class Changed:
    """What the new rules did to one trace."""

    spans: int = 0
    erased: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    by_rule: dict[str, int] = field(default_factory=dict)


def rewrite(run: Reredaction, trace: Trace, redactor: Redactor) -> Changed | None:
    """Inside the run's transaction, the trace locked; None when nothing of it changed."""
    changed = Changed(spans=_spans(trace, redactor))
    before = trace.current
    caught = _caught(trace, redactor, all_versions=run.erase)
    after = None
    if before is not None and before.pk in caught:
        after = _next_version(trace, before, caught[before.pk], redactor, changed)
    if run.erase:
        changed.erased = sum(_erase(version_id, run) for version_id in caught)
    if not (changed.spans or after or changed.erased):
        return None
    Reredacted.objects.create(
        run=run, trace=trace, before=before, after=after, spans=changed.spans, kinds=changed.kinds,
        by_rule=changed.by_rule,
    )  # fmt: skip
    return changed


def _spans(trace: Trace, redactor: Redactor) -> int:
    """Replace every span of the trace in which the rules catch something; how many."""
    rows = Span.objects.filter(day=trace.day, trace_id=trace.pk, rules_id__lt=redactor.rules_id)
    replaced = []
    for span_id, body in rows.values_list("span_id", "body"):
        done = redact_stored_span(unpacked(body), redactor)
        if done.changed:
            replaced.append(
                (
                    trace.day,
                    trace.pk,
                    span_id,
                    redactor.rules_id,
                    done.value["name"][:NAME],
                    packed(done.value),
                )
            )
    if replaced:
        with ingest_role(), connection.cursor() as cursor:
            cursor.executemany("SELECT curation_reredact_span(%s, %s, %s, %s, %s, %s)", replaced)
    return len(replaced)


def _caught(trace: Trace, redactor: Redactor, *, all_versions: bool) -> dict[uuid.UUID, Rewritten]:
    """The versions in which the rules catch something, by id: the current one, or all that still have a body."""
    versions = (
        list(trace.versions.order_by("-number")) if all_versions else [trace.current] if trace.current else []
    )
    done = {
        version_id: redact_stored_conversation(stored.conversation, redactor)
        for version_id, stored in load_many(versions).items()
    }
    return {version_id: one for version_id, one in done.items() if one.changed}


def _next_version(
    trace: Trace, before: ConversationVersion, done: Rewritten, redactor: Redactor, changed: Changed
) -> ConversationVersion:
    """The conversation under the new rules as the trace's current version; the one before it is superseded."""
    changed.kinds, changed.by_rule = done.kinds, done.by_rule
    settled = _settled(done.value, trace.project_id)
    after = _write(trace, before, settled, redactor)
    CurationState.objects.filter(version=before).update(step=CurationStep.SUPERSEDED)
    CurationState.objects.create(version=after, project_id=trace.project_id, step=CurationStep.PENDING)
    _keep_labels(before, after)
    told = head_fields(settled)
    Trace.objects.filter(pk=trace.pk).update(current=after, **{name: told[name] for name in HEAD})
    data = {"version": str(after.pk), "number": after.number, "rules": redactor.rules_id}
    audit.emit(subject=trace, name="reredacted", project_id=trace.project_id, data=data)
    return after


def _write(
    trace: Trace, before: ConversationVersion, settled: Settled, redactor: Redactor
) -> ConversationVersion:
    fields: dict[str, Any] = version_fields(settled) | {"cost_usd": before.cost_usd}
    last = trace.versions.order_by("-number").values_list("number", flat=True)[0]
    after = ConversationVersion.objects.create(
        project_id=trace.project_id,
        trace=trace,
        number=last + 1,
        day=trace.day,
        rules_id=redactor.rules_id,
        **fields,
    )
    _write_body(before, after, packed({"conversation": settled.conversation, "marks": settled.marks}))
    return after


def _write_body(before: ConversationVersion, after: ConversationVersion, body: bytes) -> None:
    """Where the one before it stood: in its day, or, where retention has dropped that day, as a pinned copy."""
    fields = {"project_id": after.project_id, "rules_id": after.rules_id, "body": body}
    in_day = ConversationBody.objects.filter(day=before.day, version_id=before.pk).exists()
    with transaction.atomic(), ingest_role():
        if in_day:
            ConversationBody.objects.bulk_create(
                [ConversationBody(day=after.day, version_id=after.pk, **fields)]
            )
        else:
            PinnedBody.objects.bulk_create([PinnedBody(version_id=after.pk, **fields)])


def _settled(conversation: Conversation, project_id: uuid.UUID) -> Settled:
    digest, key_id = content.content_hash(conversation, project_id)
    return Settled(
        conversation=conversation,
        marks=find_marks(conversation),
        signals=read_signals([], conversation),
        content_hash=digest,
        key_id=key_id,
        prompt_hash=content.prompt_hash(conversation, project_id) if conversation["messages"] else "",
    )


def _keep_labels(before: ConversationVersion, after: ConversationVersion) -> None:
    """What a person concluded about the conversation holds for the same conversation with less in it."""
    said = LabelRevision.objects.filter(version=before).order_by("axis", "-number").distinct("axis")
    LabelRevision.objects.bulk_create([
        LabelRevision(
            project_id=one.project_id, version=after, axis=one.axis, number=1, value=one.value,
            confidence=one.confidence, source=one.source, author_id=one.author_id, evidence=one.evidence,
        )
        for one in said
        if one.author_id is not None
    ])  # fmt: skip


def _erase(version_id: uuid.UUID, run: Reredaction) -> int:
    with ingest_role(), connection.cursor() as cursor:
        cursor.execute("SELECT curation_erase_body(%s, %s)", [version_id, run.pk])
        return int(cursor.fetchone()[0])
