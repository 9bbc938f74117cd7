"""Find conversations that are alike in meaning, in the background, and record what people say of them. Deletes nothing."""

from __future__ import annotations

import uuid
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.actions.persons import person_behind
from accounts.models import ApiToken, Project, User
from accounts.permissions import require
from core import audit, embedding
from core.errors import NotFound, Refused, Unavailable
from core.jobs import RunningJob, enqueue
from core.locks import named_lock
from core.models import Job
from curation.bodies import load_many
from curation.excerpts import whole
from curation.jobs import SEMANTIC
from curation.models import (
    ConversationVersion,
    CurationState,
    SemanticDecision,
    SemanticPair,
    SemanticThreshold,
    SemanticVector,
)
from curation.models.conversation import CurationStep
from curation.semantic import faiss_neighbours
from curation.semantic.decided import DEFAULT_THRESHOLD, threshold_of

EMBED_BATCH = 128
COMPARE_BATCH = 2000
NEIGHBOURS = 8
FLOOR = 0.7
"""Pairs below it are not kept: no threshold a person would set lies there."""
READ_CHARACTERS = 2000
LIVE = ("queued", "running")


def available() -> bool:
    """Whether the extra `embed` with its model and faiss is installed."""
    return embedding.available() and faiss_neighbours.installed()


def start_search(*, project: Project, who: User | ApiToken | None = None) -> Job:
    """Queue the search for what is new; one that is waiting or running already is returned instead."""
    if who is not None:
        require(who, "curation.manage", project)
    if not available():
        raise Unavailable("embedding_missing", _("Meaning is not compared here: the extra `embed` is not installed."),
                          hint=_("./dev setup installs it."))  # fmt: skip
    return enqueue(
        kind=SEMANTIC,
        project_id=project.pk,
        payload={"project": str(project.pk)},
        dedupe_key=f"semantic:{project.pk}",
        lease_seconds=120,
    )


def waiting(project: Project) -> int:
    """How many representatives have no vector yet."""
    return int(_without_vector(project).count())


def run_search(running: RunningJob) -> dict[str, Any] | None:
    """The job's work: embed new representatives, then compare them with all. None when it was cancelled on the way."""
    project = Project.objects.get(pk=running.payload["project"])
    with named_lock(f"semantic:{project.pk}"):
        embedded = skipped = 0
        total = waiting(project)
        while versions := list(_without_vector(project)[skipped : skipped + EMBED_BATCH]):
            done = _embed(project, versions)
            embedded, skipped = embedded + done, skipped + len(versions) - done
            running.progress(embedded, max(total, embedded), "reading what they say")
            if running.cancelled:
                return None
        found = _compare_new(project, running)
    return None if running.cancelled else {"embedded": embedded, "pairs": found}


def _without_vector(project: Project) -> Any:
    """Current representatives that are kept; one whose text is gone stays without a vector."""
    states = CurationState.objects.filter(
        project=project, step=CurationStep.DONE, is_representative=True, drop_reason="",
        version__semantic_vector__isnull=True,
    )  # fmt: skip
    return ConversationVersion.objects.filter(pk__in=states.values("version_id")).order_by("pk")


def _embed(project: Project, versions: list[ConversationVersion]) -> int:
    bodies = load_many(versions)
    kept = [version for version in versions if version.pk in bodies]
    texts = [whole(bodies[version.pk].conversation)[:READ_CHARACTERS] or "-" for version in kept]
    vectors = embedding.encode([text.encode("utf-8", "replace").decode() for text in texts]).astype("<f2")
    name = model_name()
    SemanticVector.objects.bulk_create(
        [SemanticVector(version=version, project=project, day=version.day, model=name, vector=vector.tobytes())
         for version, vector in zip(kept, vectors, strict=True)],
        ignore_conflicts=True,
    )  # fmt: skip
    return len(kept)


def model_name() -> str:
    """Vectors of two models are never compared."""
    identity = embedding.model_identity()
    return f"{identity.model_id}:{identity.sha256[:12]}:{identity.dtype}"[:80]


def _compare_new(project: Project, running: RunningJob) -> int:
    """Everything not compared yet against everything there is; pairs from FLOOR on, the nearest few of each."""
    known = SemanticVector.objects.filter(project=project, model=model_name()).order_by("version_id")
    rows = list(known.values_list("version_id", "vector", "compared"))
    new = [place for place, (_version, _vector, compared) in enumerate(rows) if not compared]
    if not new or len(rows) < 2:
        return 0
    vectors = np.stack([np.frombuffer(bytes(vector), dtype="<f2") for _version, vector, _c in rows]).astype(
        np.float32
    )
    found = 0
    for start in range(0, len(new), COMPARE_BATCH):
        part = new[start : start + COMPARE_BATCH]
        places, cosines = faiss_neighbours.nearest(vectors[part], vectors, min(NEIGHBOURS + 1, len(rows)))
        pairs = {}
        for own, row, near in zip(part, places, cosines, strict=True):
            for other, cosine in zip(row, near, strict=True):
                if other >= 0 and other != own and cosine >= FLOOR:
                    low, high = sorted((rows[own][0], rows[other][0]))
                    pairs[low, high] = min(1.0, float(cosine))
        with transaction.atomic():
            _store(project.pk, pairs)
            SemanticVector.objects.filter(version__in=[rows[place][0] for place in part]).update(
                compared=True
            )
        found += len(pairs)
        running.progress(start + len(part), len(new), "comparing what they mean")
        if running.cancelled:
            break
    return found


def _store(project_id: uuid.UUID, pairs: dict[tuple[uuid.UUID, uuid.UUID], float]) -> None:
    ordered = sorted(pairs)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO curation_semanticpair (project_id, low_id, high_id, cosine, model)"
            " SELECT %s, low, high, cosine, %s FROM unnest(%s::uuid[], %s::uuid[], %s::float8[]) AS n(low, high, cosine)"
            " ON CONFLICT (low_id, high_id) DO NOTHING",
            [
                project_id,
                model_name(),
                [low for low, _ in ordered],
                [high for _, high in ordered],
                [pairs[one] for one in ordered],
            ],
        )


def set_threshold(
    *, who: User | ApiToken, project: Project, value: float, note: str = ""
) -> SemanticThreshold:
    """The next threshold; the one that holds already is returned unchanged."""
    require(who, "curation.manage", project)
    if not 0.5 <= value <= 1:
        raise Refused("bad_threshold", _("The threshold lies between 0.5 and 1."))
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        last = threshold_of(project)
        if last is not None and last.value == value:
            return last
        made = SemanticThreshold.objects.create(
            project=project,
            number=last.number + 1 if last else 1,
            value=value,
            note=note.strip()[:400],
            set_by=person_behind(who),
        )
        audit.record(actor=who.actor, verb="semantic.threshold", subject=made, project_id=project.pk,
                     data={"from": last.value if last else DEFAULT_THRESHOLD, "to": value})  # fmt: skip
    return made


def decide_pair(*, who: User | ApiToken, project: Project, pair_id: int, accepted: bool) -> SemanticDecision:
    """The same or not; saying what is said already changes nothing, saying the opposite is the next decision."""
    require(who, "curation.manage", project)
    with transaction.atomic():
        pair = SemanticPair.objects.select_for_update().filter(project=project, pk=pair_id).first()
        if pair is None:
            raise NotFound("pair_not_found", _("There is no such suggestion in this project."))
        last = pair.decisions.order_by("-number").first()
        if last is not None and last.accepted is accepted:
            return last
        made = SemanticDecision.objects.create(
            project=project,
            pair=pair,
            number=last.number + 1 if last else 1,
            accepted=accepted,
            decided_by=person_behind(who),
        )
        audit.record(actor=who.actor, verb="semantic.decide", subject=pair, project_id=project.pk,
                     data={"accepted": accepted, "cosine": pair.cosine})  # fmt: skip
    return made
