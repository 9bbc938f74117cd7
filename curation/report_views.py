"""The page on which a lead marks what redaction missed in a conversation, or replaced wrongly."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import ProjectRequest, project_view
from core.errors import NotFound, Refused
from core.privacy.surrogates import SURROGATE
from curation.actions.report_redaction import report_false_hit, report_miss
from curation.actions.reredact import start_reredaction
from curation.bodies import load
from curation.conversation import Conversation
from curation.models import ConversationVersion, Trace
from curation.rule_forms import FalseHitForm, FindForm, MissForm
from curation.ruling.places import Place, at, find, texts, uncut

AROUND, CHOICES = 80, 200
ROLES = {"system": _("System"), "user": _("User"), "assistant": _("Assistant"), "tool": _("Tool")}


@project_view("curation.manage")
@require_http_methods(["GET", "POST"])
def report(request: ProjectRequest, trace_id: uuid.UUID) -> HttpResponse:
    """Find a missed text, look at what was found, report it; or choose a stand-in that is wrong."""
    version = _current(request, trace_id)
    conversation = load(version).conversation
    step = request.POST.get("step", "") if request.method == "POST" else ""
    context: dict[str, Any] = {
        "trace": version.trace,
        "version": version,
        "find": FindForm(_parts(conversation), request.POST if step == "find" else None),
        "wrong": FalseHitForm(_stand_ins(conversation), request.POST if step == "false_hit" else None),
    }
    if step == "find" and context["find"].is_valid():
        context |= _found(conversation, context["find"])
    if step in ("miss", "false_hit"):
        done = _report(request, version, conversation, context, step)
        if done is not None:
            return done
    return render(request, "curation/redaction_report.html", context)


def _current(request: ProjectRequest, trace_id: uuid.UUID) -> ConversationVersion:
    found = (
        Trace.objects.filter(project=request.project, pk=trace_id).select_related("current__trace").first()
    )
    if found is None or found.current is None:
        raise NotFound("trace_not_found", _("There is no such conversation in this project."))
    return found.current


def _parts(conversation: Conversation) -> list[tuple[str, str]]:
    """Messages and the other stores of text, by the beginning of their path."""
    said = [
        (
            f"/messages/{number}/",
            f"{ROLES.get(message['role'], message['role'])}, {_('message')} {number + 1}",
        )
        for number, message in enumerate(conversation["messages"])
    ]
    others = [
        ("/retrieval", _("retrieved passages")),
        ("/tools", _("tools")),
        ("/attributes", _("attributes")),
    ]
    return [*said[:CHOICES], *others]


def _stand_ins(conversation: Conversation) -> list[tuple[str, str]]:
    """Every stand-in once, in its surroundings."""
    seen: dict[str, tuple[str, str]] = {}
    for path, text in texts(conversation):
        for found in SURROGATE.finditer(text):
            around = " ".join(text[max(0, found.start() - 30) : found.end() + 30].split())
            seen.setdefault(found.group(), (f"{found.start()}:{path}", f"{found.group()} ({around})"))
    return list(seen.values())[:CHOICES]


def _found(conversation: Conversation, form: FindForm) -> dict[str, Any]:
    place = find(conversation, form.cleaned_data["text"], form.cleaned_data["within"])
    if place is None:
        form.add_error("text", _("This text is not there. Paste it as it stands, or choose another part."))
        return {}
    initial = {"path": place.path, "start": place.start, "end": place.end}
    return {"place": _shown(place), "miss": MissForm(initial={**initial, "rerun": True})}


def _shown(place: Place) -> dict[str, str]:
    return {
        "path": place.path,
        "before": place.text[uncut(place.text, place.start - AROUND) : place.start],
        "value": place.value,
        "after": place.text[place.end : uncut(place.text, place.end + AROUND)],
    }


def _report(
    request: ProjectRequest,
    version: ConversationVersion,
    conversation: Conversation,
    context: dict[str, Any],
    step: str,
) -> HttpResponse | None:
    form = MissForm(request.POST) if step == "miss" else context["wrong"]
    place = None
    if form.is_valid():
        place = _place(conversation, form.cleaned_data)
    if step == "miss":
        context |= {"miss": form, "place": _shown(place) if place else None}
    if place is None:
        return None
    try:
        done = _miss if step == "miss" else _false_hit
        return done(request, version, place, form.cleaned_data)
    except Refused as refused:
        form.add_error(None, str(refused))
        return None


def _place(conversation: Conversation, said: dict[str, Any]) -> Place | None:
    if "place" in said:
        start, _sep, path = said["place"].partition(":")
        return at(conversation, path, int(start), int(start) + 2)
    return at(conversation, said["path"], said["start"], said["end"])


def _miss(
    request: ProjectRequest, version: ConversationVersion, place: Place, said: dict[str, Any]
) -> HttpResponse:
    if said["erase"] and not said["reason"].strip():
        raise Refused(
            "no_reason", _("Destroying earlier versions needs a reason; it is all that stays of them.")
        )
    report_miss(
        who=request.user, project=request.project, version=version, place=place, identifier=said["identifier"],
        example=said["example"],
    )  # fmt: skip
    messages.success(request, _("This value is replaced in everything that comes in from now on."))
    if not (said["rerun"] or said["erase"]):
        return redirect("curation:rules", request.project.slug)
    run = start_reredaction(
        who=request.user, project=request.project, erase=said["erase"], reason=said["reason"]
    )
    return redirect("curation:rules_run", request.project.slug, run.pk)


def _false_hit(
    request: ProjectRequest, version: ConversationVersion, place: Place, said: dict[str, Any]
) -> HttpResponse:
    report_false_hit(
        who=request.user,
        project=request.project,
        version=version,
        place=place,
        example=said["example"],
    )
    messages.success(request, _("This value stays as it is in everything that comes in from now on."))
    return redirect("curation:rules", request.project.slug)
