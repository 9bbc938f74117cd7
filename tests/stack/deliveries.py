"""Requests that carry canaries in every place of every route, whole and broken."""

from __future__ import annotations

import base64
import gzip
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList

from tests.curation.records import record
from tests.stack.canaries import Planter, card

PROTOBUF, JSON, NDJSON = "application/x-protobuf", "application/json", "application/x-ndjson"
BATCH = "/api/v1/projects/acme/traces:batch"


@dataclass
class Delivery:
    """One HTTP request."""

    name: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"


def _words(attributes: Any, words: dict[str, str]) -> None:
    for name, text in words.items():
        attributes.add(key=name).value.string_value = text


def spans(plant: Planter, tag: str) -> ExportTraceServiceRequest:
    """A chat span with a canary in every text of the message."""
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add(schema_url=f"https://x.example/{plant.key(tag + ' schema url')}")
    _words(group.resource.attributes, {"service.name": "helpdesk", "host": plant.all(f"{tag} resource")})
    scoped = group.scope_spans.add()
    scoped.scope.name, scoped.scope.version = plant.key(f"{tag} scope"), plant.email(f"{tag} scope version")
    span = scoped.spans.add(
        trace_id=uuid4().bytes, span_id=uuid4().bytes[:8], name=f"chat {plant.all(tag + ' name')}"
    )
    span.trace_state = f"vendor={plant.key(tag + ' trace state')}"
    span.start_time_unix_nano = time.time_ns() - 10**9
    span.end_time_unix_nano = time.time_ns()
    span.status.code, span.status.message = 2, plant.all(f"{tag} status")
    said = [{"role": "user", "parts": [{"type": "text", "content": plant.all(f"{tag} question")}]}]
    answer = [{"role": "assistant", "parts": [{"type": "text", "content": plant.all(f"{tag} answer")}]}]
    _words(span.attributes, {
        "gen_ai.operation.name": "chat", "gen_ai.request.model": plant.email(f"{tag} model"),
        "gen_ai.input.messages": json.dumps(said), "gen_ai.output.messages": json.dumps(answer),
        "input.value": json.dumps({"deep": [json.dumps({"deeper": plant.all(f"{tag} nested")})]}),
        f"key {plant.email(tag + ' attribute key')}": "1", "user.id": plant.email(f"{tag} user"),
        "session.id": plant.key(f"{tag} session"), "http.url": f"https://x.example/?q={plant.email(tag + ' url')}",
        "long": ("filler " * 45_000) + plant.all(f"{tag} long"), "winnow.variant": plant.email(f"{tag} variant"),
    })  # fmt: skip
    event = span.events.add(
        name=f"exception {plant.email(tag + ' event name')}", time_unix_nano=time.time_ns()
    )
    _words(event.attributes, {"exception.stacktrace": plant.all(f"{tag} event")})
    verdict = span.events.add(name="gen_ai.evaluation.result", time_unix_nano=time.time_ns())
    _words(verdict.attributes, {
        "gen_ai.evaluation.name": "helpful", "gen_ai.evaluation.score.label": "fail",
        "gen_ai.evaluation.explanation": plant.all(f"{tag} feedback"),
    })  # fmt: skip
    link = span.links.add(
        trace_id=uuid4().bytes, span_id=uuid4().bytes[:8], trace_state=plant.key(f"{tag} link state")
    )
    _words(link.attributes, {"why": plant.all(f"{tag} link")})
    return request


def logs(plant: Planter, tag: str) -> ExportLogsServiceRequest:
    """A log record of a span that never comes."""
    request = ExportLogsServiceRequest()
    scoped = request.resource_logs.add().scope_logs.add()
    one = scoped.log_records.add(
        trace_id=uuid4().bytes, span_id=uuid4().bytes[:8], time_unix_nano=time.time_ns(), severity_text=plant.key(f"{tag} severity"),
        event_name="gen_ai.user.message",
    )  # fmt: skip
    one.body.string_value = plant.all(f"{tag} log body")
    for number, body in enumerate(_bodies(plant, tag)):
        more = scoped.log_records.add(
            trace_id=uuid4().bytes, span_id=uuid4().bytes[:8], time_unix_nano=time.time_ns(), event_name="gen_ai.choice",
            severity_number=9 + number,
        )  # fmt: skip
        more.body.CopyFrom(body)
    _words(
        one.attributes,
        {"content": plant.all(f"{tag} log attribute"), "exception.message": plant.email(f"{tag} log error")},
    )
    return request


def _bodies(plant: Planter, tag: str) -> Iterator[AnyValue]:
    """A log body of every type of AnyValue that can hold a text or a number of somebody."""
    text = AnyValue(string_value=plant.all(f"{tag} body in a body"))
    yield AnyValue(int_value=int(card()))
    yield AnyValue(double_value=float(card()))
    yield AnyValue(bytes_value=plant.all(f"{tag} bytes").encode())
    yield AnyValue(array_value=ArrayValue(values=[text, AnyValue(bool_value=True)]))
    named = [KeyValue(key=plant.email(f"{tag} body key"), value=text), KeyValue(key="password", value=text)]
    yield AnyValue(kvlist_value=KeyValueList(values=named))


def metrics(plant: Planter, tag: str) -> ExportMetricsServiceRequest:
    """A token counter with canaries as its dimensions."""
    request = ExportMetricsServiceRequest()
    scoped = request.resource_metrics.add().scope_metrics.add()
    metric = scoped.metrics.add(
        name="gen_ai.client.token.usage",
        description=plant.all(f"{tag} metric"),
        unit=plant.email(f"{tag} unit"),
    )
    point = metric.sum.data_points.add(
        as_int=3, time_unix_nano=time.time_ns(), start_time_unix_nano=time.time_ns() - 10**9
    )
    _words(
        point.attributes,
        {
            "gen_ai.request.model": plant.email(f"{tag} metric model"),
            "gen_ai.token.type": plant.key(f"{tag} token type"),
        },
    )
    other = scoped.metrics.add(name=plant.key(f"{tag} metric name"))
    other.gauge.data_points.add(as_double=1.0, time_unix_nano=time.time_ns())
    return request


def rows(plant: Planter, tag: str) -> bytes:
    """Lines of every outcome: sound, unknown field, wrong type, broken JSON, invalid UTF-8, twice with other content."""
    name = uuid4().hex
    sound = record(
        trace_id=uuid4().hex, request_id=f"r-{plant.email(tag + ' request id')}", user_id=plant.email(f"{tag} user id"),
        session_id=plant.key(f"{tag} session id"), service=plant.email(f"{tag} service"), release=plant.key(f"{tag} release"),
        feedback={"rating": "down", "origin": "user", "needs_work": True, "comment": plant.all(f"{tag} comment")},
        error={"type": plant.email(f"{tag} error type"), "message": plant.all(f"{tag} error")}, status="error",
        source={"dataset": plant.email(f"{tag} dataset"), "id": plant.key(f"{tag} source id"), "licence": plant.email(f"{tag} licence")},
    )  # fmt: skip
    sound["request"]["messages"][0]["content"] = plant.all(f"{tag} message")
    again = [
        record(trace_id=name, request_id=name, service=plant.email(f"{tag} conflict {n}")) for n in range(2)
    ]
    lines = [
        json.dumps(sound), *map(json.dumps, again),
        json.dumps(record(request_id=uuid4().hex) | {plant.email(f"{tag} unknown field"): plant.all(f"{tag} unknown value")}),
        json.dumps(record(request_id=uuid4().hex, ts=plant.email(f"{tag} bad time"))),
        json.dumps(record(request_id=uuid4().hex, trace_id=plant.email(f"{tag} bad id"))),
        json.dumps(record(request_id=uuid4().hex, request=plant.all(f"{tag} wrong type"))),
        json.dumps(record(request_id=uuid4().hex))[:-1] + plant.all(f"{tag} broken json"),
    ]  # fmt: skip
    return (
        "\n".join(lines).encode()
        + b'\n{"x": "\xff\xfe'
        + plant.all(f"{tag} invalid utf-8").encode()
        + b'"}\n'
    )


def sound(plant: Planter, tag: str) -> Iterator[Delivery]:
    """What the routes take, in both encodings and compressed."""
    makers: dict[str, Callable[[Planter, str], Any]] = {"traces": spans, "logs": logs, "metrics": metrics}
    for signal, make in makers.items():
        for prefix in ("", "/api/public/otel"):
            binary = make(plant, f"{tag} {prefix} {signal} protobuf").SerializeToString()
            yield Delivery(
                f"{prefix} {signal} protobuf", f"{prefix}/v1/{signal}", binary, {"Content-Type": PROTOBUF}
            )
        text = json.dumps(_otlp_json(make(plant, f"{tag} {signal} json"))).encode()
        headers = {"Content-Type": JSON, "Content-Encoding": "gzip"}
        yield Delivery(f"{signal} json gzip", f"/v1/{signal}", gzip.compress(text), headers)
    lines = {"Content-Type": NDJSON}
    yield Delivery("batch", BATCH, rows(plant, f"{tag} batch"), lines)
    yield Delivery(
        "batch gzip",
        BATCH,
        gzip.compress(rows(plant, f"{tag} batch gzip")),
        lines | {"Content-Encoding": "gzip"},
    )


def public(plant: Planter, tag: str, token: str) -> Iterator[Delivery]:
    """As Langfuse's SDK sends: every signal under its own address, with Basic auth; the first of a pair is not checked."""
    makers: dict[str, Callable[[Planter, str], Any]] = {"traces": spans, "logs": logs, "metrics": metrics}
    for signal, make in makers.items():
        said = _basic(plant.key(f"{tag} public key"), token)
        text = json.dumps(_otlp_json(make(plant, f"{tag} public {signal} json"))).encode()
        for kind, body in (
            (JSON, text),
            (PROTOBUF, make(plant, f"{tag} public {signal}").SerializeToString()),
        ):
            headers = {
                "Content-Type": kind,
                "Authorization": said,
                "X-Langfuse-Sdk-Name": plant.email(f"{tag} sdk"),
            }
            yield Delivery(f"public {signal}", f"/api/public/otel/v1/{signal}", body, headers)


def broken_public(plant: Planter, tag: str, token: str) -> Iterator[Delivery]:
    """Bodies no signal takes, passwords that are none, and addresses nobody has."""
    for signal in ("traces", "logs", "metrics"):
        at, right = f"/api/public/otel/v1/{signal}", _basic("pk", token)
        for kind in (JSON, PROTOBUF):
            text = ("{" + plant.all(f"{tag} public {signal} {kind}")).encode()
            yield Delivery("public no body", at, text, {"Content-Type": kind, "Authorization": right})
        whole = spans(plant, f"{tag} public {signal} turned away").SerializeToString()
        wrong = (
            _basic("pk", plant.key(f"{tag} password")),
            f"Basic {plant.key(tag + ' no base64')}",
            plant.key(f"{tag} scheme"),
        )
        for said in wrong:
            asked = f"?key={plant.key(tag + ' public query')}"
            yield Delivery(
                "public turned away", at + asked, whole, {"Content-Type": PROTOBUF, "Authorization": said}
            )
    for path in ("/api/public/ingestion", f"/api/public/otel/v1/{plant.key(tag + ' signal')}"):
        right_json = {"Content-Type": JSON, "Authorization": _basic("pk", token)}
        yield Delivery("public no such", path, plant.all(f"{tag} legacy").encode(), right_json)


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def asked(text: str) -> tuple[str, Delivery]:
    """(trace id in hex, delivery) of a question of this text."""
    request, trace = ExportTraceServiceRequest(), uuid4()
    span = request.resource_spans.add().scope_spans.add().spans.add(
        trace_id=trace.bytes, span_id=uuid4().bytes[:8], name="chat", start_time_unix_nano=time.time_ns() - 10**9,
        end_time_unix_nano=time.time_ns(),
    )  # fmt: skip
    said = [{"role": "user", "parts": [{"type": "text", "content": text}]}]
    _words(span.attributes, {"gen_ai.operation.name": "chat", "gen_ai.input.messages": json.dumps(said)})
    return trace.hex, Delivery("asked", "/v1/traces", request.SerializeToString(), {"Content-Type": PROTOBUF})


def odd_requests(plant: Planter, tag: str) -> Iterator[Delivery]:
    """Secrets in addresses, queries and headers of what would otherwise be sound, and of what no page is."""
    whole = spans(plant, f"{tag} odd").SerializeToString()
    headers = {
        "User-Agent": plant.email(f"{tag} agent"), "Referer": f"https://x.example/?key={plant.key(tag + ' referer')}",
        "X-Forwarded-For": plant.email(f"{tag} forwarded"), "X-Request-Id": plant.key(f"{tag} request id"),
        "X-Api-Key": plant.key(f"{tag} api key"),
        "Cookie": f"sessionid={plant.key(tag + ' session')}; csrftoken={plant.key(tag + ' csrf')}",
        "traceparent": plant.key(f"{tag} parent"), "baggage": f"user={plant.email(tag + ' baggage')}",
        "Accept-Language": plant.key(f"{tag} language")[:20], "Idempotency-Key": plant.key(f"{tag} idempotency"),
        "Origin": f"https://{plant.email(tag + ' origin')}",
    }  # fmt: skip
    query = f"?api_key={plant.key(tag + ' query')}&to={plant.email(tag + ' to')}"
    yield Delivery("odd traces", f"/v1/traces{query}", whole, headers | {"Content-Type": PROTOBUF})
    batch = f"{BATCH}{query}&service={plant.email(tag + ' service')}"
    yield Delivery(
        "odd batch",
        batch,
        rows(plant, f"{tag} odd batch"),
        headers | {"Content-Type": NDJSON},
    )
    for name in ("format", "training_use"):
        wrong = f"{BATCH}?{name}={plant.key(tag + name)}"
        yield Delivery(f"odd {name}", wrong, rows(plant, f"{tag} {name}"), headers)
    for path in (
        "/healthz",
        "/login/",
        "/p/acme/curation/traces/",
        "/p/acme/curation/refusals/",
        "/admin/",
        "/api/schema/",
    ):
        yield Delivery("odd page", path + query, b"", headers, "GET")
    for name in ("batch", "code", "cursor"):
        yield Delivery(
            "odd filter", f"/api/v1/projects/acme/refusals?{name}={plant.email(tag + name)}", b"", {}, "GET"
        )
    yield Delivery("odd host", "/login/", b"", {"Host": f"{plant.key(tag + ' host')}.example"}, "GET")
    yield Delivery(
        "odd method", f"/v1/traces{query}", b"", headers, plant.key(f"{tag} method").upper().replace("-", "")
    )
    yield Delivery("odd zero", f"/p/acme/curation/traces/{query}%00", b"", headers, "GET")
    missing = ("%ff%fe", "static/", "api/v1/", "v1/", "account/reset/x/", "account/invitation/")
    for place in missing:
        yield Delivery("odd path", f"/{place}{plant.key(tag + ' odd path')}/", b"", headers, "GET")


def _otlp_json(request: Any) -> dict[str, Any]:
    """OTLP/JSON spells ids in hex, protobuf's JSON in base64."""

    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: base64.b64decode(one).hex()
                if key in ("traceId", "spanId", "parentSpanId")
                else turned(one)
                for key, one in value.items()
            }
        return [turned(one) for one in value] if isinstance(value, list) else value

    made: dict[str, Any] = turned(MessageToDict(request))
    return made


def broken(plant: Planter, tag: str) -> Iterator[Delivery]:
    """What no route takes: every way of being wrong, with canaries in it."""
    yield from _no_signal(plant, tag)
    yield from _no_body(plant, tag)
    yield from _no_batch(plant, tag)
    yield from _no_address(plant, tag)


def _no_signal(plant: Planter, tag: str) -> Iterator[Delivery]:
    """Neither protobuf nor JSON of its shape."""
    for signal in ("traces", "logs", "metrics"):
        yield Delivery(
            "no protobuf",
            f"/v1/{signal}",
            plant.all(f"{tag} {signal} no protobuf").encode(),
            {"Content-Type": PROTOBUF},
        )
        yield Delivery(
            "no json",
            f"/v1/{signal}",
            b"{" + plant.all(f"{tag} {signal} no json").encode(),
            {"Content-Type": JSON},
        )
        wrong = json.dumps(
            {"resourceSpans": plant.all(f"{tag} {signal} wrong shape"), plant.email(f"{tag} {signal} key"): 1}
        )
        yield Delivery("wrong shape", f"/v1/{signal}", wrong.encode(), {"Content-Type": JSON})
        typed = {"Content-Type": f"text/{plant.email(tag + ' content type')}"}
        yield Delivery("wrong type", f"/v1/{signal}", plant.all(f"{tag} {signal} wrong type").encode(), typed)


def _no_body(plant: Planter, tag: str) -> Iterator[Delivery]:
    """Cut, odd or too large, or from nobody known."""
    whole = spans(plant, f"{tag} cut").SerializeToString()
    yield Delivery("cut protobuf", "/v1/traces", whole[: len(whole) // 2], {"Content-Type": PROTOBUF})
    yield Delivery(
        "cut gzip",
        "/v1/traces",
        gzip.compress(whole)[:-200],
        {"Content-Type": PROTOBUF, "Content-Encoding": "gzip"},
    )
    odd = {"Content-Type": PROTOBUF, "Content-Encoding": plant.key(f"{tag} content encoding")}
    yield Delivery("odd encoding", "/v1/traces", whole, odd)
    large = (plant.all(f"{tag} too large") * 40_000).encode()
    yield Delivery(
        "too large",
        "/v1/traces",
        gzip.compress(large, 1),
        {"Content-Type": PROTOBUF, "Content-Encoding": "gzip"},
    )
    token = {"Content-Type": PROTOBUF, "Authorization": f"Bearer {plant.key(tag + ' wrong token')}"}
    yield Delivery("wrong token", "/v1/traces", whole, token)
    lines = rows(plant, f"{tag} wrong token batch")
    yield Delivery("wrong token batch", BATCH, lines, token | {"Content-Type": NDJSON})


def _no_batch(plant: Planter, tag: str) -> Iterator[Delivery]:
    """Lines that are none, and a wrong question beside them."""
    yield Delivery(
        "cut batch",
        BATCH,
        gzip.compress(rows(plant, f"{tag} cut batch"))[:-60],
        {"Content-Type": NDJSON},
    )
    yield Delivery("no lines", BATCH, plant.all(f"{tag} no lines").encode(), {"Content-Type": NDJSON})
    asked = f"?training_use={plant.email(tag + ' query')}"
    yield Delivery("wrong query", BATCH + asked, b"{}", {"Content-Type": NDJSON})


def _no_address(plant: Planter, tag: str) -> Iterator[Delivery]:
    """Pages nobody has, odd headers, a wrong filter, a wrong password."""
    headers = {
        "User-Agent": plant.email(f"{tag} agent"),
        "Referer": f"https://{plant.email(tag + ' referer')}/",
        "X-Request-Id": plant.key(f"{tag} request id header")[:60],
        "Cookie": f"sessionid={plant.key(tag + ' cookie')}",
    }
    yield Delivery(
        "no such page",
        f"/p/{plant.key(tag + ' path')}/curation/?q={plant.email(tag + ' page query')}",
        b"",
        headers,
        "GET",
    )
    yield Delivery(
        "no such api",
        f"/api/v1/projects/{plant.key(tag + ' api path')}/traces?x={plant.email(tag + ' api query')}",
        b"",
        headers,
        "GET",
    )
    yield Delivery(
        "bad filter",
        f"/api/v1/projects/acme/traces?after={plant.email(tag + ' filter')}",
        b"",
        headers,
        "GET",
    )
    form = f"username={plant.email(tag + ' username')}&password={plant.key(tag + ' password')}".encode()
    yield Delivery("login", "/login/", form, {"Content-Type": "application/x-www-form-urlencoded"})
