"""A span is taken once: in whatever encoding and order, after a lost race, and after retention; attacked as the app role."""

from __future__ import annotations

import io
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]

from core.roles import ingest_role
from curation.actions.ingest_batch import Report, ingest_batch
from curation.ingest import delivered
from curation.ingest.items import read_otlp, read_records
from curation.ingest.moments import new_id
from curation.models import IngestBatch, Receipt, Refusal, Span, Trace
from tests.conftest import Team
from tests.curation.otlp_bodies import CHILD, ROOT, TRACE, chat, joined
from tests.curation.records import record

pytestmark = pytest.mark.django_db


def deliver(team: Team, request: Any, *, as_json: bool = False) -> Report:
    body = otlp_json(request) if as_json else request.SerializeToString()
    items = read_otlp(body, as_json=as_json, place="request")
    return ingest_batch(who=team.lead, project=team.project, route="otlp", items=items)


def otlp_json(request: Any) -> bytes:
    value = MessageToDict(request, use_integers_for_enums=True)
    for group in value["resourceSpans"]:
        for span in group["scopeSpans"][0]["spans"]:
            span |= {"traceId": TRACE.hex(), "spanId": ROOT.hex()}
    return json.dumps(value).encode()


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.accepted, report.redelivered, report.conflicting, report.refused


def test_the_same_span_in_the_other_encoding_or_order_of_attributes_is_the_same(team: Team) -> None:
    request = chat()
    assert counts(deliver(team, request)) == (1, 0, 0, 0)
    assert counts(deliver(team, request, as_json=True)) == (0, 1, 0, 0)
    attributes = request.resource_spans[0].scope_spans[0].spans[0].attributes
    turned = list(reversed(attributes))
    del attributes[:]
    attributes.extend(turned)
    assert counts(deliver(team, request)) == (0, 1, 0, 0)
    assert counts(deliver(team, chat("Another question?"))) == (0, 0, 1, 0)
    assert (Span.objects.count(), Receipt.objects.count()) == (1, 0)


def test_a_span_that_comes_later_joins_its_trace(team: Team) -> None:
    child = chat(span_id=CHILD, parent_id=ROOT)
    deliver(team, child)
    assert counts(deliver(team, joined(chat(), child))) == (1, 1, 0, 0)
    trace = Trace.objects.get()
    assert (trace.span_count, Span.objects.count()) == (2, 2)
    assert trace.ended_at is not None


def test_who_loses_a_race_looks_again(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another request commits the same span between the look and the claim."""
    from curation.ingest import chunks

    request = chat()
    looked: list[bool] = []

    def look_up(*args: Any) -> delivered.Delivered:
        found = delivered.look_up(*args)
        if not looked:
            looked.append(True)
            assert counts(deliver(team, request)) == (1, 0, 0, 0)
        return found

    monkeypatch.setattr(chunks, "look_up", look_up)
    assert counts(deliver(team, request)) == (0, 1, 0, 0)
    assert (Trace.objects.get().span_count, IngestBatch.objects.count()) == (1, 2)


def test_what_belongs_to_a_dropped_day_is_refused_and_never_stored_again(team: Team) -> None:
    old = datetime.now(UTC) - timedelta(days=30)
    row = record(ts=old.isoformat(), request_id="first")
    assert counts(records(team, row)) == (1, 0, 0, 0)
    Trace.objects.update(settle_after=None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT curation_drop_day(%s)", [old.date()])
    assert counts(records(team, row)) == (0, 1, 0, 0)
    late = record(ts=old.isoformat(), request_id="second")
    assert counts(records(team, late, record(request_id="third", trace_id="cd" * 16))) == (1, 0, 0, 1)
    assert Refusal.objects.get().code == "past_retention"
    assert Span.objects.count() == 1


def records(team: Team, *rows: dict[str, Any]) -> Report:
    data = "\n".join(map(json.dumps, rows)).encode()
    items = read_records(io.BytesIO(data), place="f")
    return ingest_batch(who=team.lead, project=team.project, route="jsonl", items=items)


def test_a_wrong_clock_opens_no_partition(team: Team, settings: Any) -> None:
    settings.MAX_AGE_DAYS = 10
    request = chat()
    request.resource_spans[0].scope_spans[0].spans[0].start_time_unix_nano = (
        time.time_ns() - 11 * 86_400 * 10**9
    )
    assert counts(deliver(team, request)) == (0, 0, 0, 1)
    assert Refusal.objects.get().code == "bad_time"
    assert counts(records(team, record())) == (0, 0, 0, 1)
    items = read_records(io.BytesIO(json.dumps(record()).encode()), place="f")
    report = ingest_batch(who=team.lead, project=team.project, route="file", items=items, any_age=True)
    assert counts(report) == (1, 0, 0, 0)


def test_a_scope_whose_spans_are_no_list_is_counted_as_refused(team: Team) -> None:
    body = json.dumps({"resourceSpans": [{"scopeSpans": [1, {"spans": 2}, {"spans": [3]}]}]}).encode()
    items = read_otlp(body, as_json=True, place="request")
    report = ingest_batch(who=team.lead, project=team.project, route="otlp", items=items)
    assert counts(report) == (0, 0, 0, 3)
    assert {one.code for one in Refusal.objects.all()} == {"wrong_type"}


def test_a_span_cannot_take_the_place_of_a_record(team: Team) -> None:
    """The ids of a record's span follow from its request id, which others may know."""
    records(team, record(trace_id=TRACE.hex()))
    taken = Span.objects.get()
    forged = chat(trace_id=TRACE, span_id=bytes.fromhex(taken.span_id))
    assert counts(deliver(team, forged)) == (0, 0, 1, 0)


def test_the_database_refuses_a_span_under_rules_of_another_project(team: Team, other_team: Team) -> None:
    deliver(team, chat())
    columns = "day, trace_id, span_id, parent_span_id, name, kind, started_at, status, rules_id, body, batch_id, key_id"
    copy = f"INSERT INTO curation_span (project_id, {columns}) SELECT %s, {columns.replace('span_id', '%s', 1)} FROM curation_span"
    for project, span in ((other_team.project.pk, "ee" * 8), (team.project.pk, ROOT.hex())):
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            ingest_role(),
            connection.cursor() as cursor,
        ):
            cursor.execute(copy, [project, span])


def test_ids_sort_by_the_time_they_were_made() -> None:
    made = []
    for _ in range(3):
        made.append(new_id())
        time.sleep(0.002)
    assert made == sorted(made)
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}
    assert len({new_id() for _ in range(1000)}) == 1000
