"""Embed what no stored vector covers yet, in batches of like length, saving each batch as it comes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from accounts.models import Project
from core import embedding
from core.jobs import RunningJob
from core.vectors import pack
from indexer.models import Vector

if TYPE_CHECKING:
    from collections.abc import Sequence

BATCH = 128
PAGE = 5000


class Inputs(Protocol):
    """Texts for the encoder and the hashes that name them, in the same order."""

    embed_inputs: list[str]
    embed_sha256s: list[str]


@dataclass(frozen=True, slots=True)
class Embedded:
    """How many inputs were embedded now, how many vectors stood already, and the seconds it took."""

    count: int
    reused: int
    seconds: float


def _known(project: Project, model: embedding.ModelIdentity, names: Sequence[str]) -> set[str]:
    rows = Vector.objects.filter(project=project, model_sha256=model.sha256, dtype=model.dtype)
    found: set[str] = set()
    for at in range(0, len(names), PAGE):
        page = rows.filter(embed_input_sha256__in=names[at : at + PAGE])
        found.update(page.values_list("embed_input_sha256", flat=True))
    return found


def embed_misses(
    project: Project, inputs: Inputs, model: embedding.ModelIdentity, running: RunningJob
) -> Embedded:
    """Every input has a vector afterwards, unless the job was cancelled. Killed halfway, the rest is what remains."""
    texts = dict(zip(inputs.embed_sha256s, inputs.embed_inputs, strict=True))
    known = _known(project, model, list(texts))
    misses = sorted(texts.keys() - known, key=lambda name: (len(texts[name]), name), reverse=True)
    total = sum(len(texts[name]) for name in misses)
    done = count = 0
    started = time.monotonic()
    for at in range(0, len(misses), BATCH):
        batch = misses[at : at + BATCH]
        _embed(project, model, {name: texts[name] for name in batch})
        done += sum(len(texts[name]) for name in batch)
        count += len(batch)
        running.progress(done, total, f"{count:,} of {len(misses):,} passages embedded")
        if running.cancelled:
            break
    return Embedded(count, len(known), time.monotonic() - started)


def _embed(project: Project, model: embedding.ModelIdentity, texts: dict[str, str]) -> None:
    """One batch; a build running beside this one may have stored some of it already."""
    names = sorted(texts.keys() - _known(project, model, list(texts)))
    vectors = pack(embedding.encode([texts[name] for name in names]))
    Vector.objects.bulk_create(
        [
            Vector(
                project=project,
                embed_input_sha256=name,
                model_id=model.model_id,
                model_sha256=model.sha256,
                dtype=model.dtype,
                dimensions=model.dimensions,
                data=data,
            )
            for name, data in zip(names, vectors, strict=True)
        ],
        ignore_conflicts=True,
    )
