"""Take a file of traces in, of any format, gzipped or not; safe to repeat after any interruption."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from accounts.models import Project
from core.errors import NotFound
from curation.actions.ingest_batch import Report, ingest_batch
from curation.actions.who import Who
from curation.formats.files import AUTO, Defaults
from curation.ingest.files import defaults_now, file_items, open_file
from curation.ingest.store import release_held

ROUTE, UPLOADED = "file", "upload"
HOLD_SECONDS = 1800


def ingest_file(
    *,
    who: Who,
    project: Project,
    path: Path,
    training_use: str = "",
    form: str = AUTO,
    defaults: Defaults | None = None,
) -> Report:
    """Ingest a file from disk; see `ingest_stream`."""
    with open_path(path) as stream:
        return ingest_stream(
            who=who, project=project, stream=stream, name=path.name, size=path.stat().st_size,
            training_use=training_use, form=form, defaults=defaults,
        )[0]  # fmt: skip


def open_path(path: Path) -> BinaryIO:
    """The bytes of a file on disk; refuses one that cannot be opened."""
    try:
        return path.open("rb")
    except OSError as error:
        raise NotFound("file_unreadable", f"{path.name} cannot be read: {error.strerror}.") from error


def ingest_stream(
    *,
    who: Who,
    project: Project,
    stream: BinaryIO,
    name: str,
    size: int,
    training_use: str = "",
    form: str = AUTO,
    defaults: Defaults | None = None,
    route: str = ROUTE,
) -> tuple[Report, str]:
    """Ingest every row and name the format; its traces settle when it was read to its end, as their turns lie apart."""
    opened = open_file(stream, place=name, form=form)
    report = ingest_batch(
        any_age=True,
        who=who, project=project, route=route, source_name=name, size=size, training_use=training_use,
        items=file_items(opened, place=name, defaults=defaults or defaults_now()), hold_seconds=HOLD_SECONDS,
    )  # fmt: skip
    release_held(project.pk, report.batch_id)
    return report, opened.form.name
