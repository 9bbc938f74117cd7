"""Pages of the redaction rules: their versions and cases, one version, and the next one in the making."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import NotFound, Refused
from core.paging import capped_count, keyset
from core.privacy import RuleSet, default_rules
from curation.actions.adopt_rules import CasesFail, adopt_rules, current_rules
from curation.actions.report_redaction import set_aside
from curation.ingest_views import tabs
from curation.models import AssetVersion, ConversationVersion, Reredaction, RuleCheck, RuleReport
from curation.rule_forms import KINDS, DraftForm
from curation.ruling.cases import standing, tried
from curation.ruling.drafts import base_of, offered, sound
from curation.ruling.sets import bound, changes, usable_rules
from curation.ruling.trial import try_on_recent

VERSIONS_SHOWN, CASES_SHOWN, RUNS_SHOWN = 20, 50, 5


@require_safe
@project_view("curation.read")
def listing(request: ProjectRequest) -> HttpResponse:
    """Versions, newest first; what people reported; what was run over what is stored."""
    current = current_rules(request.project.pk)
    versions = AssetVersion.objects.filter(asset=current.asset_id).select_related("created_by")
    page = keyset(versions, request.GET, order=("-number",), size=VERSIONS_SHOWN)
    reports = RuleReport.objects.filter(project=request.project).select_related("reported_by", "version")
    now = {
        case.report.pk: case
        for case in tried(standing(request.project.pk), _set(current), request.project.pk)
    }
    context = {
        "current": current,
        "rules": _set(current),
        "page": page,
        "rows": _rows(page.rows),
        "reports": [
            (report, now.get(report.pk), KINDS.get(report.identifier, report.identifier))
            for report in reports.order_by("-reported_at", "-id")[:CASES_SHOWN]
        ],
        "owed": sum(1 for case in now.values() if case.wrong),
        "runs": Reredaction.objects.filter(project=request.project)
        .select_related("rules")
        .order_by("-requested_at")[:RUNS_SHOWN],
        "under_older": capped_count(_conversations().filter(project=request.project).exclude(rules=current)),
        "checked": Reredaction.objects.filter(project=request.project, rules=current, state="done").exists(),
        "release": changes(_set(current), default_rules()),
        "may_manage": may(request.user, "curation.manage", request.project),
        "tabs": tabs(request.project.slug, "rules"),
    }
    return render(request, "curation/rules_list.html", context)


@require_safe
@project_view("curation.read")
def version(request: ProjectRequest, rules_id: int) -> HttpResponse:
    """One version: what it changed, every rule, and how many conversations stand under it."""
    current = current_rules(request.project.pk)
    found = _version(current, rules_id)
    before = (
        AssetVersion.objects.filter(asset=current.asset_id, number__lt=found.number)
        .order_by("-number")
        .first()
    )
    rules = _set(found)
    context = {
        "version": found,
        "current": current,
        "rules": rules,
        "changes": changes(_set(before), rules) if before else None,
        "before": before,
        "check": RuleCheck.objects.filter(version=found).first(),
        "standing": _standing(found),
        "may_manage": may(request.user, "curation.manage", request.project),
    }
    return render(request, "curation/rules_detail.html", context)


@project_view("curation.manage")
@require_http_methods(["GET", "POST"])
def following(request: ProjectRequest) -> HttpResponse:
    """The next version: chosen, tried on cases and on recent conversations, and put into force."""
    current = current_rules(request.project.pk)
    start = request.GET.get("from", "")
    base = base_of(request.project.pk, current, start)
    data = request.POST if request.method == "POST" else None
    form = DraftForm(base, _tagger(), data, edited=request.GET.get("rule", ""))
    context: dict[str, Any] = {
        "form": form,
        "current": current,
        "start": start,
        "edited": request.GET.get("rule", ""),
    }
    if data is not None and form.is_valid():
        done = _adopted(request, form) if "adopt" in data else None
        if done is not None:
            return redirect("curation:rules_version", request.project.slug, done.pk)
        context |= _tried(request, form.draft(), current)
    context["offered"] = offered(base, form.chosen())
    context["held"] = sum(one.chosen for one in context["offered"])
    return render(request, "curation/rules_next.html", context)


@require_POST
@project_view("curation.manage")
def aside(request: ProjectRequest, report_id: uuid.UUID) -> HttpResponse:
    """Set a case aside, with a reason."""
    try:
        set_aside(
            who=request.user,
            project=request.project,
            report_id=report_id,
            reason=request.POST.get("reason", ""),
        )
    except Refused as refused:
        if isinstance(refused, NotFound):
            raise
        messages.error(request, str(refused))
    else:
        messages.success(
            request, _("The case is set aside. The reported value itself stays as it was marked.")
        )
    return redirect("curation:rules", request.project.slug)


def _adopted(request: ProjectRequest, form: DraftForm) -> AssetVersion | None:
    try:
        made = adopt_rules(
            who=request.user, project=request.project, draft=form.draft(), note=form.cleaned_data["note"]
        )
    except CasesFail:
        return None
    except Refused as refused:
        form.add_error(None, str(refused))
        return None
    said = _(
        "Version %(number)d is in force for everything that comes in. What is stored stands under earlier ones."
    )
    messages.success(request, said % {"number": made.number})
    return made


def _tried(request: ProjectRequest, draft: RuleSet, current: AssetVersion) -> dict[str, Any]:
    """What the draft is, what its cases say, and what it would change."""
    try:
        rules = bound(sound(draft), request.project.pk)
    except Refused as refused:
        return {"unusable": str(refused)}
    cases = tried(standing(request.project.pk), rules, request.project.pk)
    return {
        "changes": changes(_set(current), rules),
        "failing": [(case, KINDS.get(case.report.identifier, "")) for case in cases if case.wrong],
        "cases": len(cases),
        "trial": try_on_recent(request.project.pk, rules),
    }


def _rows(versions: Sequence[AssetVersion]) -> list[dict[str, Any]]:
    """Each version with what it changed, its proof, and how many conversations stand under it."""
    numbers = [version.number - 1 for version in versions]
    assets = {version.asset_id for version in versions}
    earlier = AssetVersion.objects.filter(asset__in=assets, number__in=numbers)
    before = {version.number + 1: version for version in earlier}
    checks = RuleCheck.objects.in_bulk([version.pk for version in versions])
    return [
        {
            "version": version,
            "changes": changes(_set(before[version.number]), _set(version))
            if version.number in before
            else None,
            "check": checks.get(version.pk),
            "standing": _standing(version),
            "rules": len(version.body.get("rules", ())),
        }
        for version in versions
    ]


def _standing(version: AssetVersion) -> int:
    """Conversations that are current and were redacted under this version, counted up to a cap."""
    return capped_count(_conversations().filter(rules=version))


def _conversations() -> QuerySet[ConversationVersion]:
    return ConversationVersion.objects.filter(current_of__isnull=False)


def _tagger() -> str:
    """The model of the full lane; numpy is imported with it, so not when the web process starts."""
    from core.privacy.tagger import SHIPPED

    return default_rules().tagger or SHIPPED


def _set(version: AssetVersion) -> RuleSet:
    return usable_rules(version.body, version.project_id)


def _version(current: AssetVersion, rules_id: int) -> AssetVersion:
    found = (
        AssetVersion.objects.filter(asset=current.asset_id, pk=rules_id).select_related("created_by").first()
    )
    if found is None:
        raise NotFound("rules_not_found", _("There is no such version of the rules in this project."))
    return found
