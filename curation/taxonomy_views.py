"""The domains of a project: what there are, how sure they are given, and a lead's hand on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import Refused
from core.models import Job
from core.plots import Plot, Series, lines
from curation.actions.edit_taxonomy import add_domain, merge_domains, remove_domain, rename_domain
from curation.actions.learn_domains import ask_to_learn, correction_count, not_yet
from curation.actions.taxonomy import taxonomy_version
from curation.domains import domain_rows
from curation.jobs import LEARN, RELABEL
from curation.models import AssetVersion

VERSIONS_SHOWN = 20


@project_view("curation.read")
@require_safe
def taxonomy(request: ProjectRequest) -> HttpResponse:
    """Each domain with its size and examples, what was learned from corrections, and the versions before."""
    version = taxonomy_version(request.project)
    report = version.body.get("report") if version else None
    context = {
        "version": version,
        "rows": domain_rows(request.project, version),
        "report": report,
        "curve": _curve(report) if report else None,
        "facts": _facts(report) if report else [],
        "labelled": correction_count(request.project),
        "not_yet": not_yet(request.project),
        "jobs": Job.objects.live().filter(project_id=request.project.pk, kind__in=[LEARN, RELABEL]),
        "versions": AssetVersion.objects.filter(asset=version.asset_id)
        .select_related("created_by")
        .order_by("-number")[:VERSIONS_SHOWN]
        if version
        else [],
        "may_manage": may(request.user, "curation.manage", request.project),
    }
    return render(request, "curation/taxonomy.html", context)


def _facts(report: dict[str, Any]) -> list[tuple[str, Any]]:
    """The report in words: percentages are of the labels people gave."""
    before = report["centroids"]
    ways = {"classifier": _("what was learned"), "centroids": _("the centres found in the data")}
    return [
        (_("Labels of people"), report["labelled"]),
        (_("In force"), ways[report["in_force"]]),
        (_("Right when it has to say"), _percent(report["accuracy"])),
        (_("Says something"), _percent(report["coverage"])),
        (_("Right when it says something"), _percent(report["accuracy_where_sure"])),
        (_("Off in how sure it is"), _percent(report.get("calibration_error"))),
        (_("Centres: right of all"), _percent(before["accuracy"])),
        (_("Centres: say something"), _percent(before["coverage"])),
    ]


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{share:.0%}"


def _curve(report: dict[str, Any]) -> Plot:
    points = [point for point in report["curve"] if point[2] is not None]
    x = [point[0] for point in points]
    return lines(
        _("Held out: how often it speaks, and how often it is right then"),
        [
            Series(_("says something"), x, [point[1] for point in points]),
            Series(_("is right then"), x, [point[2] for point in points]),
        ],
        x_label=_("least probability"),
        unit=_("share"),
    )


@project_view("curation.manage")
@require_POST
def rename(request: ProjectRequest) -> HttpResponseRedirect:
    """Another name for one domain."""
    name, new = request.POST.get("name", ""), request.POST.get("new", "")
    return _done(
        request,
        lambda: rename_domain(who=request.user, project=request.project, name=name, new=new),
        _("%(name)s is called %(new)s now.") % {"name": name, "new": new},
    )


@project_view("curation.manage")
@require_POST
def merge(request: ProjectRequest) -> HttpResponseRedirect:
    """One domain of those that are ticked."""
    names, into = request.POST.getlist("names"), request.POST.get("into", "")
    return _done(
        request,
        lambda: merge_domains(who=request.user, project=request.project, names=names, into=into),
        _("They are one domain now: %(into)s.") % {"into": into},
    )


@project_view("curation.manage")
@require_POST
def add(request: ProjectRequest) -> HttpResponseRedirect:
    """One domain more, from questions that belong in it."""
    name, phrases = request.POST.get("name", ""), request.POST.get("phrases", "").splitlines()
    return _done(
        request,
        lambda: add_domain(who=request.user, project=request.project, name=name, phrases=phrases),
        _("%(name)s is a domain; what is nearest to it gets it in the background.") % {"name": name},
    )


@project_view("curation.manage")
@require_POST
def remove(request: ProjectRequest) -> HttpResponseRedirect:
    """One domain less."""
    name = request.POST.get("name", "")
    return _done(
        request,
        lambda: remove_domain(who=request.user, project=request.project, name=name),
        _("%(name)s is gone; its conversations get what is nearest in the background.") % {"name": name},
    )


@project_view("curation.manage")
@require_POST
def learn(request: ProjectRequest) -> HttpResponseRedirect:
    """A lesson now, without waiting for the next corrections."""
    return _done(
        request,
        lambda: ask_to_learn(who=request.user, project=request.project),
        _("Learning in the background; the result stands here when it is done."),
    )


def _done(request: ProjectRequest, act: Callable[[], object], said: str) -> HttpResponseRedirect:
    try:
        act()
    except Refused as refused:
        messages.error(request, f"{refused.message} {refused.hint}".strip())
    else:
        messages.success(request, said)
    return redirect("curation:taxonomy", request.project.slug)
