"""Error pages: what happened, what to do, and an id to quote. They need no database."""

from typing import Any

from django.http import HttpRequest, HttpResponse
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
    """500: rendered without context processors, because one of them may be what failed."""
    context = {
        "status": 500,
        "title": _("Something broke on our side"),
        "text": _(
            "It was logged. Nothing you sent was half done: a change either happened as a whole or not at all."
        ),
        "request_id": request.META.get("WINNOW_REQUEST_ID", ""),
        "whole_window": True,
    }
    return HttpResponse(render_to_string("web/error.html", context), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is missing or old."""
    return forbidden(request)
