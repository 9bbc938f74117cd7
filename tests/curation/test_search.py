"""Search over redacted conversations: what is current is found, what was replaced, dropped or is another's never is."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core import embedding
from core.actors import system
from core.errors import Refused
from core.roles import ingest_role
from curation.actions.index_search import index_search, marker
from curation.actions.label import correct_label
from curation.actions.retention import drop_old_days
from curation.ingest.store import ensure_days
from curation.models import ConversationVersion, CurationState, SearchRow, Trace
from curation.pipeline import run_curation
from curation.search.find import NEWEST, by_index, found, search
from curation.search.query import parse
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer
from tests.curation.test_retention import OLD, days_of_no_other_test  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]


@pytest.fixture(autouse=True)
def without_embedding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)


def prompts(team: Team, query: str, **params: str) -> list[str]:
    page, hits = search(team.project, {"q": query, **params})
    assert [hit.trace for hit in hits] == list(page.rows)
    return [trace.current.prompt_preview for trace in page.rows if trace.current]


@pytest.fixture
def three(team: Team, settle_at_once: None, structured_lane: Any) -> list[ConversationVersion]:
    versions = arrive(
        team,
        ("How do I get my money refunded?", "The shop refunds within a week, I am told."),
        ("机器学习是什么？", "机器学习是人工智能的一个分支。"),
        ("Wie laufen die Prüfungen?", "Die Prüfung läuft und das ist nicht die letzte."),
    )
    run_curation(team.project)
    return versions


@pytest.mark.usefixtures("three")
def test_words_are_found_in_the_forms_of_their_language(team: Team) -> None:
    assert prompts(team, "refund") == prompts(team, "refunding shops") == ["How do I get my money refunded?"]
    assert prompts(team, "prüfung") == ["Wie laufen die Prüfungen?"]
    assert (
        prompts(team, "机器学习") == prompts(team, "习") == prompts(team, "人工智能") == ["机器学习是什么？"]
    )
    assert prompts(team, "机习") == prompts(team, "zebra") == []


@pytest.mark.usefixtures("three")
def test_phrases_choices_and_exclusions(team: Team) -> None:
    assert prompts(team, '"money refunded"') == ["How do I get my money refunded?"]
    assert prompts(team, '"refunded money"') == []
    assert len(prompts(team, "refund OR prüfung")) == 2
    assert prompts(team, "refund -week") == []
    with pytest.raises(Refused, match="no word"):
        search(team.project, {"q": "-week"})


@pytest.mark.usefixtures("three")
def test_a_place_narrows_what_is_searched(team: Team) -> None:
    assert prompts(team, "shop", **{"in": "answer"}) == ["How do I get my money refunded?"]
    assert prompts(team, "shop", **{"in": "question"}) == []


@pytest.mark.usefixtures("three")
def test_search_and_the_filters_of_the_list_are_combined(team: Team) -> None:
    assert prompts(team, "refund OR prüfung", language="de") == ["Wie laufen die Prüfungen?"]
    assert prompts(team, "refund", domain="unassigned", state="kept") == ["How do I get my money refunded?"]
    assert prompts(team, "refund", kind="code") == prompts(team, "refund", feedback="down") == []


@pytest.mark.usefixtures("three")
def test_pages_follow_each_other_without_gaps(team: Team) -> None:
    arrive(team, *((f"Which zebra number {number}?", long_answer(number)) for number in range(7)))
    run_curation(team.project)
    seen, after = [], ""
    while True:
        page, _ = search(team.project, {"q": "zebra", "after": after}, size=3)
        seen += [trace.pk for trace in page.rows]
        after = page.next
        if not after:
            break
    assert len(seen) == len(set(seen)) == 7
    assert page.total == 7


def test_another_project_s_words_are_never_found(team: Team, other_team: Team) -> None:
    arrive(other_team, ("A zebra", long_answer(1)))
    run_curation(other_team.project)
    run_curation(team.project)
    assert prompts(other_team, "zebra") == ["A zebra"]
    assert prompts(team, "zebra") == []


def test_only_the_current_version_is_found_even_before_the_next_is_indexed(team: Team) -> None:
    (version,) = arrive(team, ("My name is Heinrich Zebra", long_answer(1)))
    run_curation(team.project)
    assert SearchRow.objects.filter(version=version).exists()
    following = ConversationVersion.objects.create(
        project=team.project, trace=version.trace, number=2, day=version.day, content_hash="0" * 64, key_id="k",
        rules_id=version.rules_id,
    )  # fmt: skip
    Trace.objects.filter(pk=version.trace_id).update(current=following)
    assert not SearchRow.objects.exists()
    assert prompts(team, "zebra") == []


def test_words_of_a_version_that_is_not_current_cannot_be_stored(team: Team) -> None:
    (version,) = arrive(team, ("A zebra", long_answer(1)))
    row = [version.day, uuid.uuid4(), version.trace_id, team.project.pk, version.trace.occurred_at]
    with pytest.raises(DatabaseError, match="only the current version"), transaction.atomic(), ingest_role():
        insert(row)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        insert([version.day, version.pk, *row[2:]])


def insert(row: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO curation_searchrow (day, version_id, trace_id, project_id, at, language, words)"
            " VALUES (%s, %s, %s, %s, %s, 'en', 'a')", row,
        )  # fmt: skip


def test_words_go_with_their_day_and_the_numbers_stay(team: Team) -> None:
    (version,) = arrive(team, ("A zebra", long_answer(1)), ts=OLD.isoformat())
    run_curation(team.project)
    assert prompts(team, "zebra") == ["A zebra"]
    assert [one.day for one in drop_old_days(actor=system("a test"), days=30).days] == [OLD.date()]
    assert prompts(team, "zebra") == []
    assert version.measure.answered
    CurationState.objects.update(search_spec=0)
    run_curation(team.project)
    assert prompts(team, "zebra") == []


def test_what_was_stored_before_is_taken_up_by_itself_and_once(team: Team, three: Any) -> None:
    CurationState.objects.update(search_spec=0)
    assert index_search(team.project, limit=2) == 2
    assert index_search(team.project, limit=2) == 1
    assert index_search(team.project) == 0
    assert SearchRow.objects.count() == 3


def test_a_corrected_language_changes_the_forms_that_are_found(
    team: Team, three: list[ConversationVersion]
) -> None:
    correct_label(who=team.lead, version=three[0], axis="language", value="und")
    run_curation(team.project)
    assert prompts(team, "refunding") == []
    assert prompts(team, "refunded") == ["How do I get my money refunded?"]


def test_words_are_reached_by_their_index_and_pages_start_where_the_last_one_ended(team: Team) -> None:
    """Fifty thousand rows over five days: neither a rare word nor a common one reads the vectors of all."""
    days = [(datetime.now(UTC) - timedelta(days=back)).date() for back in range(5)]
    ensure_days(days)
    many(team, days, 10_000)
    for text in ("needle", "common"):
        assert "_words_idx" in plan(team, text)
        assert "Seq Scan" not in plan(team, text)
    with CaptureQueriesContext(connection) as asked:
        page, _hits = search(team.project, {"q": "common"})
    read = next(
        one["sql"] for one in asked if "ORDER BY" in one["sql"] and 'FROM "curation_trace"' in one["sql"]
    )
    assert f"BETWEEN '{days[0]}'::date AND '{days[0]}'::date" in read
    assert len(page.rows) == 25
    assert page.total == 10_000
    following, _hits = search(team.project, {"q": "common", "after": page.next})
    assert following.rows[0].search_row.at < page.rows[-1].search_row.at
    back, _hits = search(team.project, {"q": "common", "before": following.previous})
    assert list(back.rows) == list(page.rows)
    assert [row.search_row.day for row in search(team.project, {"q": "needle"})[0].rows] == days


def plan(team: Team, text: str) -> str:
    with by_index():
        return found(team.project, parse(text), {}).order_by(*NEWEST)[:26].explain()


def many(team: Team, days: list[Any], each: int) -> None:
    """Heads with their words, made in SQL as the owner: the pipeline would take minutes."""
    (version,) = arrive(team, ("A question", "An answer"))
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(
            """
            INSERT INTO curation_trace (id, project_id, external_id, day, occurred_at, service, environment, release, variant,
                model, session_key, user_key, route, source, licence, simulated, status, escalated, truncated, training_use,
                training_use_source, state, span_count)
            SELECT gen_random_uuid(), %s, d || '-' || n, d, d + n * interval '1 second', '', '', '', '', '', '', '', 'test', '',
                '', false, 'ok', false, false, 'allowed', '', 'settled', 0
            FROM unnest(%s::date[]) d, generate_series(1, %s) n
            """,
            [team.project.pk, days, each],
        )
        cursor.execute(
            """
            INSERT INTO curation_conversationversion (id, project_id, trace_id, number, day, content_hash, key_id, rules_id,
                redactions, turns, tool_calls, tool_errors, prompt_preview, answer_preview, prompt_hash)
            SELECT gen_random_uuid(), project_id, id, 1, day, '', '', %s, '{}', 1, 0, 0, '', '', '' FROM curation_trace
            WHERE route = 'test'
            """,
            [version.rules_id],
        )
        cursor.execute(
            "UPDATE curation_trace t SET current_id = v.id FROM curation_conversationversion v"
            " WHERE v.trace_id = t.id AND t.route = 'test'"
        )
        cursor.execute(
            """
            INSERT INTO curation_searchrow (day, version_id, trace_id, project_id, at, language, words)
            SELECT day, current_id, id, project_id, occurred_at, 'en', (%s || ' ''common'':1A ''w' || span_count || ''':2A'
                || CASE WHEN external_id LIKE '%%-77' THEN ' ''needle'':3A' ELSE '' END)::tsvector
            FROM curation_trace WHERE route = 'test'
            """,
            [f"'{marker(team.project.pk)}'"],
        )
        cursor.execute("ANALYZE curation_searchrow, curation_trace, curation_conversationversion")
        cursor.execute("SET ROLE winnow_app")
