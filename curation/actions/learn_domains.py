"""Learn domains from what people corrected: train, judge on what was held out, and use it only where it is not worse."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Project
from core import embedding
from core.actors import Actor, system
from core.errors import Refused, Unavailable
from core.jobs import enqueue
from core.locks import named_lock
from core.models import Job
from curation.actions.edit_taxonomy import enqueue_relabel
from curation.actions.taxonomy import current_taxonomy, publish_taxonomy, taxonomy_version
from curation.actions.who import Who, allowed
from curation.classifier import Lessons, learn
from curation.confidence import Report
from curation.domain_vectors import TOPIC, topic_vectors
from curation.jobs import LEARN
from curation.models import AssetVersion
from curation.strata import OTHER, Taxonomy

LEAST_LABELS = 20
LEAST_PER_DOMAIN = 3
EVERY = 5
"""So many corrections since the last lesson start the next one by themselves."""
FROM_CENTROIDS = 40
"""At most so many sure texts of each domain stand beside the corrections, so that a domain nobody corrected is not forgotten."""
CENTROID_WEIGHT = 0.2


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's word on the domain of a version."""

    version_id: uuid.UUID
    text: str
    domain: str


def ask_to_learn(*, who: Who, project: Project) -> Job:
    """Start a lesson now; refuses with what is missing."""
    allowed(who, "curation.manage", project)
    if why := not_yet(project):
        raise Refused("not_enough_labels", why)
    return _enqueue(project)


def learn_when_due(project: Project) -> Job | None:
    """Start a lesson once enough was corrected since the last one."""
    version = taxonomy_version(project)
    learned = int(version.body.get("learned", 0)) if version else 0
    due = correction_count(project) - learned >= EVERY
    return _enqueue(project) if due and not not_yet(project) else None


def not_yet(project: Project) -> str:
    """What is missing before anything can be learned, "" when nothing is."""
    if not embedding.available():
        return _("Learning needs embeddings: install the extra `embed`.")
    if current_taxonomy(project) is None:
        return _("No domains were found yet.")
    count = correction_count(project)
    if count < LEAST_LABELS:
        return _("%(count)d of at least %(least)d labels are there.") % {
            "count": count,
            "least": LEAST_LABELS,
        }
    usual = [n for n in Counter(one.domain for one in corrections(project)).values() if n >= LEAST_PER_DOMAIN]
    if len(usual) < 2:
        return _("At least two domains need %(least)d labels each.") % {"least": LEAST_PER_DOMAIN}
    return ""


def correction_count(project: Project) -> int:
    """How many versions have a domain from a person."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT version_id) FROM curation_labelrevision"
            " WHERE project_id = %s AND axis = 'domain' AND author_id IS NOT NULL",
            [project.pk],
        )
        return int(cursor.fetchone()[0])


def corrections(project: Project) -> list[Correction]:
    """The last word of people on each version they labelled, in a stable order."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT DISTINCT ON (l.version_id) l.version_id, {TOPIC}, l.value
            FROM curation_labelrevision l JOIN curation_conversationversion v ON v.id = l.version_id
            WHERE l.project_id = %s AND l.axis = 'domain' AND l.author_id IS NOT NULL
            ORDER BY l.version_id, l.number DESC
            """,
            [project.pk],
        )
        return [Correction(*row) for row in cursor.fetchall()]


def learn_domains(project: Project, *, actor: Actor | None = None) -> AssetVersion:
    """One lesson: the next version of the taxonomy with its report, and with the classifier where that won.

    Raises Refused when there is too little to learn from.
    """
    if why := not_yet(project):
        raise Refused("not_enough_labels", why)
    found = current_taxonomy(project)
    assert found is not None
    version, taxonomy = found
    said = corrections(project)
    vectors = topic_vectors(project.pk, {one.version_id: one.text for one in said})
    classifier, report = learn(_lessons(project, taxonomy, said, vectors))
    before = _right(taxonomy, vectors, said)
    better = report.accuracy >= before["accuracy"]
    about = {
        "found_in": version.body.get("found_in", 0),
        "learned": len(said),
        "report": _report(report, before, better),
    }
    with named_lock(f"stratify:{project.pk}"), transaction.atomic():
        _require_unmoved(project, version)
        made = publish_taxonomy(
            project,
            replace(taxonomy, classifier=classifier if better else None),
            actor or system("curation"),
            note=_("Learned from %(count)d labels of people") % {"count": len(said)},
            about=about,
        )
        if better:
            enqueue_relabel(made)
    return made


def _require_unmoved(project: Project, version: AssetVersion) -> None:
    """What was learned names the domains as they were; after an edit it is learned again."""
    current = taxonomy_version(project)
    if current is None or current.pk != version.pk:
        raise Unavailable(
            "taxonomy_moved", _("Somebody edited the domains in the meantime; it is learned again.")
        )


def _lessons(project: Project, taxonomy: Taxonomy, said: Sequence[Correction], vectors: Any) -> Lessons:
    """People's labels at full weight, and beside them what the centroids are surest of, where people did not disagree."""
    trusted = set(taxonomy.names) - _refuted(taxonomy.assign(vectors), said)
    more = _surest(project, {one.version_id for one in said}, trusted)
    texts = [one.text for one in said] + [one.text for one in more]
    beside = topic_vectors(project.pk, {one.version_id: one.text for one in more})
    return Lessons(
        np.vstack([vectors, beside]).astype(np.float32),
        texts,
        [one.domain for one in said] + [one.domain for one in more],
        np.array([1.0] * len(said) + [CENTROID_WEIGHT] * len(more), dtype=np.float32),
        np.array([True] * len(said) + [False] * len(more)),
    )


def _refuted(labels: Sequence[tuple[str, float]], said: Sequence[Correction]) -> set[str]:
    """Domains of the centroids that people called something else more often than not."""
    given = Counter(name for name, _ in labels)
    agreed = Counter(name for (name, _), one in zip(labels, said, strict=True) if name == one.domain)
    return {name for name, count in given.items() if agreed[name] * 2 < count}


def _surest(project: Project, without: set[uuid.UUID], domains: set[str]) -> list[Correction]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT n.version_id, n.text, n.domain FROM (
                SELECT s.version_id, {TOPIC} AS text, s.domain,
                       row_number() OVER (PARTITION BY s.domain ORDER BY s.domain_confidence DESC, s.version_id) AS place
                FROM curation_curationstate s JOIN curation_conversationversion v ON v.id = s.version_id
                WHERE s.project_id = %s AND s.is_representative AND s.step = 'done' AND s.domain_confidence IS NOT NULL
                  AND s.domain = ANY(%s) AND s.version_id <> ALL(%s)) n
            WHERE n.place <= %s ORDER BY n.version_id
            """,
            [project.pk, sorted(domains - {OTHER}), list(without), FROM_CENTROIDS],
        )
        return [Correction(*row) for row in cursor.fetchall()]


def _right(taxonomy: Taxonomy, vectors: Any, said: Sequence[Correction]) -> dict[str, Any]:
    """How the centroids do on the same labels: they never saw them, so all of them are held out.

    Their accuracy is without abstaining, as the classifier's is.
    """
    forced = [name == one.domain for name, one in zip(taxonomy.nearest(vectors), said, strict=True)]
    labels = [name for name, _ in taxonomy.assign(vectors)]
    decided = [name == one.domain for name, one in zip(labels, said, strict=True) if name != OTHER]
    return {
        "accuracy": round(sum(forced) / len(said), 4),
        "coverage": round(len(decided) / len(said), 4),
        "accuracy_where_sure": round(sum(decided) / len(decided), 4) if decided else None,
    }


def _report(report: Report, before: dict[str, Any], better: bool) -> dict[str, Any]:
    return {**report.as_data(), "centroids": before, "in_force": "classifier" if better else "centroids"}


def _enqueue(project: Project) -> Job:
    return enqueue(
        kind=LEARN, project_id=project.pk, payload={"project": str(project.pk)}, dedupe_key=str(project.pk)
    )
