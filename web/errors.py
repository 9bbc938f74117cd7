"""Error pages: what happened, what to do, and an id to quote. They need no database."""

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def _page(
    request: HttpRequest, status: int, title: str, text: str, template: str = "web/error.html"
) -> HttpResponse:
    context = {
        "status": status,
        "title": title,
        "text": text,
        "request_id": request.META.get("WINNOW_REQUEST_ID", ""),
    }
    return HttpResponse(render_to_string(template, context, request), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    text = _(
        "The browser sent something this page does not understand. Go back, reload the page and try again."
    )
    return _page(request, 400, _("That request did not make sense"), text)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 that is not a refusal of ours, for example a form older than its session."""
    text = _(
        "The form may be older than your session. Go back, reload the page and send it again; "
        "what you typed is still there."
    )
    return _page(request, 403, _("That was not allowed"), text)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    text = _("The address may be mistyped, or what was here belongs to a project you are not a member of.")
    return _page(request, 404, _("There is nothing here"), text)


def fault(request: HttpRequest, *args: Any) -> HttpResponse:
    """500, or 503 while the database is away: rendered without context processors, as one of them may be what failed."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    if away:
        status, title = 503, _("The database does not answer")
        text = _("Nothing you sent was half done, and nothing is lost. Wait a moment and try again.")
    else:
        status, title = 500, _("Something broke on our side")
        text = _(
            "It was logged. Nothing you sent was half done: a change either happened as a whole or not at all."
        )
    request_id = request.META.get("WINNOW_REQUEST_ID", "")
    response: HttpResponse
    if request.path.startswith("/api/v1/"):
        code = "unavailable" if away else "fault"
        problem = {
            "type": f"urn:winnow:problem:{code}",
            "title": str(title),
            "status": status,
            "detail": str(text),
        }
        response = JsonResponse(
            {**problem, "request_id": request_id}, status=status, content_type="application/problem+json"
        )
    else:
        context = {
            "status": status,
            "title": title,
            "text": text,
            "request_id": request_id,
            "whole_window": True,
        }
        response = HttpResponse(render_to_string("web/error.html", context), status=status)
    if away:
        response["Retry-After"] = "5"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is missing or old."""
    return forbidden(request)
