"""What the pages and the API show of runs and models."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Project
from snapshots.models import Approval, Withdrawal
from trainers.carding import ancestors_of
from trainers.model_card import VERDICTS
from trainers.models import ModelVersion, Run
from trainers.places import folder_of
from trainers.recipes import DEFAULTS, by_slug

LOG_BYTES = 16_000
LOG_LINES = 80


def runs_of(project: Project) -> QuerySet[Run]:
    """Runs with what a list shows of each."""
    return Run.objects.filter(project=project).select_related(
        "recipe", "approval__snapshot", "parent", "requested_by", "job", "model_version"
    )


def models_of(project: Project) -> QuerySet[ModelVersion]:
    """Model versions with what a list shows of each."""
    return ModelVersion.objects.filter(project=project).select_related(
        "run__recipe", "run__approval__snapshot", "parent", "base"
    )


def launchable_approvals(project: Project) -> QuerySet[Approval]:
    """Approvals that stand, newest first."""
    return (
        Approval.objects.standing()
        .filter(project=project)
        .select_related("snapshot", "approver")
        .order_by("-approved_at")
    )


def phase(said: str) -> str:
    """What the training program says it does, in the reader's language."""
    words = {
        "training": _("training"),
        "reading rows": _("reading rows"),
        "reading pairs": _("reading pairs"),
        "training the tokenizer": _("training the tokenizer"),
        "reference log-probabilities": _("reference log-probabilities"),
        "reading the model and the held-out rows": _("reading the model and the held-out rows"),
        "measuring": _("measuring"),
        "measuring before and after": _("measuring before and after"),
    }
    return words.get(said, said)


def log_tail(run: Run) -> str:
    """The end of the newest attempt's log, where this host has the run folder."""
    attempt = run.attempts.order_by("-number").first()
    if attempt is None:
        return ""
    path = folder_of(run).attempt(attempt.number).log
    try:
        with path.open("rb") as source:
            source.seek(max(0, path.stat().st_size - LOG_BYTES))
            text = source.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-LOG_LINES:])


def measured(summary: dict[str, Any]) -> list[dict[str, Any]]:
    """The held-out numbers of a run as rows of a table: what, value, interval, rows."""
    rows = []
    names = {"before": _("Perplexity before"), "after": _("Perplexity after")}
    perplexity = summary.get("perplexity") or {}
    for when, what in names.items():
        if shown := perplexity.get(when):
            rows.append({"what": what, "unit": "", "count": shown["rows"], **shown})
    preference = (summary.get("preference") or {}).get("accuracy")
    if preference:
        percent = {name: preference[name] * 100 for name in ("value", "low", "high")}
        rows.append(
            {"what": _("Pairs preferred as judged"), "unit": "%", "count": preference["pairs"], **percent}
        )
    change = summary.get("comparison")
    if change:
        percent = {
            name: change[key] * 100 for name, key in (("value", "change"), ("low", "low"), ("high", "high"))
        }
        rows.append({"what": _("Change of perplexity"), "unit": "%", "count": change["rows"], **percent})
    return rows


def reading(summary: dict[str, Any]) -> str:
    """What the comparison lets one say, in words."""
    verdict = (summary.get("comparison") or {}).get("verdict", "")
    words = {
        "better": _("Lower than before, and the interval excludes no change."),
        "worse": _("Higher than before, and the interval excludes no change."),
        "no_difference": _("No difference that this many rows could show."),
        "too_few_rows": _("Too few held-out rows to tell."),
        "trained_too_little": _(
            "Trained too little to tell: an under-trained model hides what quantisation does."
        ),
    }
    assert set(words) == set(VERDICTS)
    return words.get(verdict, "")


BEFORE = {"sft": ("base",), "dpo": ("sft", "base"), "ptq": ("dpo", "sft", "base")}
NEXT = {"base": "sft", "sft": "dpo", "dpo": "ptq"}


def suggested(project: Project, approval_id: uuid.UUID | None, parent_id: uuid.UUID | None) -> dict[str, Any]:
    """What the launch form proposes: the recipe that fits the approved rows or the model one came from."""
    approval = launchable_approvals(project).filter(pk=approval_id).first() if approval_id else None
    parent = models_of(project).filter(pk=parent_id).first() if parent_id else None
    if approval is not None:
        kind = next((one.kind for one in DEFAULTS if one.wants == approval.snapshot.kind), "base")
    else:
        kind = NEXT.get(parent.kind, "base") if parent is not None else "base"
    for before in BEFORE.get(kind, ()) if parent is None else ():
        parent = parent or models_of(project).filter(kind=before).order_by("-created_at").first()
    recipe = next(one for one in DEFAULTS if one.kind == (kind if parent is not None else "base"))
    return {"recipe": recipe.slug, "parent": parent.pk if parent is not None else None}


def what_will_happen(
    project: Project, recipe: str, approval_id: uuid.UUID | None, parent_id: uuid.UUID | None
) -> dict[str, Any] | None:
    """For the launch page: what exactly a press on the button does; None until a recipe is chosen."""
    shipped = by_slug().get(recipe)
    if shipped is None:
        return None
    approval = launchable_approvals(project).filter(pk=approval_id).first() if approval_id else None
    counts = approval.snapshot.manifest.get("counts", {}) if approval else {}
    parameters = shipped.parameters
    steps, batch = parameters.get("steps"), parameters.get("batch_size")
    splits = counts.get("splits", {})
    return {
        "recipe": shipped,
        "approval": approval,
        "fits": approval is None or shipped.wants in ("any", approval.snapshot.kind),
        "parent": models_of(project).filter(pk=parent_id).first() if parent_id else None,
        "needs_parent": bool(shipped.parents),
        "rows": approval.snapshot.row_count if approval else None,
        "simulated": counts.get("simulated_rows", 0),
        "train": splits.get("train"),
        "held_out": splits.get("validation"),
        "steps": steps,
        "seen": steps * batch if steps and batch else None,
        "waiting": Run.objects.live().filter(project=project).count(),
        "parameters": sorted(parameters.items()),
    }


def withdrawn_behind(model: ModelVersion) -> list[Withdrawal]:
    """Approvals of the model's own run and of its ancestors that were withdrawn, with the reason; the card is older."""
    runs = [model.run_id, *(ancestor.run_id for ancestor in ancestors_of(model))]
    found = Withdrawal.objects.filter(approval__runs__in=runs).distinct()
    return list(found.select_related("approval__snapshot").order_by("withdrawn_at"))


def lineage_of(run: Run) -> list[dict[str, Any]]:
    """Snapshot → approval → ancestors → this run → its model, for the line on the page."""
    steps: list[dict[str, Any]] = [
        {
            "kind": _("snapshot"),
            "label": str(run.approval.snapshot),
            "to": run.approval.snapshot_id,
        },
        {
            "kind": _("approved by"),
            "label": str(run.approval.approver),
            "to": run.approval.snapshot_id,
        },
    ]
    if run.parent is not None:
        older = [run.parent, *ancestors_of(run.parent)]
        steps += [{"kind": _("model"), "label": str(model), "model": model.pk} for model in reversed(older)]
    steps.append({"kind": _("run"), "label": str(run), "run": run.pk})
    made = getattr(run, "model_version", None)
    steps.append({"kind": _("model"), "label": str(made) if made else "", "model": made.pk if made else None})
    return steps
