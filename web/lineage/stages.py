"""The stations a thread passes, each with what happened there, to what, when and by whom."""

from collections.abc import Callable, Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Project
from annotation.tags import REASONS
from web.lineage.parts import Entry, Stage, link, stage, words
from web.lineage.thread import Thread


def trace_stage(thread: Thread, project: Project) -> Stage:
    """Where it came in."""

    def entry(version: Any) -> Entry:
        trace = version.trace
        return Entry(
            version.prompt_preview or trace.external_id,
            link("curation:trace", project, trace.pk),
            trace.training_use,
            words(trace.service, trace.variant, trace.model, _("version %d") % version.number, trace.licence),
            trace.occurred_at,
            trace.simulated,
        )

    found = thread.versions.select_related("trace").order_by("created_at", "pk")
    return stage("trace", _("Trace"), found, entry, _("No trace: nothing came from production."))


def redaction_stage(thread: Thread, project: Project) -> Stage:
    """What was removed before anything was stored."""

    def entry(version: Any) -> Entry:
        removed = [
            f"{count} × {kind.replace('_', ' ')}"
            for kind, count in sorted(_counts(version.redactions).items())
        ]
        return Entry(
            str(version.rules.asset.name) + f" v{version.rules.number}",
            facts=removed or [_("nothing to remove")],
            at=version.created_at,
        )

    found = thread.versions.select_related("rules__asset").order_by("created_at", "pk")
    return stage("redaction", _("Redaction"), found, entry, _("No conversation was redacted."))


def _counts(redactions: Any) -> dict[str, int]:
    if not isinstance(redactions, dict):
        return {}
    return {str(kind): count for kind, count in redactions.items() if isinstance(count, int)}


def cluster_stage(thread: Thread, project: Project) -> Stage:
    """What else said the same, and in which stratum it counts."""

    def entry(version: Any) -> Entry:
        state = getattr(version, "curation", None)
        cluster = state.cluster if state else None
        size = cluster.size if cluster else 1
        stratum = (
            " · ".join(words(state.domain, state.difficulty, state.kind, state.language)) if state else ""
        )
        label = _("%d near-duplicates") % size if size > 1 else _("No near-duplicate")
        role = _("the representative") if state and state.is_representative and size > 1 else None
        href = link("curation:cluster", project, cluster.pk) if cluster else ""
        return Entry(label, href, facts=words(role, stratum), at=state.updated_at if state else None)

    found = thread.versions.select_related("curation__cluster").order_by("created_at", "pk")
    return stage("cluster", _("Cluster and stratum"), found, entry, _("Not curated yet."))


def judgment_stage(thread: Thread, project: Project) -> Stage:
    """Who stood behind it, under the pseudonym their judgments carry: names of annotators are not shown to leads."""

    def entry(revision: Any) -> Entry:
        judgment = revision.judgment
        counted = None if judgment.counted else _("kept, not counted")
        return Entry(
            _("annotator %s") % judgment.profile,
            facts=words(
                choice_words().get(revision.choice, revision.choice),
                ", ".join(str(REASONS.get(tag, tag)) for tag in revision.tags),
                counted,
            ),
            at=revision.created_at,
            simulated=judgment.simulated,
        )

    found = thread.revisions.select_related("judgment__profile").order_by("created_at", "pk")
    return stage(
        "judgment",
        _("Judged by"),
        found,
        entry,
        _("No person judged it; the row's reason says why it counts."),
    )


def choice_words() -> dict[str, str]:
    """The words of a judgment."""
    return {
        "a": _("first answer is better"),
        "b": _("second answer is better"),
        "tie": _("both alike"),
        "both_bad": _("both bad"),
        "cannot": _("cannot judge"),
        "accept": _("accepted as it is"),
        "fix": _("fixed"),
        "drop": _("dropped"),
    }


def row_stage(thread: Thread, project: Project) -> Stage:
    """The training rows it became."""

    def entry(row: Any) -> Entry:
        return Entry(
            row.leaf[:8],
            reverse("lineage", kwargs={"slug": project.slug, "kind": "row", "identity": row.pk}),
            facts=words(row.reason.replace("_", " "), row.split, str(row.snapshot), _("screened clean")),
            simulated=row.simulated,
        )

    found = thread.rows.select_related("snapshot")
    return stage("row", _("Training row"), found, entry, _("In no snapshot yet."))


def approval_stage(thread: Thread, project: Project) -> Stage:
    """Who signed."""

    def entry(approval: Any) -> Entry:
        withdrawn = getattr(approval, "withdrawal", None)
        return Entry(
            str(approval.snapshot),
            link("snapshots:snapshot", project, approval.snapshot_id),
            "withdrawn" if withdrawn else "approved",
            words(
                _("by %s") % approval.approver,
                _("asked for by %s") % approval.requester,
                withdrawn.reason if withdrawn else approval.reason,
            ),
            approval.approved_at,
        )

    found = thread.approvals.select_related("approver", "requester", "snapshot", "withdrawal")
    none = (
        _("Not approved: no run can name it.") if thread.snapshots.exists() else _("Nothing to approve yet.")
    )
    return stage("approval", _("Approved by"), found, entry, none)


def run_stage(thread: Thread, project: Project) -> Stage:
    """What was trained from it."""

    def entry(run: Any) -> Entry:
        return Entry(
            str(run.recipe),
            link("trainers:run", project, run.pk),
            run.state,
            words(run.kind.upper(), _("by %s") % run.requested_by),
            run.started_at or run.created_at,
        )

    found = thread.runs.select_related("recipe", "requested_by")
    return stage("run", _("Run"), found, entry, _("No run used it yet."))


def model_stage(thread: Thread, project: Project) -> Stage:
    """The weights that carry it."""

    def entry(model: Any) -> Entry:
        href = link("trainers:model", project, model.pk)
        return Entry(
            str(model),
            href,
            facts=words(model.kind, f"sha256 {model.weights_sha256[:12]}"),
            at=model.created_at,
        )

    return stage("model", _("Model"), thread.models, entry, _("In no model yet."))


STAGES: Iterable[Callable[[Thread, Project], Stage]] = (
    trace_stage,
    redaction_stage,
    cluster_stage,
    judgment_stage,
    row_stage,
    approval_stage,
    run_stage,
    model_stage,
)


def stages_of(thread: Thread, project: Project) -> list[Stage]:
    """All stations in the order of the loop, also those not reached yet."""
    return [make(thread, project) for make in STAGES]
