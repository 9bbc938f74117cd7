"""Recipes: the list, a new one from the filters of the list of traces, one version with what it chooses and how it differs."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import NotFound, Refused
from core.paging import keyset
from core.params import whole_number
from curation.actions.recipe import VERB, run_recipe, save_recipe
from curation.likeness import likeness, likeness_plot
from curation.models import Asset, AssetVersion, ConversationVersion
from curation.models.assets import AssetKind
from curation.recipes.run import Made, make_choice, recipe_of
from curation.recipes.spec import FILTERS, KEEPS, LOWEST, Recipe, differences
from curation.sampling import AXES

SHOWN = 20
REPORTED = 30
KEEP_WORDS = {
    "canonical": gettext_lazy("The one that stands for its cluster now"),
    "newest": gettext_lazy("The newest"),
    "longest": gettext_lazy("The longest"),
    "best_rated": gettext_lazy("The best rated"),
}


@project_view("curation.read")
def recipes(request: ProjectRequest) -> HttpResponse:
    """Every recipe with its newest version."""
    found = Asset.objects.filter(project=request.project, kind=AssetKind.RECIPE, current__isnull=False)
    page = keyset(found.select_related("current__created_by"), request.GET, order=("name", "id"))
    return render(
        request, "curation/recipe_list.html", {"page": page, "may": may(request.user, VERB, request.project)}
    )


@project_view(VERB)
@require_http_methods(["GET", "POST"])
def new(request: ProjectRequest) -> HttpResponse:
    """The form, filled from the filters in the URL or from `?from=` a version; posting it saves the next version."""
    keeps = [(one, KEEP_WORDS[one]) for one in KEEPS]
    context: dict[str, Any] = {"keeps": keeps, "axes": AXES, "lowest": LOWEST, "filter_names": FILTERS}
    if request.method == "POST":
        try:
            version = save_recipe(
                who=request.user, project=request.project, name=request.POST.get("name", ""),
                recipe=_posted(request), note=request.POST.get("note", ""),
            )  # fmt: skip
        except Refused as refused:
            context |= {"refused": refused, "given": request.POST, "filters": _pairs(request.POST.dict())}
        else:
            messages.success(
                request,
                _("Version %(number)d is saved. It never changes; another choice is another version.")
                % {"number": version.number},
            )
            return redirect("curation:recipe", request.project.slug, version.pk)
    else:
        context |= _filled(request)
    return render(request, "curation/recipe_new.html", context)


@project_view("curation.read")
def recipe(request: ProjectRequest, version_id: int) -> HttpResponse:
    """Its parameters, how it differs from another version (`?against=` its number), and what it chooses now."""
    version = _find(request, version_id)
    versions = list(
        AssetVersion.objects.filter(asset=version.asset).select_related("created_by").order_by("-number")
    )
    against = next((one for one in versions if str(one.number) == request.GET.get("against", "")), None)
    if against is None:
        against = next((one for one in versions if one.number == version.number - 1), None)
    held = recipe_of(version)
    context = {
        "version": version,
        "versions": versions,
        "against": against,
        "differences": differences(recipe_of(against), held) if against is not None else [],
        "selected": f"{version.asset.name}@{version.number}",
        "facts": _facts(held),
        "canonical": json.dumps(version.body, indent=2, ensure_ascii=False, sort_keys=True),
        "may": may(request.user, VERB, request.project),
    }
    return render(request, "curation/recipe.html", context)


@project_view("curation.read")
def choice(request: ProjectRequest, version_id: int) -> HttpResponse:
    """The fragment with what it chooses now, why the rest is left out, and what was recorded before: loaded beside the page."""
    version = _find(request, version_id)
    made = make_choice(request.project, recipe_of(version))
    context = {
        "version": version,
        "made": made,
        "left_out": made.choice.left_out.most_common(),
        "report": [one for one in made.choice.report if one.given != one.asked][:REPORTED],
        "examples": _examples(made),
        "runs": version.recipe_runs.select_related("run_by").order_by("-id")[:SHOWN],
    }
    return render(request, "curation/_recipe_choice.html", context)


@project_view(VERB)
@require_POST
def run(request: ProjectRequest, version_id: int) -> HttpResponseRedirect:
    """Record what it chooses now."""
    made, recorded = run_recipe(who=request.user, version=_find(request, version_id))
    messages.success(
        request,
        _("%(count)d conversations, fingerprint %(print)s.")
        % {"count": len(made.choice.chosen), "print": recorded.fingerprint[:12]},
    )
    return redirect("curation:recipe", request.project.slug, version_id)


@project_view("curation.read")
def likeness_fragment(request: ProjectRequest, version_id: int) -> HttpResponse:
    """Whether what it chooses looks like what comes in now: loaded when it is scrolled to."""
    found = likeness(
        request.project, make_choice(request.project, recipe_of(_find(request, version_id))).versions
    )
    return render(request, "curation/_likeness.html", {"found": found, "likeness_plot": likeness_plot(found)})


@project_view("curation.read")
def download(request: ProjectRequest, version_id: int) -> HttpResponse:
    """The canonical bytes that the sha256 names."""
    version = _find(request, version_id)
    answer = HttpResponse(recipe_of(version).canonical, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="recipe-{version.asset_id}-v{version.number}.json"'
    return answer


def _find(request: ProjectRequest, version_id: int) -> AssetVersion:
    found = AssetVersion.objects.filter(project=request.project, asset__kind=AssetKind.RECIPE, pk=version_id)
    version = found.select_related("asset", "project", "created_by").first()
    if version is None:
        raise NotFound("recipe_not_found", _("There is no such recipe in this project."))
    return version


def _filled(request: ProjectRequest) -> dict[str, Any]:
    """The form's first values: those of a version, or the filters that stand in the URL."""
    params = request.GET.dict()
    if params.get("from"):
        version = _find(request, whole_number(params["from"]))
        data = recipe_of(version).as_data()
        weights = "\n".join(f"{name} = {weight:g}" for name, weight in data["weights"].items())
        return {
            "given": {**data, "name": version.asset.name, "weights": weights},
            "filters": sorted(data["filters"].items()),
        }
    data = Recipe().as_data()
    return {
        "given": {**data, "weights": "", "search": params.get("q", ""), "search_in": params.get("in", "")},
        "filters": _pairs(params),
    }


def _pairs(params: dict[str, str]) -> list[tuple[str, str]]:
    return [(name, params[name]) for name in FILTERS if params.get(name)]


def _posted(request: ProjectRequest) -> dict[str, Any]:
    data = request.POST
    try:
        return {
            "filters": dict(_pairs(data.dict())),
            "search": data.get("search", ""),
            "search_in": data.get("search_in", ""),
            "threshold": float(data.get("threshold") or LOWEST),
            "keep": data.get("keep", ""),
            "leave_out_accepted": "leave_out_accepted" in data,
            "total": int(data["total"]) if data.get("total") else None,
            "axes": data.getlist("axes"),
            "weights": _weights(data.get("weights", "")),
            "fill": "fill" in data,
            "seed": int(data.get("seed") or 0),
        }
    except ValueError as error:
        raise Refused("bad_recipe", _("A number was expected: %(what)s.") % {"what": error}) from error


def _weights(text: str) -> dict[str, float]:
    """`stratum = weight`, one a line."""
    lines = [line.rpartition("=") for line in text.splitlines() if line.strip()]
    return {name.strip(): float(weight) for name, _sign, weight in lines}


def _facts(held: Recipe) -> list[tuple[str, Any]]:
    return [
        *((name.replace("_", " ").capitalize(), value) for name, value in held.filters.items()),
        (_("Search"), held.search or None),
        (_("Searched in"), held.search_in or None),
        (_("One from"), f"{held.threshold:.2f} Jaccard"),
        (_("Keeps"), held.keep.replace("_", " ")),
        (_("Rows"), f"{held.total:,}" if held.total is not None else _("all")),
        (_("Quotas over"), " × ".join(held.axes) if held.total is not None else None),
        (_("Seed"), held.seed if held.total is not None else None),
        *((name.replace("_", " ").capitalize(), value) for name, value in sorted(held.governed.items())),
    ]


def _examples(made: Made) -> list[ConversationVersion]:
    chosen = made.versions[:SHOWN]
    found = ConversationVersion.objects.select_related("trace", "curation").in_bulk(chosen)
    return [found[one] for one in chosen if one in found]
