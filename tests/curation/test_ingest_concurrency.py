"""Many senders and many settlers at once: nothing is taken twice, nothing is lost."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from curation.actions.ingest_batch import Report, ingest_batch
from curation.actions.settle_traces import settle_traces
from curation.ingest.items import read_records
from curation.models import ConversationVersion, Receipt, Span, Trace
from tests.conftest import Team, make_team
from tests.curation.records import record

pytestmark = pytest.mark.django_db(transaction=True)
RECORDS, SENDERS = 120, 4


@pytest.fixture(autouse=True)
def no_grace(settings: Any) -> None:
    settings.SETTLE_GRACE_SECONDS = 0


def together(work: Callable[[int], Any], times: int) -> list[Any]:
    """Run in threads that start at one moment, each with its own connection as the app role."""
    barrier, results, errors = threading.Barrier(times), [], []

    def one(number: int) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET ROLE winnow_app")
            barrier.wait(10)
            results.append(work(number))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not errors
    return results


def deliver(team: Team, order: int) -> Report:
    import io

    values = [
        record(request_id=f"r{number}", trace_id=f"{number // 3 + 1:032x}") for number in range(RECORDS)
    ]
    values = values[::-1] if order % 2 else values
    data = "\n".join(json.dumps(one) for one in values).encode()
    items = read_records(io.BytesIO(data), place="f")
    return ingest_batch(who=team.lead, project=team.project, route="jsonl", items=items)


def test_the_same_records_sent_at_once_by_many_are_taken_once() -> None:
    team = make_team("acme")
    reports = together(lambda number: deliver(team, number), SENDERS)
    assert sum(one.accepted for one in reports) == RECORDS
    assert sum(one.redelivered for one in reports) == RECORDS * (SENDERS - 1)
    assert sum(one.conflicting + one.refused for one in reports) == 0
    assert Receipt.objects.count() == Span.objects.count() == RECORDS
    assert sum(Trace.objects.values_list("span_count", flat=True)) == RECORDS


def test_many_settlers_make_one_version_of_each_trace() -> None:
    deliver(make_team("acme"), 0)
    taken = together(lambda _: settle_traces(limit=7) + settle_traces(limit=100), SENDERS)
    while rest := settle_traces():
        taken.append(rest)
    assert sum(taken) == RECORDS // 3
    assert ConversationVersion.objects.count() == Trace.objects.count() == RECORDS // 3
