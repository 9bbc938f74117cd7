"""Real traces through the curation stations on a real database: seconds per station, outcomes that add up."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.contract import Row

SETTING = "database"
DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
QUICK = 3000


def rows(*, quick: bool) -> Iterator[Row]:
    """Needs the real records beside the checkout. Embedding is measured where the extra is installed."""
    if not DATA.is_dir():
        raise SystemExit("../shared/data is absent: nothing to measure on.")
    yield from _pipeline(quick)


def _pipeline(quick: bool) -> Iterator[Row]:
    from django.conf import settings

    from accounts.models import Project
    from core.actors import system
    from curation.actions.ingest_file import ingest_file
    from curation.actions.quarantine import publish_quarantine, read_quarantine_file
    from curation.actions.settle_traces import settle_traces
    from curation.pipeline import run_curation

    settings.SETTLE_GRACE_SECONDS = 0
    who = system("bench")
    project = Project.objects.create(slug="bench", name="Bench", training_use_default="allowed")
    items = read_quarantine_file(DATA / "quarantine" / "gsm8k_test.jsonl")
    publish_quarantine(who=who, project=project, items=items)
    with tempfile.TemporaryDirectory() as folder:
        ingest_file(who=who, project=project, path=_file(Path(folder), quick))
    while settle_traces(limit=1000):
        pass
    report = run_curation(project)
    count = report.counts["versions"]
    deduplication = sum(report.seconds[name] for name in ("read", "probe", "merge"))
    limit = "" if quick else "<= 120"
    yield Row("conversations", count)
    yield Row("read, screen and publish", report.seconds["read"], "s")
    yield Row("probe and verify", report.seconds["probe"], "s")
    yield Row("merge into clusters", report.seconds["merge"], "s")
    yield Row("read to clusters, together", deduplication, "s", limit)
    yield Row("strata, embedding included" if report.embedded else "strata without embedding", report.seconds["stratify"], "s",
              "" if quick else "<= 240")  # fmt: skip
    outcomes = sum(value for name, value in report.counts.items() if name != "versions")
    yield Row("outcomes that add up to conversations", outcomes - count, "", "== 0")


def _file(folder: Path, quick: bool) -> Path:
    import gzip

    source = DATA / "traces" / "traces-permissive.jsonl.gz"
    if not quick:
        return source
    part = folder / "part.jsonl"
    with gzip.open(source, "rt", encoding="utf-8") as stream, part.open("w", encoding="utf-8") as target:
        target.writelines(line for line, _ in zip(stream, range(QUICK), strict=False))
    return part
