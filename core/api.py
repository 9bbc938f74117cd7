"""What every API endpoint shares: cursor pages and RFC 9457 problem documents."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.views import exception_handler

from core.errors import Refused

PROBLEM = "application/problem+json"
RETRY_SECONDS = 2
CANNOT_BE_TAKEN: list[tuple[type[Exception], str]] = [
    (RecursionError, "The JSON is nested too deeply."),
    (UnicodeEncodeError, "A text holds half a surrogate pair; send the whole pair or the character itself."),
    (DataError, "A value is longer or larger than its field takes."),
]
"""What no serializer notices and the parser or PostgreSQL does: the sender's fault, said without the value."""


class CursorPage(CursorPagination):
    """Keyset pages, newest first; they stay fast at millions of rows."""

    ordering: Any = "-created_at"
    page_size = 50
    max_page_size = 500
    offset_cutoff = 1_000_000
    """Rows of equal first value are told apart by an offset; DRF's 1,000 would repeat a page for ever beyond that."""
    page_size_query_param = "page_size"

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any] | None:
        """A cursor that names no place of this list is refused, wherever the list notices it."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, ValidationError, DataError) as error:
            raise exceptions.NotFound(self.invalid_cursor_message) from error


def _problem(status: int, code: str, detail: str, **more: Any) -> Response:
    body = {
        "type": f"urn:winnow:problem:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "detail": detail,
    }
    return Response({**body, **more}, status=status, content_type=PROBLEM)


NOT_OF_ITS_FORM = (
    "A filter or an id is not of its form: an id is a UUID, a count is digits, a time is ISO 8601."
)


def _sayable(detail: Any) -> Any:
    """An error may quote what was sent; half a surrogate pair in it cannot be written into an answer."""
    if isinstance(detail, dict):
        return {_sayable(str(name)): _sayable(inner) for name, inner in detail.items()}
    if isinstance(detail, list):
        return [_sayable(inner) for inner in detail]
    if not isinstance(detail, str):
        return detail
    return str(detail).encode("utf-8", "backslashreplace").decode()


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every error says what, where and what to do."""
    if isinstance(error, Refused):
        said = _sayable({"detail": error.message, "hint": error.hint, **error.context})
        problem = _problem(error.status, error.code, **said)
        if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
            problem["Retry-After"] = str(RETRY_SECONDS)
        return problem
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    for kinds, said in CANNOT_BE_TAKEN:
        if isinstance(error, kinds):
            error = exceptions.ParseError(said)
    if isinstance(error, ValidationError):  # Django's own message would quote what was sent
        error = exceptions.ValidationError([NOT_OF_ITS_FORM])
    response = exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return response
    detail = error.detail if isinstance(error.detail, str) else "The request has fields that cannot be taken."
    more = {} if isinstance(error.detail, str) else {"errors": _sayable(error.detail)}
    problem = _problem(response.status_code, str(error.default_code), str(detail), **more)
    for header in ("WWW-Authenticate", "Retry-After"):
        if header in response:
            problem[header] = response[header]
    return problem
