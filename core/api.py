"""What every API endpoint shares: cursor pages and RFC 9457 problem documents."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.views import exception_handler

from core.errors import Refused

PROBLEM = "application/problem+json"


class CursorPage(CursorPagination):
    """Keyset pages, newest first; they stay fast at millions of rows."""

    ordering: Any = "-created_at"
    page_size = 50
    max_page_size = 500
    offset_cutoff = 1_000_000
    """Rows of equal first value are told apart by an offset; DRF's 1,000 would repeat a page for ever beyond that."""
    page_size_query_param = "page_size"


def _problem(status: int, code: str, detail: str, **more: Any) -> Response:
    body = {"type": f"urn:winnow:problem:{code}", "title": code.replace("_", " "), "status": status, "detail": detail}
    return Response({**body, **more}, status=status, content_type=PROBLEM)


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every error says what, where and what to do."""
    if isinstance(error, Refused):
        return _problem(error.status, error.code, error.message, hint=error.hint, **error.context)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, ValidationError):  # a filter was given something that is no id or number
        error = exceptions.ValidationError(error.messages)
    response = exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return response
    detail = error.detail if isinstance(error.detail, str) else "The request has fields that cannot be taken."
    more = {} if isinstance(error.detail, str) else {"errors": error.detail}
    problem = _problem(response.status_code, str(error.default_code), str(detail), **more)
    for header in ("WWW-Authenticate", "Retry-After"):
        if header in response:
            problem[header] = response[header]
    return problem
