"""Choose rows: the form, and what would enter and leave while one changes it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import ProjectRequest, project_view
from core.errors import NotFound, Refused
from curation.actions.screening import current_quarantine
from snapshots.actions.build_snapshot import build_snapshot
from snapshots.actions.create_selection import create_selection
from snapshots.build.compose import preview
from snapshots.forms import SelectionForm
from snapshots.selection import KINDS, BadSpec, parse_spec
from snapshots.words import EXCLUSIONS, REASONS, counted


@project_view(verb="snapshot.create")
def new(request: ProjectRequest, kind: str) -> HttpResponse:
    """The form of one kind, with `?recipe=name@number` chosen; posting it fixes the selection and starts the build."""
    _require_kind(kind)
    posted = request.method == "POST"
    form = (
        SelectionForm(kind, request.project, request.POST)
        if posted
        else SelectionForm.fresh(kind, request.project, recipe=request.GET.get("recipe", ""))
    )
    if posted and form.is_valid():
        try:
            selection = create_selection(
                who=request.user, project=request.project, name=form.cleaned_data["name"], spec=form.spec()
            )
            snapshot = build_snapshot(who=request.user, project=request.project, selection=selection)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("snapshots:snapshot", request.project.slug, snapshot.pk)
    return render(request, "snapshots/new.html", {"form": form, "kind": kind})


@require_safe
@project_view(verb="snapshot.create")
def live_counts(request: ProjectRequest, kind: str) -> HttpResponse:
    """The fragment beside the form: counts for what is chosen at this moment."""
    _require_kind(kind)
    data = request.GET.copy()
    data.setdefault("name", "-")
    form = SelectionForm(kind, request.project, data)
    if not form.is_valid():
        problems = {
            str(form[name].label): errors for name, errors in form.errors.items() if name in form.fields
        }
        return render(request, "snapshots/_live_counts.html", {"problems": problems})
    try:
        spec = parse_spec(form.spec())
    except BadSpec as bad:
        return render(request, "snapshots/_live_counts.html", {"problems": {bad.field: [bad.message]}})
    tally = preview(request.project, spec, current_quarantine(request.project))
    context = {
        "tally": tally,
        "left_out": tally.dropped.total(),
        "kept": counted(REASONS, dict(tally.kept)),
        "excluded": counted(EXCLUSIONS, dict(tally.dropped)),
        "strata": tally.strata.most_common(8),
    }
    return render(request, "snapshots/_live_counts.html", context)


def _require_kind(kind: str) -> None:
    if kind not in KINDS:
        raise NotFound("no_such_kind", "There is no such kind of snapshot.")
