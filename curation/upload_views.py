"""Take a file in from the browser: see the first rows as they would be read, then store them.

The file stays in memory: what came in is nowhere written before it was redacted, not even to a temporary file.
"""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler, SkipFile
from django.db import Error as DatabaseFault
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from accounts.access import ProjectRequest, project_view
from core.errors import Refused, Unavailable
from curation.actions.cleaned import cleaned
from curation.actions.ingest_file import UPLOADED, ingest_stream
from curation.formats.files import AUTO, FORMATS
from curation.ingest.files import defaults_now, open_file, preview
from curation.ingest.transport import Busy, gate
from curation.ingest_views import tabs
from curation.models import IngestBatch, TrainingUse

LARGEST = 20 << 20
MULTIPART = 1 << 16
"""What the form around the file may add to the length of a request."""
UNFINISHED = timedelta(minutes=30)


class InMemory(MemoryFileUploadHandler):
    """Keeps a file of up to `LARGEST` bytes in memory and drops a larger one unread."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        """Files of any size pass here and nowhere else."""
        self.activated = True
        self.too_large = content_length > LARGEST + MULTIPART

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        if self.too_large:
            raise SkipFile
        super().new_file(*args, **kwargs)


@csrf_exempt
@project_view("trace.ingest")
@require_http_methods(["GET", "POST"])
def upload(request: ProjectRequest) -> HttpResponseBase:
    """The form, a preview of the chosen file, or its way in. Handlers are set before the form is first read."""
    request.upload_handlers = [InMemory(request)]
    return _answer(request)


@csrf_protect
def _answer(request: HttpRequest) -> HttpResponseBase:
    asked = cast(ProjectRequest, request)
    if asked.method == "GET":
        return render(asked, "curation/upload.html", _form(asked))
    try:
        chosen = _file(asked)
        if asked.POST.get("step") == "take":
            return _take(asked, chosen)
        context = {"preview": _preview(asked, chosen), "name": chosen.name}
    except Refused as refused:
        context = {"refused": refused}
    if asked.headers.get("HX-Request"):
        return render(asked, "curation/_upload_outcome.html", context)
    status = 200 if "preview" in context else 422
    return render(asked, "curation/upload.html", {**_form(asked), **context}, status=status)


@project_view("trace.ingest")
def upload_progress(request: ProjectRequest) -> HttpResponse:
    """How many rows of the upload under way are done, for the page that waits for it."""
    running = IngestBatch.objects.filter(
        project=request.project,
        route=UPLOADED,
        finished_at=None,
        received_at__gte=timezone.now() - UNFINISHED,
    )
    counts = (
        running.order_by("-received_at")
        .values_list("accepted", "redelivered", "conflicting", "refused")
        .first()
    )
    return JsonResponse({"rows": sum(counts) if counts else 0})


def _form(request: ProjectRequest) -> dict[str, Any]:
    uses = [(choice.value, choice.label) for choice in TrainingUse]
    return {
        "formats": [(form.name, form.title) for form in FORMATS.values()],
        "uses": uses,
        "default_use": dict(uses).get(request.project.training_use_default, ""),
        "given": request.POST.dict()
        | {"service": cleaned(request.POST.get("service", ""), project=request.project)},
        "largest": LARGEST,
        "tabs": tabs(request.project.slug, "ingest"),
    }


def _file(request: ProjectRequest) -> UploadedFile[Any]:
    chosen = request.FILES.get("file")
    if int(request.headers.get("Content-Length") or 0) > LARGEST + MULTIPART:
        raise Refused("file_too_large", _("The file is larger than a browser may send here."),
                      hint=_("Use one of the two commands on this page; they take files of any size."))  # fmt: skip
    if not isinstance(chosen, UploadedFile) or not chosen.size:
        raise Refused("no_file", _("There is no file, or it is empty."), hint=_("Choose a file of traces."))
    return chosen


def _bytes(chosen: UploadedFile[Any]) -> BytesIO:
    chosen.seek(0)
    return BytesIO(chosen.read())


def _preview(request: ProjectRequest, chosen: UploadedFile[Any]) -> Any:
    name = chosen.name or "upload"
    opened = open_file(_bytes(chosen), place=name, form=request.POST.get("format", AUTO))
    defaults = defaults_now(request.POST.get("service", "").strip())
    return preview(opened, project_id=request.project.pk, place=name, defaults=defaults)


def _take(request: ProjectRequest, chosen: UploadedFile[Any]) -> HttpResponse:
    use = request.POST.get("training_use", "")
    if use not in ("", *TrainingUse.values):
        raise Refused("wrong_value", _("This training use is not known."), hint=", ".join(TrainingUse.values))
    try:
        with gate.enter():
            report, _form_name = ingest_stream(
                who=request.user, project=request.project, stream=_bytes(chosen), name=chosen.name or "upload",
                size=chosen.size or 0, training_use=use, form=request.POST.get("format", AUTO), route=UPLOADED,
                defaults=defaults_now(request.POST.get("service", "").strip()),
            )  # fmt: skip
    except Busy as busy:
        raise Refused("busy", str(busy), hint=_("Send the file again in a moment.")) from busy
    except DatabaseFault as fault:
        raise Unavailable("storage_away", _("The database is away; what was taken before is kept."),
                          hint=_("Send the file again in a moment; nothing is taken twice.")) from fault  # fmt: skip
    page = reverse("curation:batch", args=[request.project.slug, report.batch_id])
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": page})
    return redirect(page)
