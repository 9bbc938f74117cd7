"""Request ids for logs and errors, and refusals turned into pages or problem documents."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from core.errors import Refused

REQUEST_ID = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
"""A UUID, with or without dashes: what is logged and answered with must not be able to hold anything else."""
GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestContextMiddleware:
    """Binds a request id (the caller's, when it is well formed) to every log line and answers with it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        request.META["WINNOW_REQUEST_ID"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response


class RefusedMiddleware:
    """Shows a refusal raised by a page's view: what, why, what to do, and an id to quote.

    A zero byte in an address or a form is no text PostgreSQL knows, so no view is asked about it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("a zero byte in the address")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], *_route: Any) -> None:
        """Reads the forms of pages only, as the check against forged requests has done before."""
        if getattr(view, "csrf_exempt", False) or request.method != "POST":
            return
        if any("\x00" in text for values in request.POST.lists() for text in (values[0], *values[1])):
            raise BadRequest("a zero byte in the form")

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Only refusals; anything else is a fault and goes to the 500 page."""
        if not isinstance(exception, Refused):
            return None
        context = {
            "refused": exception,
            "request_id": request.META.get("WINNOW_REQUEST_ID", ""),
            "back": _back(request),
        }
        return render(request, "web/refused.html", context, status=exception.status)


def _back(request: HttpRequest) -> str:
    """The page of ours the person came from; another site's address is not for our pages to repeat."""
    before = request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    return before if ours else "/"
