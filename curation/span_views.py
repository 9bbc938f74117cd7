"""The raw side of a trace: its span tree, one span with its attributes, the normal form as a file, two versions compared."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.access import ProjectRequest, project_view
from core.errors import NotFound
from core.plots import TimeAxis, strip, time_axis
from core.rendering.markdown import plain
from core.rendering.parts import as_text
from curation.bodies import load, unpacked
from curation.formats.genai import MODEL_OPERATIONS
from curation.models import ConversationVersion, Span, Trace
from curation.version_changes import transcript
from curation.waterfall import LOG, SpanLine, Waterfall, waterfall

LONG = 400
NAMED = "0" * 64
COLOURS = {"chat": "p-s1", "text_completion": "p-s1", "generate_content": "p-s1", "embeddings": "p-s3", "retrieval": "p-s3",
           "execute_tool": "p-s2", "invoke_agent": "p-s4", LOG: "p-neutral"}  # fmt: skip
OTHER = "p-neutral"
CALL = "chat"


@dataclass(frozen=True)
class Drawn:
    """A line of the waterfall and its bar."""

    line: SpanLine
    bar: SafeString


@dataclass(frozen=True)
class Attribute:
    """One attribute as text with its chips; a long one is folded, one that lies in storage is named by its `blob`."""

    name: str
    html: SafeString
    characters: int
    blob: str = ""

    @property
    def long(self) -> bool:
        """Whether it is folded at first."""
        return self.characters > LONG


@project_view("trace.read")
def span_tree(request: ProjectRequest, trace_id: uuid.UUID) -> HttpResponse:
    """The waterfall of one trace, as a part of its page that loads when it is scrolled to."""
    trace = trace_of(request, trace_id)
    inside = request.headers.get("HX-Request") == "true"
    return render(
        request, "curation/_trace_spans.html" if inside else "curation/trace_spans.html", tree_context(trace)
    )


def tree_context(trace: Trace) -> dict[str, Any]:
    """What the waterfall shows; the facts of its calls are those of the current conversation."""
    first = trace.versions.order_by("number").values_list("created_at", flat=True).first()
    tree = waterfall(trace, _calls(trace), first)
    axis = time_axis(tree.total)
    return {
        "trace": trace,
        "tree": tree,
        "axis": axis,
        "drawn": [_drawn(line, axis) for line in tree.lines],
        "orphans": {parent: [_drawn(line, axis) for line in lines] for parent, lines in tree.orphans.items()},
        "kinds": _legend(tree),
    }


@project_view("trace.read")
def span(request: ProjectRequest, trace_id: uuid.UUID, span_id: str) -> HttpResponse:
    """Everything one span said, after redaction: a part of the tree, or a page of its own."""
    trace = trace_of(request, trace_id)
    row = Span.objects.filter(day=trace.day, trace_id=trace.pk, span_id=span_id).first()
    if row is None:
        raise NotFound(
            "span_not_found",
            "There is no such span in this trace.",
            hint="It may be past its retention time.",
        )
    context = {"trace": trace, "row": row, **_told(unpacked(row.body))}
    inside = request.headers.get("HX-Request") == "true"
    return render(request, "curation/_span_body.html" if inside else "curation/span_detail.html", context)


@project_view("trace.read")
def normal_form(request: ProjectRequest, trace_id: uuid.UUID) -> HttpResponse:
    """The conversation with its marks as JSON, a file to keep; `?version=` takes an earlier one."""
    version = version_of(trace_of(request, trace_id), request.GET.get("version", ""))
    stored = load(version)
    body = orjson.dumps(
        {"trace": str(version.trace_id), "version": version.number, "conversation": stored.conversation,
         "marks": stored.marks},
        option=orjson.OPT_INDENT_2,
    )  # fmt: skip
    response = HttpResponse(body, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="trace-{trace_id}-v{version.number}.json"'
    return response


@project_view("trace.read")
def compared(request: ProjectRequest, trace_id: uuid.UUID) -> HttpResponse:
    """The words of `?version=` beside those of the version before it."""
    trace = trace_of(request, trace_id)
    after = version_of(trace, request.GET.get("version", ""))
    before = version_of(trace, str(after.number - 1))
    context = {
        "trace": trace,
        "before": before,
        "after": after,
        "texts": (transcript(load(before).conversation), transcript(load(after).conversation)),
    }
    return render(request, "curation/trace_compared.html", context)


def trace_of(request: ProjectRequest, trace_id: uuid.UUID) -> Trace:
    """The trace of this project, or the same refusal a stranger gets."""
    found = Trace.objects.filter(project=request.project, pk=trace_id).select_related("current").first()
    if found is None:
        raise NotFound("trace_not_found", "There is no such trace in this project.")
    return found


def scope_of(trace: Trace) -> str:
    """The instrumentation a trace came by: the scope of its first model call, or of its first span."""
    rows = Span.objects.filter(day=trace.day, trace_id=trace.pk).exclude(kind=LOG)
    row = (
        rows.filter(kind__in=MODEL_OPERATIONS).order_by("started_at").first()
        or rows.order_by("started_at").first()
    )
    return str(unpacked(row.body).get("scope", "")) if row else ""


def files_of(slug: str) -> str:
    """The address under which a project's long values and files are fetched by their sha256."""
    return reverse("curation:blob", args=[slug, NAMED]).removesuffix(f"{NAMED}/")


def version_of(trace: Trace, number: str) -> ConversationVersion:
    """The version of that number, the current one where none is named."""
    wanted = (
        trace.versions.filter(number=int(number))
        if number.isdecimal()
        else trace.versions.order_by("-number")
    )
    found = wanted.first()
    if found is None:
        raise NotFound("version_not_found", "This trace has no such version.")
    return found


def _calls(trace: Trace) -> list[Mapping[str, Any]]:
    try:
        return list(load(trace.current).conversation["calls"]) if trace.current else []
    except NotFound:
        return []


def _drawn(line: SpanLine, axis: TimeAxis) -> Drawn:
    colour = "p-dropped" if line.status == "error" else COLOURS.get(_kind(line), OTHER)
    length = None if line.is_log else line.length
    return Drawn(line, strip(axis, line.start, length, tick=line.call.get("ttft_ms"), colour=colour))


def _legend(tree: Waterfall) -> list[tuple[str, str]]:
    """The kinds that occur with their colours, in the order of the table above."""
    kinds = {_kind(line) for line in tree.lines} | {
        _kind(line) for group in tree.orphans.values() for line in group
    }
    named = [(kind, colour) for kind, colour in COLOURS.items() if kind in kinds]
    return named + ([(str(_("other")), OTHER)] if kinds - COLOURS.keys() else [])


def _kind(line: SpanLine) -> str:
    """Its kind; a span that was read as a model call is one, whatever its instrumentation called it."""
    return line.kind if line.kind in COLOURS or not line.call else CALL


def _told(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "attributes": list(_attributes(body.get("attributes", {}))),
        "resource": list(_attributes(body.get("resource", {}))),
        "scope": body.get("scope", ""),
        "status_message": body.get("status_message", ""),
        "events": [
            {"name": event.get("name", ""), "attributes": list(_attributes(event.get("attributes", {}))),
             "after": max(0.0, (event.get("time", 0) - body.get("start", 0)) / 1e6)}
            for event in body.get("events", ())
        ],
    }  # fmt: skip


def _attributes(values: Mapping[str, Any]) -> Iterator[Attribute]:
    for name in sorted(values):
        value = values[name]
        text = "" if value is None else as_text(value) if isinstance(value, str | dict | list) else str(value)
        stored = value.get("blob") if isinstance(value, dict) and len(value) == 1 else None
        blob = str(stored.get("sha256", "")) if isinstance(stored, dict) else ""
        yield Attribute(name, plain(text), len(text), blob)
