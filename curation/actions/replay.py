"""Take a refused row after all: its redacted text is read again, by readers that may have learned since.

What it comes to is recorded beside the refusal, which itself never changes. A replayed conflict stays a conflict: what
was delivered first is never overwritten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict

from django.db import IntegrityError, transaction

from accounts.models import ApiToken, Project, User
from accounts.permissions import require
from core import audit
from core.actors import Actor
from core.errors import NotFound, Refused
from core.jobs import enqueue
from core.models import Job
from curation.actions.ingest_batch import Report, ingest_batch
from curation.ingest.refused import REQUEST, RefusedText, refused_text
from curation.ingest.replaying import items_of
from curation.jobs import REPLAY
from curation.models import IngestBatch, Refusal, Replay
from curation.models.refused import FINAL, Outcome

ROUTE, VERB = "replay", "curation.manage"
SAID_WITH_BATCH = ("jsonl", "file", "upload", ROUTE)
"""Routes of batches that may come with a training use of their own."""


def replay_refusal(*, who: User | ApiToken, project: Project, refusal_id: int) -> Replay:
    """Read one refused row again and take it if it can be; raises Refused where its text does not suffice."""
    require(who, VERB, project)
    return replay_one(actor=who.actor, project=project, refusal_id=refusal_id)


def replay_code(*, who: User | ApiToken, project: Project, code: str) -> Job:
    """Queue the replay of every refused row of this code that can be replayed."""
    require(who, VERB, project)
    found = Refusal.objects.of(project.pk).filter(code=code)
    if not found.replayable().exists():
        raise Refused("nothing_to_replay", "No refused row of this code was kept whole and is still waiting.")
    with transaction.atomic():
        audit.record(actor=who.actor, verb="refusal.replay_code", subject=project, project_id=project.pk,
                     data={"code": code})  # fmt: skip
        return enqueue(
            kind=REPLAY, project_id=project.pk, dedupe_key=f"{project.pk}:{code}",
            payload={"project": str(project.pk), "code": code, "actor": asdict(who.actor)},
        )  # fmt: skip


def replay_one(*, actor: Actor, project: Project, refusal_id: int) -> Replay:
    """As `replay_refusal`, for somebody who was asked whether they may."""
    refusal = _find(project, refusal_id)
    kept = _whole(refusal)
    try:
        with transaction.atomic():
            return _replay(actor, refusal, kept)
    except IntegrityError as error:
        raise Refused("replayed_already", "Somebody else replayed this row just now.") from error


def _replay(actor: Actor, refusal: Refusal, kept: RefusedText) -> Replay:
    project = refusal.project
    report = ingest_batch(
        any_age=True,
        who=actor, project=project, route=ROUTE, items=items_of(kept, project.pk), size=len(kept.text),
        training_use=_training_use(refusal.batch),
    )  # fmt: skip
    replay = Replay.objects.create(
        project=project, refusal=refusal, batch_id=report.batch_id, outcome=_outcome(report),
        code=report.problems[0].code if report.problems else "",
    )  # fmt: skip
    audit.record(actor=actor, verb="refusal.replay", subject=refusal, project_id=project.pk,
                 data={"outcome": replay.outcome, "code": replay.code})  # fmt: skip
    return replay


def _training_use(batch: IngestBatch) -> str:
    """What the token says; "unknown" where the sender could say it for the whole batch: that was not kept, and may have been a denial."""
    said = batch.token.training_use if batch.token else ""
    return "unknown" if batch.route in SAID_WITH_BATCH and said != "denied" else said


def replay_all(*, actor: Actor, project: Project, code: str, beat: Callable[[], None]) -> Counter[str]:
    """Every refused row of this code that can be replayed, oldest first; how often each outcome. `beat` after each row."""
    found = Refusal.objects.of(project.pk).filter(code=code).replayable().order_by("id")
    counts: Counter[str] = Counter()
    for refusal_id in list(found.values_list("pk", flat=True)):
        try:
            counts[replay_one(actor=actor, project=project, refusal_id=refusal_id).outcome] += 1
        except Refused as refused:
            counts[refused.code] += 1
        beat()
    return counts


def _find(project: Project, refusal_id: int) -> Refusal:
    rows = Refusal.objects.select_related("project", "batch__token")
    refusal: Refusal | None = rows.filter(project=project, pk=refusal_id).first()
    if refusal is None:
        raise NotFound("refusal_not_found", "There is no such refused row in this project.")
    return refusal


def _whole(refusal: Refusal) -> RefusedText:
    """The kept text; where there is none to read again, says why."""
    if Replay.objects.filter(refusal=refusal, outcome__in=FINAL).exists():
        raise Refused("replayed_already", "This row was replayed before; see what became of it.")
    kept = refused_text(refusal)
    if kept is None:
        raise Refused(
            "no_body", "Nothing of this row was kept.", hint="Its sender can mend it and send it again."
        )
    if kept.form == REQUEST:
        raise Refused("not_a_row", "A whole request was refused, which cannot be read row by row.",
                      hint="Its sender can mend it and send it again.")  # fmt: skip
    if kept.truncated:
        raise Refused("body_cut", "Only the beginning of this row was kept.",
                      hint="Its sender can mend it and send it again.")  # fmt: skip
    return kept


def _outcome(report: Report) -> Outcome:
    """A row may be read into several spans: what kept any of them out counts first."""
    if report.refused or not (report.accepted or report.redelivered or report.conflicting):
        return Outcome.REFUSED
    if report.conflicting:
        return Outcome.CONFLICTING
    return Outcome.ACCEPTED if report.accepted else Outcome.REDELIVERED
