"""What the validators found, with examples before the choice: leave out, mark, or do not look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import Refused
from curation.actions.recheck import stale_count
from curation.actions.set_checks import set_checks
from curation.check_words import CHECKS, Words, said
from curation.checks import Checks, project_checks
from curation.models import AssetVersion, Drop, Flag
from curation.validators.policy import VALIDATORS, Effect

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One validator: what it does now, how much it found under this choice, and some of it."""

    name: str
    title: Words
    meaning: Words
    effect: str
    count: int
    examples: list[tuple[Any, str]]
    """(flag or drop, what was found at its first place)"""


@project_view("curation.read")
@require_safe
def checks(request: ProjectRequest) -> HttpResponse:
    """Every validator with its findings, and the form that chooses."""
    held = project_checks(request.project)
    context = {
        "checks": held,
        "rows": list(_rows(request, held)),
        "effects": [(Effect.FLAG.value, _("mark")), (Effect.DROP.value, _("leave out")), (Effect.OFF.value, _("do not look"))],
        "waiting": stale_count(request.project),
        "versions": AssetVersion.objects.filter(asset__kind="validators", project=request.project)
        .select_related("created_by")
        .order_by("-number")[:20],
        "may_manage": may(request.user, "curation.manage", request.project),
    }  # fmt: skip
    return render(request, "curation/checks.html", context)


@project_view("curation.manage")
@require_POST
def choose(request: ProjectRequest) -> HttpResponseRedirect:
    """The next version of the choice."""
    effects = {name: request.POST[name] for name in VALIDATORS if name in request.POST}
    try:
        set_checks(
            who=request.user, project=request.project, effects=effects, note=request.POST.get("note", "")
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("It holds; what is stored is checked again in the background."))
    return redirect("curation:checks", request.project.slug)


def _rows(request: ProjectRequest, held: Checks) -> Iterator[CheckRow]:
    flags = Flag.objects.filter(project=request.project, policy_id=held.version_id)
    drops = Drop.objects.filter(project=request.project, step="validated")
    flagged = dict(flags.values_list("validator").annotate(n=Count("pk")))
    still = drops.filter(version__curation__drop_reason__in=VALIDATORS)
    dropped = dict(
        still.values_list("version__curation__drop_reason").annotate(n=Count("version_id", distinct=True))
    )
    for name, words in CHECKS.items():
        effect = held.policy.effects[name]
        found: Any = (
            drops.filter(reason=name, version__curation__drop_reason=name)
            if effect is Effect.DROP
            else flags.filter(validator=name)
        )
        shown = found.select_related("version").order_by("-pk")[:EXAMPLES]
        yield CheckRow(
            name,
            words.name,
            words.meaning,
            effect.value,
            dropped.get(name, 0) if effect is Effect.DROP else flagged.get(name, 0),
            [(one, said(one.detail)) for one in shown],
        )
