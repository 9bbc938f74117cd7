"""The lineage page."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.access import ProjectRequest, project_view
from core.rendering.chat import from_chat
from snapshots.canonical import read_row
from web.lineage.parts import Stage
from web.lineage.stages import stages_of
from web.lineage.thread import Thread, thread_of


def _line(stages: list[Stage], kind: str) -> list[dict[str, Any]]:
    steps = []
    for stage in stages:
        step: dict[str, Any] = {"kind": stage.title, "label": stage.short}
        if stage.key == kind:
            step["current"] = True
        elif stage.total:
            step["href"] = f"#{stage.key}"
        steps.append(step)
    return steps


def row_text(thread: Thread) -> Mapping[str, Any] | None:
    """What the row says, as messages; None for other things, {} once it was erased."""
    if thread.row is None:
        return None
    if thread.row.content.body is None:
        return {}
    row = read_row(bytes(thread.row.content.body))
    fields = ("messages",) if row.get("kind") == "sft" else ("prompt", "chosen", "rejected")
    return {name: from_chat(row.get(name) or ()) for name in fields}


@project_view("lineage.read")
def lineage(request: ProjectRequest, kind: str, identity: str) -> HttpResponse:
    """From wherever one stands to both ends of the line."""
    project = request.project
    thread = thread_of(project, kind, identity)
    stages = stages_of(thread, project)
    titles = {
        "row": _("Training row %s"), "trace": _("Trace %s"), "snapshot": _("Snapshot %s"),
        "run": _("Run %s"), "model": _("Model %s"),
    }  # fmt: skip
    context = {
        "title": titles[kind] % thread.label,
        "kind": kind,
        "stages": stages,
        "steps": _line(stages, kind),
        "row": thread.row,
        "text": row_text(thread),
    }
    return render(request, "web/lineage.html", context)
