"""Small corpora, and a way to index them for real without loading the encoder where meaning is not the question."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import orjson
import pytest

from accounts.models import Project
from core.actors import system
from core.jobs import runner
from indexer.actions.sync_documents import SyncDone, sync_documents
from indexer.documents import read_documents
from indexer.models import IndexBuild
from indexer.reader import readers

ROBOT = system("tests")
Deliver = Callable[..., SyncDone]

TORTURE = {
    "repeats": "The same line.\n\n" * 40 + "The same line. The same line. " * 60,
    "crlf": "First paragraph.\r\n\r\nSecond one,\rwith a lone return.\r\n\r\n# Heading\r\n\r\nThird.",
    "combining": "e\u0301te\u0301 nai\u0308ve " * 300 + "\n\n" + "a\u0323\u0307" * 900,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈👍🏽" * 200 + "\n\nA family: 👩‍👩‍👧‍👦.",
    "cjk": "数据库中的每一个段落都必须能够准确地定位。" * 60 + "\n\n" + "한국어 문장입니다. " * 100,
    "no blanks": "x" * 9000,
    "code": "def f():\n    return 1\n\n\n```\nfenced\n\nstill fenced\n```\n\n    indented()\n" * 20,
    "headings": "# A\n\n## B\n\n### C\n\ntext under c\n\nTitle\n=====\n\nbody\n\nSub\n---\n\nmore\n\nTail heading",
    "bom and separators": "\ufeffone\u2028two\u2029three\u0085four\n\n\u00a0\u3000five",
    "right to left": "مرحبا بالعالم. " * 80 + "שלום עולם. " * 80,
    "rules": "***\n\n---\n\n===\n\n" + "-" * 500,
}


def jsonl(*rows: dict[str, object]) -> io.BytesIO:
    """Rows as a delivery's stream."""
    return io.BytesIO(b"\n".join(orjson.dumps(row) for row in rows))


def run_build(build: IndexBuild) -> IndexBuild:
    """Do a queued build in this process, as a worker would."""
    assert build.job is not None
    runner.run(str(build.job.pk))
    build.refresh_from_db()
    build.job.refresh_from_db()
    assert build.job.state == "succeeded", build.job.error or list(
        build.job.log.values_list("message", flat=True)
    )
    return build


def deliver_rows(project: Project, *rows: dict[str, object], index: bool = True, **options: bool) -> SyncDone:
    """Store the rows and, unless told otherwise, publish them."""
    done = sync_documents(
        who=ROBOT,
        project=project,
        rows=read_documents(jsonl(*rows), "test.jsonl"),
        origin="test.jsonl",
        **options,
    )
    if index and done.build is not None:
        run_build(done.build)
    return done


@pytest.fixture(autouse=True)
def words_only(settings) -> Iterator[None]:  # type: ignore[no-untyped-def]
    """Builds without vectors, unless a test switches them on; no encoder is ever started by accident."""
    settings.INDEX_VECTORS = False
    settings.EMBEDDER = "off"
    readers.clear()
    yield
    readers.clear()


@pytest.fixture
def bread() -> dict[str, object]:
    """One document of several sections."""
    return {
        "doc_id": "bread",
        "uri": "https://example.org/bread",
        "title": "Bread",
        "published": "2024-02-03",
        "licence": "cc-by",
        "text": "# Bread\n\nSourdough rises slowly overnight.\n\n## Oven\n\nBake at 240 degrees with steam.\n\n"
        "## Storage\n\nKeep the loaf in linen.",
    }
