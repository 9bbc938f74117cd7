"""Pages of training: runs, launch, one run live, models, one model."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core import storage
from core.errors import NotFound, Refused
from core.paging import keyset
from trainers import comparing, queries
from trainers.actions.cancel_run import cancel_run, resume_run
from trainers.actions.launch_run import launch_run, require_training_packages
from trainers.forms import LaunchForm
from trainers.models import Artifact, ModelVersion, Run
from trainers.models.run import FINAL_STATES, LIVE_STATES, RUN_KINDS
from trainers.states import CANCELLED, FAILED


@project_view(verb="run.read")
def runs(request: ProjectRequest) -> HttpResponse:
    """Every run, newest first; filters in the URL."""
    found = queries.runs_of(request.project)
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "")
    if kind in RUN_KINDS:
        found = found.filter(kind=kind)
    if state in (*LIVE_STATES, *FINAL_STATES):
        found = found.filter(state=state)
    context = {
        "page": keyset(found, request.GET, order=("-created_at", "pk")),
        "kinds": RUN_KINDS,
        "states": (*LIVE_STATES, *FINAL_STATES),
        "kind": kind,
        "state": state,
        "may_launch": may(request.user, "run.launch", request.project),
    }
    return render(request, "trainers/runs.html", context)


@require_http_methods(["GET", "POST"])
@project_view(verb="run.launch")
def launch(request: ProjectRequest) -> HttpResponse:
    """Choose, read what will happen, press once."""
    asked = request.GET.dict()
    proposed = queries.suggested(
        request.project, _uuid(asked.get("approval", "")), _uuid(asked.get("parent", ""))
    )
    form = LaunchForm(request.project, request.POST or None, initial=proposed | asked)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            run = launch_run(
                who=request.user,
                project=request.project,
                approval_id=data["approval"].pk,
                recipe=data["recipe"],
                parent_id=data["parent"].pk if data["parent"] else None,
                seed=data["seed"],
            )
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The run is queued; this page follows it."))
            return redirect("trainers:run", request.project.slug, run.pk)
    context = {"form": form, "will": _will(request, form), "cannot": _cannot_train()}
    return render(request, "trainers/launch.html", context)


@project_view(verb="run.launch")
def launch_preview(request: ProjectRequest) -> HttpResponse:
    """The fragment that says what the chosen combination will do."""
    form = LaunchForm(request.project, request.GET)
    return render(request, "trainers/_will.html", {"will": _will(request, form)})


@project_view(verb="run.read")
def run(request: ProjectRequest, run_id: uuid.UUID) -> HttpResponse:
    """One run: its curve first, then what changed, what it says, what it left."""
    return render(request, "trainers/run.html", _run_context(request, _run(request, run_id)))


@project_view(verb="run.read")
def run_live(request: ProjectRequest, run_id: uuid.UUID) -> HttpResponse:
    """The part of the run page that moves; asks to be loaded again only while the run lives."""
    found = _run(request, run_id)
    response = render(request, "trainers/_live.html", _run_context(request, found))
    if found.state not in LIVE_STATES:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@project_view(verb="run.cancel")
def run_cancel(request: ProjectRequest, run_id: uuid.UUID) -> HttpResponse:
    """Stop after saving a checkpoint."""
    cancel_run(who=request.user, project=request.project, run_id=run_id)
    messages.success(request, _("The run stops after its next step; its checkpoint is kept."))
    return redirect("trainers:run", request.project.slug, run_id)


@require_POST
@project_view(verb="run.launch")
def run_resume(request: ProjectRequest, run_id: uuid.UUID) -> HttpResponse:
    """Take a stopped run up again."""
    resume_run(who=request.user, project=request.project, run_id=run_id)
    messages.success(request, _("The run goes on from its last checkpoint."))
    return redirect("trainers:run", request.project.slug, run_id)


@project_view(verb="model.read")
def artifact(request: ProjectRequest, artifact_id: int) -> HttpResponse:
    """One published file, its hash checked on the way out."""
    found = Artifact.objects.filter(run__project=request.project, pk=artifact_id).first()
    if found is None:
        raise NotFound("artifact_not_found", _("There is no such file in this project."))
    name = found.path.rpartition("/")[2]
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(storage.get(found.sha256), content_type="application/octet-stream", headers=headers)


@project_view(verb="model.read")
def models(request: ProjectRequest) -> HttpResponse:
    """Every model version, newest first."""
    page = keyset(queries.models_of(request.project), request.GET, order=("-created_at", "pk"))
    return render(request, "trainers/models.html", {"page": page})


@project_view(verb="model.read")
def model(request: ProjectRequest, model_id: uuid.UUID) -> HttpResponse:
    """One model: what was measured, its card, its files, its children."""
    found = _model(request, model_id)
    context = {
        "model": found,
        "withdrawn": queries.withdrawn_behind(found),
        "measured": queries.measured(found.evaluation),
        "reading": queries.reading(found.evaluation),
        "artifacts": found.run.artifacts.order_by("path"),
        "children": queries.models_of(request.project).filter(parent=found).order_by("created_at"),
        "lineage_steps": _lineage(request, found.run),
        "may_launch": may(request.user, "run.launch", request.project),
    }
    return render(request, "trainers/model.html", context)


@project_view(verb="model.read")
def model_card(request: ProjectRequest, model_id: uuid.UUID) -> HttpResponse:
    """The card as a Markdown file."""
    found = _model(request, model_id)
    headers = {"Content-Disposition": f'attachment; filename="{found.name}-v{found.number}.md"'}
    return HttpResponse(found.card, content_type="text/markdown; charset=utf-8", headers=headers)


def _run(request: ProjectRequest, run_id: uuid.UUID) -> Run:
    found = (
        queries.runs_of(request.project)
        .select_related("approval__approver", "reference")
        .filter(pk=run_id)
        .first()
    )
    if found is None:
        raise NotFound("run_not_found", _("There is no such run in this project."))
    return found


def _model(request: ProjectRequest, model_id: uuid.UUID) -> ModelVersion:
    found = queries.models_of(request.project).filter(pk=model_id).first()
    if found is None:
        raise NotFound("model_not_found", _("There is no such model in this project."))
    return found


def _run_context(request: ProjectRequest, found: Run) -> dict[str, Any]:
    earlier = comparing.previous_run(found)
    return {
        "run": found,
        "live": found.state in LIVE_STATES,
        "plot": comparing.curve(found),
        "doing": queries.phase(found.job.doing),
        "attempts": found.attempts.order_by("-number"),
        "log": queries.log_tail(found),
        "measured": queries.measured(found.summary),
        "reading": queries.reading(found.summary),
        "samples": found.samples.order_by("step", "number"),
        "artifacts": found.artifacts.order_by("path"),
        "earlier": earlier,
        "changes": comparing.changes_since(found, earlier) if earlier else [],
        "lineage_steps": _lineage(request, found),
        "parameters": sorted(found.recipe.spec.items()),
        "may_cancel": may(request.user, "run.cancel", request.project),
        "may_resume": found.state in (FAILED, CANCELLED) and may(request.user, "run.launch", request.project),
    }


def _lineage(request: ProjectRequest, found: Run) -> list[dict[str, Any]]:
    """Steps of the line with their links; the page's own object is the current one."""
    slug = request.project.slug
    for step in (steps := queries.lineage_of(found)):
        if step.get("to"):
            identity = step["to"]
            step["href"] = reverse("snapshots:snapshot", args=[slug, identity])
        elif step.get("run"):
            step["href"] = reverse("trainers:run", args=[slug, step["run"]])
        elif step.get("model"):
            step["href"] = reverse("trainers:model", args=[slug, step["model"]])
        step["current"] = step.get("href") == request.path
    return steps


def _will(request: ProjectRequest, form: LaunchForm) -> dict[str, Any] | None:
    def chosen(name: str) -> str:
        value = form[name].value()
        return str(value) if value else ""

    return queries.what_will_happen(
        request.project, chosen("recipe"), _uuid(chosen("approval")), _uuid(chosen("parent"))
    )


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _cannot_train() -> Refused | None:
    try:
        require_training_packages()
    except Refused as error:
        return error
    return None
