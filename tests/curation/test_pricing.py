"""What a call costs: the sender's word, else the book of its day; fixed when the trace settles, revised beside it later."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from core.errors import PermissionRefused, Refused
from core.models import AuditEntry
from curation.actions.price_book import new_book_version
from curation.actions.reprice import reprice
from curation.actions.settle_traces import settle_traces
from curation.bodies import load
from curation.costs import costs_by_day
from curation.default_prices import shipped_book
from curation.models import ConversationVersion, CostRevision
from curation.price_books import book_of
from curation.pricing import BadBook, Book, Entry, cost_of, price_calls, read_entries
from tests.conftest import Team
from tests.curation.otlp_bodies import CHILD, ROOT, chat, joined
from tests.curation.test_otlp_route import make_token, post

LONG_AGO = date(2000, 1, 1)


def entry(
    pattern: str = "m", since: str = "2000-01-01", given: str = "2", made: str = "8", **more: str
) -> dict[str, Any]:
    return {"pattern": pattern, "from": since, "input": given, "output": made, **more}


def book(*entries: dict[str, Any]) -> Book:
    return Book("prices", 3, 1, read_entries({"entries": list(entries)}))


def call(
    model: str = "m", at: str = "2026-05-01T10:00:00+00:00", cost: float | None = None, **usage: int
) -> Any:
    return {
        "model_answered": model,
        "model_requested": "",
        "usage": usage,
        "started_at": at,
        "cost_usd": cost,
    }


def test_tokens_are_priced_by_kind() -> None:
    prices = book(entry(cache_read="0.5", cache_write="2.5"))
    used = call(
        input_tokens=1_000_000, cache_read_tokens=400_000, cache_creation_tokens=100_000, output_tokens=10_000
    )
    assert cost_of(used, prices) == Decimal("0.5") * 2 + Decimal("0.4") * Decimal("0.5") + Decimal(
        "0.25"
    ) + Decimal("0.08")


def test_a_cache_counted_apart_from_the_input_is_not_taken_off_it() -> None:
    used = call(input_tokens=100, cache_read_tokens=1_000_000)
    assert cost_of(used, book(entry(cache_read="1"))) == Decimal("1.0002")


@pytest.mark.parametrize(
    ("model", "rate"),
    [("gpt-4o", "1"), ("gpt-4o-2024-08-06", "1"), ("openai/gpt-4o", "1"), ("gpt-4o-mini", "2"), ("GPT-4o-mini-latest", "2"),
     ("us.anthropic.claude-x-20250101-v1:0", "3"), ("gpt-4o-realtime", None), ("somebody-elses-gpt-4o", None)],
)  # fmt: skip
def test_a_name_stands_for_its_dated_versions_and_for_no_other_model(model: str, rate: str | None) -> None:
    prices = book(entry("gpt-4o", given="1"), entry("gpt-4o-mini", given="2"), entry("claude-x*", given="3"))
    found = prices.rates(model, date(2026, 1, 1))
    assert (str(found.input) if found else None) == rate


def test_the_price_of_the_day_holds() -> None:
    prices = book(entry(given="2"), entry(since="2026-06-01", given="1"))
    assert cost_of(call(input_tokens=1_000_000), prices) == 2
    assert cost_of(call(at="2026-06-01T00:00:00+00:00", input_tokens=1_000_000), prices) == 1
    assert cost_of(call(input_tokens=1), book(entry(since="2026-06-01"))) is None


def test_what_the_sender_reported_wins_and_an_unknown_model_has_no_price() -> None:
    calls = [
        call(cost=0.5, input_tokens=9),
        call(input_tokens=1_000_000),
        call("other", input_tokens=9),
        call(),
    ]
    price_calls(calls, book(entry()))
    assert [one["cost_usd"] for one in calls] == [0.5, 2.0, None, None]
    assert calls[0]["price"]["source"] == "reported"
    assert calls[1]["price"] == {"source": "book", "book": "prices", "version": 3}
    assert "price" not in calls[2]


@pytest.mark.parametrize(
    ("broken", "words"),
    [([], "1 to 5,000"), ([5], "entry 1 is not"), ([entry(given="-1")], "entry 1: input"), ([entry(since="may")], "from"),
     ([entry(), entry()], "same pattern"), ([entry(tpyo="1")], "tpyo"), ([entry(given="nan")], "input"), ([entry("")], "pattern")],
)  # fmt: skip
def test_a_book_that_cannot_be_used_names_what_is_wrong(broken: Any, words: str) -> None:
    with pytest.raises(BadBook, match=words):
        read_entries({"entries": broken})


def test_the_shipped_book_can_be_used() -> None:
    prices = Book("list prices", 1, 1, read_entries(shipped_book()))
    found = prices.rates("claude-sonnet-4-5-20250929", date(2026, 11, 22))
    assert isinstance(found, Entry)
    assert (found.input, found.output) == (Decimal(3), Decimal(15))


@pytest.fixture
def settled(team: Team, settings: Any) -> ConversationVersion:
    """A wrapper's span and the SDK's own span inside it, which report the same tokens."""
    settings.SETTLE_GRACE_SECONDS = 0
    new_book_version(who=team.lead, project=team.project, data={"entries": [entry("m")]}, note="a test")
    usage: Any = {"gen_ai__usage__input_tokens": 1000, "gen_ai__usage__output_tokens": 100}
    sent = joined(chat(**usage), chat(span_id=CHILD, parent_id=ROOT, **usage))
    assert post(make_token(team, "ingest"), sent.SerializeToString()).status_code == 200
    assert settle_traces() == 1
    return ConversationVersion.objects.get()


@pytest.mark.django_db
def test_a_nested_call_is_priced_once_and_the_book_is_named(settled: ConversationVersion) -> None:
    assert settled.cost_usd == Decimal("0.0028")
    [one] = load(settled).conversation["calls"]
    assert one["price"] == {"source": "book", "book": "list prices", "version": 2}


@pytest.mark.django_db
def test_a_later_book_revises_beside_the_version(team: Team, settled: ConversationVersion) -> None:
    new_book_version(
        who=team.lead, project=team.project, data={"entries": [entry("m", given="4")]}, note="dearer"
    )
    assert book_of(team.project.pk).number == 3
    shown = reprice(who=team.lead, project=team.project, book_number=3, since=LONG_AGO)
    assert (shown.changed, shown.models[0].old_usd, shown.models[0].new_usd) == (
        1,
        Decimal("0.0028"),
        Decimal("0.0048"),
    )
    assert not CostRevision.objects.exists()
    reprice(who=team.lead, project=team.project, book_number=3, since=LONG_AGO, write=True)
    again = reprice(who=team.lead, project=team.project, book_number=3, since=LONG_AGO, write=True)
    assert again.changed == 0
    version = ConversationVersion.objects.with_cost().get()
    assert (version.cost_usd, version.cost_now) == (Decimal("0.0028"), Decimal("0.0048"))  # type: ignore[attr-defined]
    [row] = costs_by_day(team.project.pk, LONG_AGO)
    assert (row["service"], row["cost"], row["traces"], row["unpriced"]) == (
        "helpdesk",
        Decimal("0.0048"),
        1,
        0,
    )


@pytest.mark.django_db
def test_only_leads_change_prices_and_the_same_book_is_no_version(team: Team) -> None:
    data = {"entries": [entry()]}
    with pytest.raises(PermissionRefused):
        new_book_version(who=team.engineer, project=team.project, data=data, note="")
    new_book_version(who=team.lead, project=team.project, data=data, note="")
    with pytest.raises(Refused, match="holds already"):
        new_book_version(who=team.lead, project=team.project, data=data, note="")
    with pytest.raises(Refused, match="entry 1: input"):
        new_book_version(who=team.lead, project=team.project, data={"entries": [entry(given="x")]}, note="")
    assert AuditEntry.objects.filter(verb="price_book.version").count() == 1


@pytest.mark.django_db
def test_a_cost_revision_is_never_rewritten_and_stays_in_its_project(
    team: Team, other_team: Team, settled: ConversationVersion
) -> None:
    own = {"project": team.project, "version": settled, "number": 1, "cost_usd": 1}
    CostRevision.objects.create(**own, book_id=book_of(team.project.pk).version_id)
    for sql in ("UPDATE curation_costrevision SET cost_usd = 0", "DELETE FROM curation_costrevision"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(sql)
    for changes in ({"book_id": book_of(other_team.project.pk).version_id}, {"book_id": settled.rules_id}):
        with pytest.raises(DatabaseError, match="price book of its project"), transaction.atomic():
            CostRevision.objects.create(**{**own, "number": 2}, **changes)


@pytest.mark.django_db
def test_the_commands_show_import_and_reprice(
    team: Team, settled: ConversationVersion, tmp_path: Path, capsys: Any
) -> None:
    call_command("price_book", "--project", "acme")
    held = json.loads(capsys.readouterr().out)
    held["entries"][0]["input"] = "20"
    (tmp_path / "book.json").write_text(json.dumps(held))
    call_command("price_book", str(tmp_path / "book.json"), "--project", "acme", "--note", "mine")
    call_command("reprice", "--project", "acme", "--book-version", "3", "--since", "2000-01-01", "--write")
    said = capsys.readouterr().out
    assert "Version 3 of the price book is in force." in said
    assert "1 of 1 conversations got a revision" in said


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_number_their_revisions_one_after_the_other(
    team: Team, settled: ConversationVersion
) -> None:
    new_book_version(
        who=team.lead, project=team.project, data={"entries": [entry("m", given="4")]}, note="dearer"
    )
    done: list[int] = []

    def run() -> None:
        try:
            done.append(
                reprice(
                    who=team.lead, project=team.project, book_number=3, since=LONG_AGO, write=True
                ).changed
            )
        finally:
            connection.close()

    runs = [Thread(target=run) for _ in range(2)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("LOCK TABLE curation_costrevision IN EXCLUSIVE MODE")
        for one in runs:
            one.start()
        for _ in range(200):
            cursor.execute(
                "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
                " WHERE d.datname = current_database() AND NOT l.granted"
            )
            if cursor.fetchone()[0] == len(runs):
                break
            sleep(0.02)
    for one in runs:
        one.join()
    assert sorted(done) == [0, 1]
    assert list(CostRevision.objects.values_list("number", flat=True)) == [1]
