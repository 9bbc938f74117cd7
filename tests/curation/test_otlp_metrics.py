"""Measurements over OTLP: every kind of data point, once per series and time, redacted, and added up per model and day."""

import json
import time
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)

from curation.bodies import unpacked
from curation.models import IngestBatch, MetricPoint, Refusal
from tests.conftest import Team
from tests.curation.test_otlp_route import PROTOBUF, make_token

pytestmark = pytest.mark.django_db
JSON = "application/json"
DELTA = 1
NOW = time.time_ns() // 10**9 * 10**9


@pytest.fixture
def token(team: Team) -> str:
    return make_token(team, "ingest")


def post(token: str, body: bytes, kind: str = PROTOBUF) -> Any:
    return Client().post("/v1/metrics", body, content_type=kind, headers={"Authorization": f"Bearer {token}"})


def name(attributes: Any, **values: str) -> None:
    for key, value in values.items():
        pair = attributes.add()
        pair.key, pair.value.string_value = key.replace("__", "."), value


def request() -> tuple[ExportMetricsServiceRequest, Any]:
    """An empty request, and the metrics of its one scope."""
    made = ExportMetricsServiceRequest()
    group = made.resource_metrics.add()
    name(group.resource.attributes, service__name="helpdesk")
    return made, group.scope_metrics.add().metrics


def tokens_used(used: int = 120, *, model: str = "m", at: int = NOW, **attributes: str) -> bytes:
    made, metrics = request()
    metric = metrics.add(name="gen_ai.client.token.usage", unit="{token}")
    metric.histogram.aggregation_temporality = DELTA
    point = metric.histogram.data_points.add(
        count=2, sum=used, time_unix_nano=at, explicit_bounds=[100.0], bucket_counts=[1, 1]
    )
    name(point.attributes, gen_ai__request__model=model, gen_ai__token__type="input", **attributes)
    return bytes(made.SerializeToString())


def test_token_usage_is_added_up_by_model_and_day(team: Team, token: str) -> None:
    assert post(token, tokens_used(120)).status_code == 200
    assert post(token, tokens_used(30, at=NOW + 10**9)).status_code == 200
    today = datetime.fromtimestamp(NOW / 1e9, UTC).date()
    [row] = MetricPoint.objects.token_usage(team.project.pk, today)
    assert row == {"day": today, "model": "m", "token_type": "input", "tokens": 150.0, "points": 4}
    point = MetricPoint.objects.first()
    assert point is not None
    assert (point.service, point.unit, point.kind) == ("helpdesk", "{token}", "histogram")
    assert unpacked(point.body)["shape"]["bucketCounts"] == ["1", "1"]


def test_durations_have_a_mean(team: Team, token: str) -> None:
    made, metrics = request()
    metric = metrics.add(name="gen_ai.client.operation.duration", unit="s")
    point = metric.exponential_histogram.data_points.add(count=4, sum=6.0, time_unix_nano=NOW, scale=3)
    point.positive.bucket_counts.extend([1, 3])
    name(point.attributes, gen_ai__response__model="m-2026")
    post(token, made.SerializeToString())
    [row] = MetricPoint.objects.durations(team.project.pk, date(2000, 1, 1))
    assert (row["model"], row["calls"], row["seconds"], row["mean"]) == ("m-2026", 4, 6.0, 1.5)


def test_running_totals_count_once(team: Team, token: str) -> None:
    """SDKs send sums since their start by default: 500, then 700, is 700 and not 1,200; after a restart it adds up."""
    made, metrics = request()
    metric = metrics.add(name="gen_ai.client.token.usage")
    metric.sum.aggregation_temporality = 2
    for total, seconds, start in ((500, 1, NOW), (700, 2, NOW), (50, 3, NOW + 10**9)):
        metric.sum.data_points.add(
            as_int=total, time_unix_nano=NOW + seconds * 10**9, start_time_unix_nano=start
        )
    post(token, made.SerializeToString())
    [row] = MetricPoint.objects.token_usage(team.project.pk, date(2000, 1, 1))
    assert row["tokens"] == 750.0


def test_yesterdays_running_total_is_not_todays_usage(team: Team, token: str) -> None:
    made, metrics = request()
    metric = metrics.add(name="gen_ai.client.token.usage")
    metric.sum.aggregation_temporality = 2
    begun = NOW - 3 * 86_400 * 10**9
    for total, days in ((1000, 1), (1200, 0)):
        at = NOW - days * 86_400 * 10**9
        metric.sum.data_points.add(as_int=total, time_unix_nano=at, start_time_unix_nano=begun)
    post(token, made.SerializeToString())
    [row] = MetricPoint.objects.token_usage(team.project.pk, datetime.fromtimestamp(NOW / 1e9, UTC).date())
    assert row["tokens"] == 200.0


def test_every_kind_of_point_is_taken(token: str) -> None:
    made, metrics = request()
    metrics.add(name="g").gauge.data_points.add(as_double=1.5, time_unix_nano=NOW)
    metrics.add(name="s").sum.data_points.add(as_int=-3, time_unix_nano=NOW)
    metrics.add(name="y").summary.data_points.add(
        count=1, sum=2.0, time_unix_nano=NOW, quantile_values=[{"quantile": 0.5, "value": 2.0}]
    )
    assert post(token, made.SerializeToString()).status_code == 200
    values = dict(MetricPoint.objects.values_list("name", "total"))
    assert values == {"g": 1.5, "s": -3.0, "y": 2.0}


def test_a_point_delivered_twice_changes_nothing_and_another_value_is_a_conflict(token: str) -> None:
    post(token, tokens_used(120))
    post(token, tokens_used(120))
    answer = ExportMetricsServiceResponse.FromString(post(token, tokens_used(121)).content)
    assert answer.partial_success.rejected_data_points == 1
    assert MetricPoint.objects.get().total == 120.0
    counts = IngestBatch.objects.order_by("received_at").values_list("accepted", "redelivered", "conflicting")
    assert list(counts) == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    assert Refusal.objects.get().code == "conflict"


def test_the_same_point_twice_in_one_request_is_taken_once(token: str) -> None:
    twice = ExportMetricsServiceRequest.FromString(tokens_used())
    twice.MergeFrom(twice)
    post(token, twice.SerializeToString())
    batch = IngestBatch.objects.get()
    assert (batch.accepted, batch.redelivered) == (1, 1)


def test_two_projects_measure_apart(team: Team, other_team: Team) -> None:
    for one in (team, other_team):
        post(make_token(one, "ingest"), tokens_used())
    assert MetricPoint.objects.values("series").distinct().count() == 2


def test_an_identifier_in_an_attribute_is_not_stored(token: str) -> None:
    post(token, tokens_used(user__id="jane", note="jane.doe@corp.com"))
    body = json.dumps(unpacked(MetricPoint.objects.get().body))
    assert "jane" not in body


def test_json_reads_like_protobuf(token: str) -> None:
    point = {"timeUnixNano": str(NOW), "asInt": "7", "attributes": [{"key": "a", "value": {"intValue": "1"}}]}
    metric = {"name": "n", "sum": {"aggregationTemporality": 1, "dataPoints": [point, {"timeUnixNano": "x"}]}}
    body = {"resourceMetrics": [{"scopeMetrics": [{"metrics": [metric, {"name": "empty"}]}]}]}
    answer = post(token, json.dumps(body).encode(), JSON)
    assert answer.json()["partialSuccess"]["rejectedDataPoints"] == "2"
    taken = MetricPoint.objects.get()
    assert (taken.total, taken.temporality) == (7.0, "delta")
    assert unpacked(taken.body)["attributes"] == {"a": 1}


@pytest.mark.parametrize(
    "broken", [{"time_unix_nano": 5}, {"time_unix_nano": NOW, "sum": float("nan")}], ids=["time", "nan"]
)
def test_a_broken_point_refuses_itself(token: str, broken: dict[str, Any]) -> None:
    made, metrics = request()
    histogram = metrics.add(name="h").histogram
    histogram.data_points.add(count=1, **broken)
    histogram.data_points.add(count=1, sum=1.0, time_unix_nano=NOW)
    answer = ExportMetricsServiceResponse.FromString(post(token, made.SerializeToString()).content)
    assert answer.partial_success.rejected_data_points == 1
    assert MetricPoint.objects.count() == 1


def test_measurements_are_written_by_the_ingest_role_only(token: str) -> None:
    post(token, tokens_used())
    for sql in ("INSERT INTO curation_metricpoint DEFAULT VALUES", "UPDATE curation_metricpoint SET total = 0",
                "DELETE FROM curation_metricpoint"):  # fmt: skip
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(sql)
