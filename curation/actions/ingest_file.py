"""Take a file of JSON lines in, gzipped or not; safe to repeat after any interruption."""

from __future__ import annotations

from pathlib import Path

from accounts.models import Project
from core.errors import NotFound
from curation.actions.ingest_batch import Report, Who, ingest_batch
from curation.ingest.items import read_records
from curation.ingest.store import release_held

ROUTE = "file"
HOLD_SECONDS = 1800


def ingest_file(*, who: Who, project: Project, path: Path, training_use: str = "") -> Report:
    """Ingest every record; its traces settle when the file was read to its end, as their turns lie apart in it."""
    try:
        stream = path.open("rb")
    except OSError as error:
        raise NotFound("file_unreadable", f"{path.name} cannot be read: {error.strerror}.") from error
    with stream:
        report = ingest_batch(
            who=who, project=project, route=ROUTE, source_name=path.name, size=path.stat().st_size,
            items=read_records(stream, place=path.name), training_use=training_use, hold_seconds=HOLD_SECONDS,
        )  # fmt: skip
    release_held(project.pk, ROUTE)
    return report
