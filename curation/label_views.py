"""Correcting a label: on a trace, on a cluster, and in the list of what the product was least sure of."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import NotFound, Refused
from core.paging import keyset
from curation.actions.label import AXES, correct_label
from curation.actions.learn_domains import LEAST_LABELS, correction_count, learn_when_due
from curation.difficulty import Difficulty
from curation.kinds import Kind
from curation.languages import KNOWN
from curation.models import ConversationVersion, CurationState
from curation.models.conversation import CurationStep
from curation.strata import OTHER, UNASSIGNED
from curation.trace_filters import distinct_values

LEAST_SURE = ("domain_confidence", "version_id")
UNDECIDED, SURE_OF_LITTLE = "undecided", "least-sure"


@project_view("curation.read")
@require_safe
def review(request: ProjectRequest) -> HttpResponse:
    """What has no domain, or one the product was least sure of, each with the domains to choose from."""
    slug, shown = request.project.slug, request.GET.get("show", UNDECIDED)
    address = reverse("curation:labels", args=[slug])
    context = {
        "page": keyset(_waiting(request, shown), request.GET, order=LEAST_SURE),
        "tabs": [
            {"label": _("Undecided"), "href": address, "current": shown != SURE_OF_LITTLE},
            {
                "label": _("Least sure"),
                "href": f"{address}?show={SURE_OF_LITTLE}",
                "current": shown == SURE_OF_LITTLE,
            },
        ],
        "domains": domain_choices(request),
        "labelled": correction_count(request.project),
        "least": LEAST_LABELS,
        "may_manage": may(request.user, "curation.manage", request.project),
    }
    return render(request, "curation/label_review.html", context)


def _waiting(request: ProjectRequest, shown: str) -> QuerySet[CurationState]:
    """Representatives that are kept and carry the product's own label; the least sure first."""
    found = CurationState.objects.filter(
        project=request.project,
        is_representative=True,
        step=CurationStep.DONE,
        drop_reason="",
        domain_confidence__isnull=False,
    )
    found = found.exclude(domain=OTHER) if shown == SURE_OF_LITTLE else found.filter(domain=OTHER)
    return found.select_related("version__trace")


def domain_choices(request: ProjectRequest) -> list[str]:
    """The domains of this project's taxonomy and of its labels."""
    names = distinct_values("curation_curationstate", "domain", request.project)
    return [name for name in names if name != UNASSIGNED]


def choices(request: ProjectRequest) -> dict[str, list[str]]:
    """What may be chosen on each axis; languages are those that are told apart."""
    return {
        "domain": domain_choices(request),
        "difficulty": [one.value for one in Difficulty],
        "kind": [one.value for one in Kind],
        "language": list(KNOWN),
    }


@project_view("curation.manage")
@require_POST
def correct(request: ProjectRequest, version_id: uuid.UUID) -> HttpResponseRedirect:
    """A person's word on one axis of one version; enough of them start a lesson in the background."""
    version = ConversationVersion.objects.filter(project=request.project, pk=version_id).first()
    if version is None:
        raise NotFound("version_not_found", _("There is no such conversation in this project."))
    axis, value = request.POST.get("axis", ""), request.POST.get("value", "")
    try:
        if axis not in AXES:
            raise Refused("unknown_axis", _("A label is on one of: %(axes)s.") % {"axes": ", ".join(AXES)})
        correct_label(who=request.user, version=version, axis=axis, value=value)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Labelled %(value)s.") % {"value": value.replace("_", " ")})
        if axis == "domain":
            learn_when_due(request.project)
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return HttpResponseRedirect(back)
    return redirect("curation:trace", request.project.slug, version.trace_id)
