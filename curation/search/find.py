"""Traces whose current conversation holds what was asked for, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.models import Project
from core.paging import Page, capped_count, keyset, position
from curation.actions.index_search import SPEC, marker
from curation.bodies import load_many
from curation.models import CurationState, Trace
from curation.retention import partitioned_days
from curation.search.query import Query, parse
from curation.search.snippets import Snippet, snippet
from curation.trace_filters import distinct_values, filtered

NEWEST = ("-search_row__day", "-search_row__at", "-pk")
PAGE = 25


@dataclass(frozen=True)
class Hit:
    """A trace and the stretch that was found; None where its text ends before it, or is gone meanwhile."""

    trace: Trace
    snippet: Snippet | None


def found(project: Project, query: Query, params: Mapping[str, str]) -> QuerySet[Trace]:
    """Traces that match the query and pass the filters in these parameters; a superseded version has no row."""
    languages = [params["language"]] if params.get("language") else languages_of(project)
    asked = query.tsquery(marker(project.pk), place=params.get("in", ""), languages=languages)
    traces = filtered(Trace.objects.filter(project=project), params)
    return traces.filter(search_row__project_id=project.pk, search_row__words__holds=asked)


def languages_of(project: Project) -> list[str]:
    """The languages this project's conversations are in."""
    return distinct_values("curation_curationstate", "language", project)


PLANS = ("enable_seqscan", "enable_indexscan", "enable_indexonlyscan", "enable_hashjoin", "enable_mergejoin")


@contextmanager
def by_index() -> Iterator[None]:
    """Inside: rows of words are reached by the index of words, heads from them one by one.

    How many rows hold a word the planner can only guess; where it guesses many, it reads every vector there is.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        cursor.execute(";".join(f"SET LOCAL {name} = off" for name in PLANS))
        yield
        cursor.execute(
            ";".join(f"SET LOCAL {name} TO DEFAULT" for name in (*PLANS, "max_parallel_workers_per_gather"))
        )


def search(project: Project, params: Mapping[str, str], *, size: int = PAGE) -> tuple[Page[Trace], list[Hit]]:
    """One page of `?q=` with its snippets, by `?after=` or `?before=`. Refuses a query without a word."""
    query = parse(params.get("q", ""))
    rows = found(project, query, params).select_related("search_row", "current__curation")
    with by_index():
        near = rows.filter(search_row__day__range=_stretch(rows, params, size + 1))
        page = keyset(near.prefetch_related("feedback"), params, order=NEWEST, size=size, count=False)
        page = replace(page, total=capped_count(rows))
    return page, hits(page.rows, query)


def _stretch(rows: QuerySet[Trace], params: Mapping[str, str], need: int) -> tuple[date, date]:
    """The days that hold one page: from where it starts, twice as many at each look until there are enough rows.

    Of a common word the newest day is read, of a rare one the index of every day, and of neither the vectors.
    """
    values, backwards = position(params, NEWEST)
    days = partitioned_days("curation_searchrow")
    start = date.fromisoformat(values[0]) if values else None
    beyond = [day for day in days if start is None or (day > start if backwards else day < start)]
    beyond = beyond[::-1] if backwards else beyond
    there, at, width = 0, 0, 1
    while there < need and at < len(beyond):
        part = beyond[at : at + width]
        there += capped_count(rows.filter(search_row__day__range=(min(part), max(part))), need)
        at, width = at + width, width * 2
    looked = [*beyond[:at], *([start] if start else [])] or [date.min]
    return min(looked), max(looked)


def hits(traces: Sequence[Trace], query: Query) -> list[Hit]:
    """Each with its excerpt, cut from the body as it is stored now."""
    bodies = load_many([trace.current for trace in traces if trace.current is not None])
    return [Hit(trace, _cut(trace, bodies, query)) for trace in traces]


def _cut(trace: Trace, bodies: Mapping[Any, Any], query: Query) -> Snippet | None:
    stored = bodies.get(trace.current_id)
    if stored is None:
        return None
    return snippet(stored.conversation, query, trace.search_row.language)


def waiting(project: Project) -> bool:
    """Whether some conversations are not in the index yet."""
    due = CurationState.objects.filter(project=project, search_spec__lt=SPEC)
    return due.exclude(step="superseded").exists()
