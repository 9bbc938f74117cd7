"""`POST /v1/traces`, `/v1/logs`, `/v1/metrics`: OTLP over HTTP, protobuf and JSON (OTLP specification 1.x).

The same lies under `/api/public/otel`, where Langfuse's SDK sends with Basic auth. Whatever stops a batch, even a
fault of ours or a limit of the token, answers 503 with Retry-After: SDKs drop the batch on 429 and, in newer
versions, on 500 (measured). A broken part refuses itself, not its batch.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseFault
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.models import ApiToken
from accounts.tokens import use_token
from core.errors import Refused, place_of
from curation.actions.ingest_batch import Report, ingest_batch
from curation.actions.ingest_metrics import ingest_metrics
from curation.formats.otlp import Malformed
from curation.formats.problem import BrokenRow, RowProblem
from curation.ingest.items import read_otlp
from curation.ingest.limits import Limited, admitted
from curation.ingest.log_items import read_log_items
from curation.ingest.points import read_point_items
from curation.ingest.transport import Busy, TooLarge, Undecodable, gate, read_body
from curation.otlp_answers import JSON, POINTS, PROTOBUF, RECORDS, SPANS, Answer, accepted, fault

log = structlog.get_logger(__name__)
EXPECTED = (Busy, DatabaseFault, ImproperlyConfigured, OSError)
PLACE = "request"
HELD = 4_096
"""Items of one request in memory at once: a body of 20 MB holds 30,000 spans, half a gigabyte of them."""
PUBLIC = "/api/public/"
"""Where Langfuse's SDK sends: it knows Basic auth only."""


@dataclass(frozen=True, slots=True)
class Route:
    """One kind of telemetry: how a body is read, how its items are stored, how it is answered."""

    name: str
    answer: Answer
    read: Callable[[ApiToken, bytes, bool], Iterator[Any]]
    store: Callable[[ApiToken, Iterable[Any], int], Report]


@csrf_exempt
@require_POST
def traces(request: HttpRequest) -> HttpResponse:
    """Take a batch of spans in; 200 only after it is committed."""
    return _answer(request, TRACES)


@csrf_exempt
@require_POST
def logs(request: HttpRequest) -> HttpResponse:
    """Take a batch of log records in; they join their spans whichever comes first."""
    return _answer(request, LOGS)


@csrf_exempt
@require_POST
def metrics(request: HttpRequest) -> HttpResponse:
    """Take a batch of data points in."""
    return _answer(request, METRICS)


def _answer(request: HttpRequest, route: Route) -> HttpResponse:
    kind = (request.content_type or "").lower()
    if kind not in (PROTOBUF, JSON):
        return fault(PROTOBUF, 415, 3, f"Send {PROTOBUF} or {JSON}.")
    try:
        return _take(request, kind, route)
    except TooLarge as error:
        return fault(kind, 413, 8, f"{error} Send smaller batches.")
    except (Undecodable, Malformed) as error:
        return fault(kind, 400, 3, str(error))
    except Limited as limited:
        return fault(kind, 503, 8, str(limited), wait=limited.retry_after)
    except Refused as refused:
        return fault(kind, refused.status, 14 if refused.status == 503 else 7, str(refused))
    except Exception as error:
        level = log.warning if isinstance(error, EXPECTED) else log.error
        level("otlp.unavailable", error=type(error).__name__, place=place_of(error))
        return fault(kind, 503, 14, "Nothing of this batch was stored; send it again in a moment.")


def _take(request: HttpRequest, kind: str, route: Route) -> HttpResponse:
    token = _token(request)
    if token is None:
        log.warning("otlp.turned_away", reason="no token that may ingest")
        response = fault(
            kind, 401, 16, "Send a project token that may ingest as Authorization: Bearer wnw_…, or as the"
            " password of Basic auth.",
        )  # fmt: skip
        response["WWW-Authenticate"] = "Basic" if request.path.startswith(PUBLIC) else "Bearer"
        return response
    body = read_body(
        request, encoding=request.headers.get("Content-Encoding", ""), limit=settings.MAX_OTLP_BYTES
    )
    with gate.enter():
        items, number = _read(token, body, kind, route)
        with admitted(token, number):
            report = route.store(token, items, len(body))
    return accepted(kind, route.answer, report)


def _read(token: ApiToken, body: bytes, kind: str, route: Route) -> tuple[Iterable[Any], int]:
    """The items and how many; those of a large body are counted first and then read once more, as they are stored.

    A body of which nothing can be read is on record as one refused row before Malformed goes on.
    """
    try:
        items = route.read(token, body, kind == JSON)
        held = list(islice(items, HELD))
        if len(held) < HELD:
            return held, len(held)
        return chain(held, items), sum(1 for _ in route.read(token, body, kind == JSON))
    except Malformed as error:
        hint = "Check that the exporter speaks OTLP over HTTP and that Content-Type names its encoding."
        whole = BrokenRow(
            RowProblem(PLACE, None, "", "malformed_request", str(error), hint), body, whole=True
        )
        with admitted(token, 1):
            ingest_batch(who=token, project=token.project, route=route.name, items=[whole], size=len(body))
        raise


def _token(request: HttpRequest) -> ApiToken | None:
    """The token of Bearer auth, or the password of Basic auth: who is named as user does not matter."""
    match request.headers.get("Authorization", "").split():
        case [scheme, secret] if scheme.lower() == "bearer":
            return use_token(secret)
        case [scheme, packed] if scheme.lower() == "basic":
            return use_token(_password(packed))
    return None


def _password(packed: str) -> str:
    try:
        return base64.b64decode(packed, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _store_spans(token: ApiToken, items: Iterable[Any], size: int, route: str) -> Report:
    return ingest_batch(who=token, project=token.project, route=route, items=items, size=size)


TRACES = Route(
    "otlp", SPANS,
    lambda token, body, as_json: read_otlp(body, as_json=as_json, place=PLACE),
    lambda token, items, size: _store_spans(token, items, size, "otlp"),
)  # fmt: skip
LOGS = Route(
    "logs", RECORDS,
    lambda token, body, as_json: read_log_items(
        body, as_json=as_json, place=PLACE, project_id=token.project_id
    ),
    lambda token, items, size: _store_spans(token, items, size, "logs"),
)  # fmt: skip
METRICS = Route(
    "metrics", POINTS,
    lambda token, body, as_json: read_point_items(body, as_json=as_json, place=PLACE),
    lambda token, items, size: ingest_metrics(who=token, project=token.project, items=items, size=size),
)  # fmt: skip
