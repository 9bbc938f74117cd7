"""Make an index build: embed what is new, write the files, and publish them with the versions they hold."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from core import embedding
from core.actors import system
from core.audit import emit, record
from core.jobs import RunningJob
from core.vectors import unpack
from indexer.build_files import publish_folder
from indexer.embed_misses import Embedded, embed_misses
from indexer.faiss_store import FaissStore
from indexer.lexical import TOKENS, LexicalIndex
from indexer.models import BuildState, DocumentVersion, IndexBuild, IndexPointer, Occurrence, Passage, Vector
from indexer.passages import context_of
from indexer.reader import IDS_FILE, folder_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ACTOR = system("indexer")
KEPT_FOLDERS = 3
PAGE = 5000


@dataclass
class Contents:
    """What the tables held when the build started."""

    versions: set[int]
    passages: list[int] = field(default_factory=list)
    lexical_texts: list[str] = field(default_factory=list)
    embed_inputs: list[str] = field(default_factory=list)
    embed_sha256s: list[str] = field(default_factory=list)


def build_index(build: IndexBuild, running: RunningJob) -> dict[str, object] | None:
    """Do the whole build; None when it was cancelled. Publishing needs the job's lease (fence)."""
    started = time.monotonic()
    contents = _read(build)
    running.say(f"{len(contents.versions):,} document versions, {len(contents.passages):,} passages to index")
    model = _encoder(running)
    embedded = Embedded(0, 0, 0.0)
    if model is not None:
        embedded = embed_misses(build.project, contents, model, running)
    if running.cancelled:
        IndexBuild.objects.filter(pk=build.pk).update(state=BuildState.FAILED)
        return None
    manifest_sha256 = _write_files(build, contents, model)
    metrics = {
        "seconds": round(time.monotonic() - started, 2),
        "embedding_seconds": round(embedded.seconds, 2),
    }
    counts = {
        "document_versions": len(contents.versions),
        "passages": len(contents.passages),
        "vectors": len(contents.passages) if model else 0,
        "embedded": embedded.count,
        "reused": embedded.reused,
    }
    state = _publish(build, running, contents, model, manifest_sha256, counts, metrics)
    _drop_old_folders(build)
    running.say(f"{state}: {counts['embedded']:,} embedded, {counts['reused']:,} vectors reused")
    return {"build": str(build.pk), "state": str(state), **counts, **metrics}


def _encoder(running: RunningJob) -> embedding.ModelIdentity | None:
    """The model to embed with, or None: the build then answers by words only, and says so."""
    if not settings.INDEX_VECTORS:
        running.say(
            "Vectors are switched off (WINNOW_INDEX_VECTORS): this build answers by words only.", "warning"
        )
        return None
    if not (embedding.available() and FaissStore.installed()):
        running.say("The extra `embed` is not installed: this build answers by words only.", "warning")
        return None
    return embedding.model_identity()


def _read(build: IndexBuild) -> Contents:
    """Passages of everything live or waiting, each with the title and section of its first place."""
    versions = DocumentVersion.objects.of(build.project).indexable()
    contents = Contents(versions=set(versions.values_list("id", flat=True)))
    titles = {version.id: version for version in versions.only("id", "title")}
    first: dict[int, str] = {}
    places = Occurrence.objects.filter(document_version__in=contents.versions, chunker=build.chunker)
    for passage, version, section in places.order_by("document_version_id", "start").values_list(
        "passage_id", "document_version_id", "section"
    ):
        first.setdefault(passage, context_of(titles[version], section))
    for row in _passages(sorted(first)):
        contents.passages.append(row.pk)
        contents.lexical_texts.append(f"{first[row.pk]}\n{row.text}")
        contents.embed_inputs.append(f"{row.context}\n{row.text}" if row.context else row.text)
        contents.embed_sha256s.append(row.embed_input_sha256)
    return contents


def _passages(ids: list[int]) -> Iterator[Passage]:
    for at in range(0, len(ids), PAGE):
        yield from Passage.objects.filter(pk__in=ids[at : at + PAGE]).order_by("pk")


def _vectors(
    build: IndexBuild, contents: Contents, model: embedding.ModelIdentity
) -> tuple[list[int], NDArray[np.float32]]:
    """Passage ids and their stored vectors, in the order of `contents`."""
    rows = Vector.objects.filter(project=build.project, model_sha256=model.sha256, dtype=model.dtype)
    stored: dict[str, bytes] = {}
    for at in range(0, len(contents.embed_sha256s), PAGE):
        page = rows.filter(embed_input_sha256__in=contents.embed_sha256s[at : at + PAGE])
        stored.update((name, bytes(data)) for name, data in page.values_list("embed_input_sha256", "data"))
    return contents.passages, unpack([stored[name] for name in contents.embed_sha256s], model.dimensions)


def _write_files(build: IndexBuild, contents: Contents, model: embedding.ModelIdentity | None) -> str:
    import numpy as np

    def write(folder: Path) -> None:
        np.save(folder / IDS_FILE, np.asarray(contents.passages, dtype=np.int64))
        LexicalIndex.build(contents.lexical_texts).save(folder)
        if model is not None:
            FaissStore.build(*_vectors(build, contents, model)).save(folder)

    facts = {
        "build": str(build.pk),
        "number": build.number,
        "chunker": build.chunker,
        "model_id": model.model_id if model else "",
        "model_sha256": model.sha256 if model else "",
        "dtype": model.dtype if model else "",
        "lexical_tokens": TOKENS,
        "lexical_weight": build.lexical_weight,
        "passages": len(contents.passages),
    }
    return publish_folder(folder_of(build), facts, write)


def _publish(
    build: IndexBuild,
    running: RunningJob,
    contents: Contents,
    model: embedding.ModelIdentity | None,
    manifest_sha256: str,
    counts: dict[str, int],
    metrics: dict[str, float],
) -> BuildState:
    """One transaction: waiting versions become live, what they replace is superseded, the pointer moves."""
    project = build.project
    with running.fence(), transaction.atomic():
        # Builds of one project publish one after the other.
        type(project).objects.select_for_update(no_key=True).get(pk=project.pk)
        missing = DocumentVersion.objects.of(project).live().exclude(pk__in=contents.versions).exists()
        state = BuildState.OVERTAKEN if missing else BuildState.PUBLISHED
        IndexBuild.objects.filter(pk=build.pk).update(
            state=state,
            manifest_sha256=manifest_sha256,
            model_id=model.model_id if model else "",
            model_sha256=model.sha256 if model else "",
            dtype=model.dtype if model else "",
            counts=counts,
            metrics=metrics,
            published_at=timezone.now() if state == BuildState.PUBLISHED else None,
        )
        if state == BuildState.PUBLISHED:
            _go_live(build, contents)
        record(
            actor=ACTOR,
            verb="index.publish",
            subject=build,
            project_id=project.pk,
            data={"state": state, **counts},
        )
        emit(subject=build, name=str(state), project_id=project.pk, from_state="building", to_state=state)
    return state


def _go_live(build: IndexBuild, contents: Contents) -> None:
    waiting = DocumentVersion.objects.of(build.project).pending().filter(pk__in=contents.versions)
    pending = dict(waiting.select_for_update().values_list("pk", "source_id"))
    replaced = DocumentVersion.objects.of(build.project).live().filter(source__in=pending.values())
    replaced.update(superseded_at=Now())
    DocumentVersion.objects.filter(pk__in=pending).update(live_at=Now())
    IndexPointer.objects.update_or_create(
        project=build.project, name=build.name, defaults={"build": build, "moved_at": timezone.now()}
    )


def _drop_old_folders(build: IndexBuild) -> None:
    """Files of builds nobody points to, also those nobody ever did; the tables can make them again."""
    builds = IndexBuild.objects.of(build.project).filter(name=build.name)
    old = builds.filter(state=BuildState.PUBLISHED)[KEPT_FOLDERS:]
    for stale in (*old, *builds.filter(state=BuildState.OVERTAKEN)):
        shutil.rmtree(folder_of(stale), ignore_errors=True)
