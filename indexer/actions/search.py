"""Search: rank by words and meaning, then let the database say what may be shown at this moment."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import Project
from core.errors import NotFound, Refused
from indexer.actions.authority import Who, authorised
from indexer.canonical import storable
from indexer.fusion import Fused, fuse
from indexer.models import IndexBuild, IndexPointer, Occurrence
from indexer.models.build import MAIN
from indexer.reader import Reader, readers
from indexer.warm.client import WhyNot, client

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FIRST_DEPTH = 200
MAX_RESULTS = 50
MAX_QUERY = 2000
RETRIES = 8


@dataclass(frozen=True, slots=True)
class Result:
    """One passage and every live place it stands at."""

    rank: int
    score: float
    lexical: float | None
    dense: float | None
    occurrences: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """`why_words_only` says why meaning did not take part; None when it did."""

    query: str
    results: tuple[Result, ...]
    build: IndexBuild
    why_words_only: WhyNot | None
    milliseconds: float


def search(
    *,
    who: Who,
    project: Project,
    query: str,
    k: int = 10,
    licences: Sequence[str] | None = None,
    name: str = MAIN,
) -> Answer:
    """The best k passages of live document versions, optionally of these licences only ("" = none stated).

    Raises Refused for an empty query, NotFound before the first build, Unavailable for damaged files.
    """
    authorised(who, "index.read", project)
    query = storable(query).strip()[:MAX_QUERY]
    if not query:
        raise Refused("empty_query", _("Type what you are looking for."))
    started = time.perf_counter()
    k = max(1, min(k, MAX_RESULTS))
    for _attempt in range(RETRIES):
        build = _current_build(project, name)
        reader = readers.get(build)
        vector, why_not = _query_vector(build, reader, query)
        results = _ranked(build, reader, query, vector, k, licences)
        # Candidates of one build filtered after another was published would leave a hole: ask again.
        if _current_build(project, name).pk == build.pk:
            break
    return Answer(query, results, build, why_not, (time.perf_counter() - started) * 1000)


def _current_build(project: Project, name: str) -> IndexBuild:
    pointer = IndexPointer.objects.filter(project=project, name=name).select_related("build").first()
    if pointer is None:
        raise NotFound(
            "no_index",
            _("Nothing is indexed yet."),
            hint=_("A data lead can add documents on the index page."),
        )
    return pointer.build


def _query_vector(
    build: IndexBuild, reader: Reader, query: str
) -> tuple[NDArray[np.float32] | None, WhyNot | None]:
    if not build.is_dense:
        return None, WhyNot.LEXICAL_BUILD
    if reader.dense is None:
        return None, WhyNot.NOT_INSTALLED
    encoded = client.encode(query, model_sha256=build.model_sha256)
    return encoded.vector, encoded.why_not


def _ranked(
    build: IndexBuild,
    reader: Reader,
    query: str,
    vector: NDArray[np.float32] | None,
    k: int,
    licences: Sequence[str] | None,
) -> tuple[Result, ...]:
    """Widen until k passages are eligible or nothing is left out: a narrow filter loses nothing."""
    depth = max(FIRST_DEPTH, 4 * k)
    while True:
        candidates = reader.candidates(query, vector, depth)
        places = _eligible(build, candidates.lexical, licences)
        eligible = set(places.values_list("passage_id", flat=True))
        if len(eligible) >= k or candidates.complete:
            break
        depth *= 8
    kept = candidates.only(sorted(eligible))
    ranking = fuse(kept.lexical, kept.dense, build.lexical_weight)[:k]
    shown = _places(_eligible(build, [found.id for found in ranking], licences))
    present = [found for found in ranking if found.id in shown]
    return tuple(_result(rank, found, shown[found.id]) for rank, found in enumerate(present, start=1))


def _result(rank: int, found: Fused, places: list[Occurrence]) -> Result:
    return Result(rank, found.score, found.lexical, found.dense, tuple(places))


def _eligible(
    build: IndexBuild, passages: Iterable[int], licences: Sequence[str] | None
) -> QuerySet[Occurrence]:
    """Live places of these passages; the database decides when the query runs (invariant 7)."""
    fresh = Q(document_version__source__ttl__isnull=True) | Q(
        document_version__retrieved_at__gt=Now() - F("document_version__source__ttl")
    )
    rows = Occurrence.objects.live().filter(
        fresh, project_id=build.project_id, passage__in=list(passages), chunker=build.chunker
    )
    if licences is not None:
        rows = rows.filter(document_version__licence__in=[storable(licence) for licence in licences])
    return rows


def _places(rows: QuerySet[Occurrence]) -> dict[int, list[Occurrence]]:
    """Whole rows of the few that are shown, asked of the database once more: nothing removed meanwhile is shown."""
    whole = rows.select_related("document_version__source", "passage").defer("document_version__text")
    places: dict[int, list[Occurrence]] = {}
    for row in whole.order_by("document_version_id", "start"):
        places.setdefault(row.passage_id, []).append(row)
    return places
