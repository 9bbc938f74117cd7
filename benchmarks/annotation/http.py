"""Submit and next over HTTP: the judging page through granian with two workers, 32 and 8 annotators at once."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.annotation.annotators import judge, p95
from benchmarks.annotation.filled import filled, project_with_people
from benchmarks.contract import Row
from benchmarks.traffic.server import HOST, serving

WARM_UP = 12.0
"""Seconds in which both workers meet every answer once."""


def rows(*, quick: bool) -> Iterator[Row]:
    """Answers of 600 words, rendered once per content; the senders share the machine with the server."""
    seconds = 4.0 if quick else 15.0
    project, lead, people = project_with_people("pages", 32)
    campaign = filled(project, lead, items=5_000 if quick else 50_000)
    with serving(pages=True) as server:
        where = {"host": HOST, "port": server.port}
        judge("http", campaign, people[:4], seconds=WARM_UP, **where)
        many = judge("http", campaign, people, seconds=seconds, **where)
        few = judge("http", campaign, people[:8], seconds=seconds, **where)
    yield Row("HTTP, 32 clients: submit + next", many.per_second, "cycles/s", ">= 150")
    yield Row("HTTP, 32 clients: p95", p95(many.answers), "ms", "<= 350")
    yield Row("HTTP, 8 clients: submit + next", few.per_second, "cycles/s")
    yield Row("HTTP, 8 clients: p95", p95(few.answers), "ms", "<= 100")
