"""`POST /v1/traces`: OTLP over HTTP, protobuf and JSON (opentelemetry-proto, OTLP specification 1.x).

Whatever stops a batch, even a fault of ours, answers 503 with Retry-After: SDKs drop the batch on 429 and,
in newer versions, on 500 (measured). A broken span refuses itself, not its batch.
"""

from __future__ import annotations

import json

import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseFault
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from accounts.models import ApiToken
from accounts.tokens import use_token
from core.errors import Refused, place_of
from curation.actions.ingest_batch import Report, ingest_batch
from curation.formats.otlp import Malformed
from curation.formats.problem import BrokenRow, RowProblem
from curation.ingest.items import read_otlp
from curation.ingest.transport import Busy, TooLarge, Undecodable, gate, read_body

log = structlog.get_logger(__name__)
PROTOBUF, JSON = "application/x-protobuf", "application/json"
RETRY_SECONDS = 2
ROUTE = "otlp"
EXPECTED = (Busy, DatabaseFault, ImproperlyConfigured, OSError)


@csrf_exempt
@require_POST
def traces(request: HttpRequest) -> HttpResponse:
    """Take a batch of spans in; 200 only after it is committed."""
    kind = (request.content_type or "").lower()
    if kind not in (PROTOBUF, JSON):
        return _fault(PROTOBUF, 415, 3, f"Send {PROTOBUF} or {JSON}.")
    try:
        return _take(request, kind)
    except TooLarge as error:
        return _fault(kind, 413, 8, f"{error} Send smaller batches.")
    except (Undecodable, Malformed) as error:
        return _fault(kind, 400, 3, str(error))
    except Refused as refused:
        return _fault(kind, refused.status, 14 if refused.status == 503 else 7, str(refused))
    except Exception as error:
        level = log.warning if isinstance(error, EXPECTED) else log.error
        level("otlp.unavailable", error=type(error).__name__, place=place_of(error))
        return _fault(kind, 503, 14, "Nothing of this batch was stored; send it again in a moment.")


def _take(request: HttpRequest, kind: str) -> HttpResponse:
    token = _token(request)
    if token is None:
        response = _fault(
            kind, 401, 16, "Send a project token that may ingest as Authorization: Bearer wnw_…."
        )
        response["WWW-Authenticate"] = "Bearer"
        return response
    body = read_body(
        request, encoding=request.headers.get("Content-Encoding", ""), limit=settings.MAX_OTLP_BYTES
    )
    with gate.enter():
        report = _ingest(token, body, kind)
    return _accepted(kind, report)


def _ingest(token: ApiToken, body: bytes, kind: str) -> Report:
    """A body of which nothing can be read is on record as one refused row before Malformed goes on."""
    try:
        items = list(read_otlp(body, as_json=kind == JSON, place="request"))
    except Malformed as error:
        hint = "Check that the exporter speaks OTLP over HTTP and that Content-Type names its encoding."
        whole = BrokenRow(RowProblem("request", None, "", "malformed_request", str(error), hint), body)
        ingest_batch(who=token, project=token.project, route=ROUTE, items=[whole], size=len(body))
        raise
    return ingest_batch(who=token, project=token.project, route=ROUTE, items=items, size=len(body))


def _token(request: HttpRequest) -> ApiToken | None:
    words = request.headers.get("Authorization", "").split()
    return use_token(words[1]) if len(words) == 2 and words[0].lower() == "bearer" else None


def _accepted(kind: str, report: Report) -> HttpResponse:
    rejected = report.refused + report.conflicting
    first = "; ".join(str(problem) for problem in report.problems[:3])
    message = f"{rejected} spans were not taken: {first}" if rejected else ""
    if kind == JSON:
        partial = (
            {"partialSuccess": {"rejectedSpans": str(rejected), "errorMessage": message}} if rejected else {}
        )
        return HttpResponse(json.dumps(partial), content_type=JSON)
    answer = ExportTraceServiceResponse()
    if rejected:
        answer.partial_success.rejected_spans = rejected
        answer.partial_success.error_message = message
    return HttpResponse(answer.SerializeToString(), content_type=PROTOBUF)


def _fault(kind: str, status: int, code: int, message: str) -> HttpResponse:
    """An error in the request's encoding: google.rpc.Status, whose fields 1 and 2 are code and message."""
    if kind == JSON:
        body = json.dumps({"code": code, "message": message}).encode()
    else:
        text = message.encode()
        body = bytes([0x08, code, 0x12]) + _varint(len(text)) + text
    response = HttpResponse(body, content_type=kind, status=status)
    if status == 503:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])
