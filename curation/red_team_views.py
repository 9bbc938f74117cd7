"""Red-team corpora: their roles and proofs, and their content behind a warning."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import NotFound, Refused
from core.paging import keyset
from curation.actions.red_team import CorpusFacts, publish_corpus
from curation.actions.screening import current_quarantine
from curation.held_out_files import form_of, text_of
from curation.models import Asset, AssetKind, AssetVersion, DisjointnessProof, RedTeamRole
from curation.red_team_files import read_corpus

LARGEST_FILE = 8 << 20
PROVED, BROKEN, STALE = "proved", "broken", "stale"


@project_view("curation.read")
def corpora(request: ProjectRequest) -> HttpResponse:
    """Every corpus in force."""
    assets = Asset.objects.filter(project=request.project, kind=AssetKind.RED_TEAM, current__isnull=False)
    versions = [
        asset.current for asset in assets.select_related("current__asset").order_by("name") if asset.current
    ]
    quarantine = current_quarantine(request.project)
    context = {
        "corpora": [{"version": one, "proof": _state(_proof(one), quarantine)} for one in versions],
        "roles": RedTeamRole.choices,
        "may_manage": may(request.user, "curation.manage", request.project),
    }
    return render(request, "curation/red_team_list.html", context)


@project_view("curation.read")
def corpus(request: ProjectRequest, version_id: int) -> HttpResponse:
    """One version: counts and proof at once, its prompts only when asked for after the warning."""
    found = AssetVersion.objects.filter(
        project=request.project, pk=version_id, asset__kind=AssetKind.RED_TEAM
    )
    version = found.select_related("asset").first()
    if version is None:
        raise NotFound("corpus_not_found", _("There is no such red-team corpus in this project."))
    proof = _proof(version)
    shown = request.GET.get("show") == "1"
    counts = version.body.get("roles", {})
    context = {
        "version": version,
        "versions": version.asset.versions.order_by("-number")[:20],
        "proof": proof,
        "proof_state": _state(proof, current_quarantine(request.project)),
        "counts": [(role.label, counts.get(role.value, 0)) for role in RedTeamRole],
        "page": keyset(version.red_team_items.all(), request.GET, order=("pk",)) if shown else None,
    }
    return render(request, "curation/red_team_detail.html", context)


def _proof(version: AssetVersion) -> DisjointnessProof | None:
    return version.proofs.select_related("quarantine").order_by("-quarantine__number", "-pk").first()


def _state(proof: DisjointnessProof | None, quarantine: AssetVersion) -> str:
    if proof is None or proof.quarantine_id != quarantine.pk:
        return STALE
    return BROKEN if proof.violations else PROVED


@project_view("curation.manage")
@require_POST
def publish(request: ProjectRequest) -> HttpResponseRedirect:
    """A version of a corpus, from a file."""
    upload, name = request.FILES.get("file"), request.POST.get("name", "").strip()
    try:
        if upload is None or not name:
            raise Refused("nothing_to_add", _("Name the corpus and choose a file."))
        if (upload.size or 0) > LARGEST_FILE:
            raise Refused("file_too_large", _("The file is larger than 8 MB."))
        text = text_of(upload.read())
        entries = read_corpus(text, form_of(upload.name or name), role=request.POST.get("role", ""))
        said = {key: request.POST.get(key, "").strip()[:400] for key in ("licence", "source", "warning")}
        version = publish_corpus(
            who=request.user, project=request.project, name=name, entries=entries, facts=CorpusFacts(**said)
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("curation:red_team", slug=request.project.slug)
    messages.success(request, _("Version %(number)d is in force.") % {"number": version.number})
    return redirect("curation:corpus", slug=request.project.slug, version_id=version.pk)
