"""The quarantine: its sets, how far re-screening is, what was caught, and a caught span beside the item with a ruling on it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import ProjectRequest, project_view
from accounts.models import Project
from accounts.permissions import may, require
from core import embedding
from core.errors import NotFound, Refused
from core.paging import keyset
from core.params import whole_number
from curation.actions.flag_by_meaning import answer_flag
from curation.actions.quarantine import SetFacts, publish_quarantine, read_quarantine_text
from curation.actions.rule_hit import latest_ruling, rule_hit, second_ruling
from curation.actions.screening import current_quarantine
from curation.bodies import load_many
from curation.held_out_files import form_of, text_of
from curation.hit_walk import ALL, LOOKS, hits_of, neighbours
from curation.models import AssetVersion, MeaningFlag, QuarantineItem, QuarantineSet, Screening, SetRole
from curation.quarantine_state import standing
from curation.side_by_side import excerpts, shared

NEWEST = ("-pk",)
LARGEST_FILE = 32 << 20
VERSIONS = 20
FLAGS = 20


@project_view("curation.read")
@require_http_methods(["GET", "POST"])
def quarantine(request: ProjectRequest) -> HttpResponse:
    """Sets of the current version and its hits, newest first; a lead adds a set by file or by pasting."""
    if request.method == "POST":
        return _add(request)
    current = current_quarantine(request.project)
    if request.headers.get("HX-Request"):
        return render(request, "curation/_quarantine_progress.html", {"standing": standing(current)})
    chosen, look = _listed(request)
    hits = hits_of(current, set_name=chosen, look=look)
    page = keyset(
        hits.select_related("item", "version__trace", "version__curation"), request.GET, order=NEWEST
    )
    context = {
        "current": current,
        "sets": _sets(current),
        "versions": current.asset.versions.order_by("-number")[:VERSIONS],
        "roles": SetRole.choices,
        "settings": current.body.get("settings", {}),
        "standing": standing(current),
        "chosen": chosen,
        "look": look,
        "looks": _look_tabs(request, chosen, look),
        "flags": _open_flags(request.project),
        "embeds": embedding.available(),
        "page": page,
        "may_manage": may(request.user, "curation.manage", request.project),
    }
    return render(request, "curation/quarantine_list.html", context)


@project_view("curation.read")
def hit(request: ProjectRequest, screening_id: int) -> HttpResponse:
    """One content's hits: the span, marked, beside the quarantined item, and what people said about it."""
    one = _screening(request, screening_id)
    hits = list(one.hits.select_related("item").order_by("-score", "pk"))
    chosen = next((found for found in hits if str(found.pk) == request.GET.get("of")), hits[0])
    stored = load_many([one.version]).get(one.version.pk) if one.version else None
    held = chosen.item.answer if chosen.evidence.get("of") == "answer" else chosen.item.text
    found = excerpts(stored.conversation, chosen.evidence, held) if stored else []
    ruling = latest_ruling(chosen)
    set_name, look = _listed(request)
    before, after = neighbours(hits_of(one.quarantine, set_name=set_name, look=look), one)
    context = {
        "before": before,
        "after": after,
        "within": urlencode({"set": set_name, "look": look}),
        "screening": one,
        "hits": hits,
        "hit": chosen,
        "set": QuarantineSet.objects.filter(project=request.project, name=chosen.item.set_name).first(),
        "excerpts": found,
        "held": shared(held, "\n".join(piece.text for one in found for piece in one.pieces)) if found else [],
        "held_text": held,
        "ruling": ruling,
        "mine": ruling is not None and ruling.ruled_by_id == request.user.pk,
        "may_manage": may(request.user, "curation.manage", request.project),
    }
    return render(request, "curation/quarantine_detail.html", context)


@project_view("curation.manage")
@require_POST
def rule(request: ProjectRequest, screening_id: int) -> HttpResponseRedirect:
    """Confirm, clear or second one hit."""
    one = _screening(request, screening_id)
    chosen = one.hits.select_related("item").filter(pk=whole_number(request.POST.get("hit"))).first()
    if chosen is None:
        raise NotFound("hit_not_found", _("There is no such quarantine hit in this project."))
    try:
        decision = request.POST.get("decision", "")
        if decision == "second":
            ruling = second_ruling(who=request.user, hit=chosen)
        else:
            ruling = rule_hit(
                who=request.user, hit=chosen, decision=decision, reason=request.POST.get("reason", "")
            )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, _("Another lead has to agree.") if ruling.waits else _("Your word is on record.")
        )
    target = redirect("curation:hit", slug=request.project.slug, screening_id=one.pk)
    set_name, look = _listed(request)
    target["Location"] += "?" + urlencode({"of": chosen.pk, "set": set_name, "look": look})
    return target


@project_view("curation.manage")
@require_POST
def answer(request: ProjectRequest, flag_id: int) -> HttpResponseRedirect:
    """Say whether a flagged question is a held-out task in other words."""
    flags = MeaningFlag.objects.filter(project=request.project, pk=flag_id)
    flag = flags.select_related("project", "item", "version").first()
    if flag is None:
        raise NotFound("flag_not_found", _("There is no such flag in this project."))
    try:
        answer_flag(who=request.user, flag=flag, answer=request.POST.get("answer", ""))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Your word is on record."))
    return redirect("curation:quarantine", slug=request.project.slug)


def _open_flags(project: Project) -> QuerySet[MeaningFlag]:
    """The flags nobody answered, the nearest first."""
    found = MeaningFlag.objects.filter(project=project, answer="").select_related("item", "version")
    return found.order_by("-score", "pk")[:FLAGS]


def _listed(request: ProjectRequest) -> tuple[str, str]:
    """The set and the state of the list one came from."""
    look = request.GET.get("look", "")
    return request.GET.get("set", ""), look if look in LOOKS else ALL


def _look_tabs(request: ProjectRequest, set_name: str, look: str) -> list[dict[str, Any]]:
    address = reverse("curation:quarantine", args=[request.project.slug])
    return [
        {
            "label": label,
            "href": f"{address}?{urlencode({'set': set_name, 'look': name})}#hits",
            "current": name == look,
        }
        for name, label in LOOKS.items()
    ]


def _screening(request: ProjectRequest, screening_id: int) -> Screening:
    found = Screening.objects.filter(project=request.project, pk=screening_id, hits__isnull=False)
    one = found.select_related("version__trace", "quarantine", "project").first()
    if one is None:
        raise NotFound("hit_not_found", _("There is no such quarantine hit in this project."))
    return one


def _sets(current: AssetVersion) -> list[dict[str, Any]]:
    """The sets of this version with their origin, how many items each has and how many of those were caught."""
    origins = {one.name: one for one in QuarantineSet.objects.filter(project=current.project_id)}
    tasks = QuarantineItem.objects.of(current).exclude(answer="")
    with_answers = set(tasks.order_by().values_list("set_name", flat=True).distinct())
    return [
        {"name": name, "items": count, "origin": origins.get(name), "tasks": name in with_answers}
        for name, count in sorted(current.body.get("sets", {}).items())
    ]


def _add(request: ProjectRequest) -> HttpResponseRedirect:
    require(request.user, "curation.manage", request.project)
    upload, pasted = request.FILES.get("items"), request.POST.get("pasted", "")
    name = request.POST.get("set_name", "").strip()
    try:
        if not name or (upload is None and not pasted.strip()):
            raise Refused("nothing_to_add", _("Name the set, and choose a file or paste its items."))
        if upload is not None and (upload.size or 0) > LARGEST_FILE:
            raise Refused("file_too_large", _("The file is larger than 32 MB; add it in parts."))
        if upload is not None:
            text, form = text_of(upload.read()), form_of(upload.name or name)
        else:
            text, form = pasted, "jsonl" if pasted.lstrip().startswith("{") else "text"
        facts = SetFacts(
            role=request.POST.get("role") or SetRole.HELD_OUT, licence=request.POST.get("licence", "").strip(),
            source=request.POST.get("source", "").strip(),
        )  # fmt: skip
        entries = read_quarantine_text(text, name, form)
        version = publish_quarantine(who=request.user, project=request.project, items=entries, facts=facts)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        said = _("Version %(number)d is in force. Everything is screened against it in the background.")
        messages.success(request, said % {"number": version.number})
    return redirect("curation:quarantine", slug=request.project.slug)
