"""More like this: the same words, other words of the same rare kind, the same meaning. Each says which it is."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log

from django.db import connection
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.paging import capped_count
from curation.actions.index_search import marker
from curation.excerpts import WHOLE
from curation.models import ClusterMember, ConversationVersion, SearchRow, SemanticPair, Trace
from curation.search.find import by_index
from curation.search.words import quoted

SHOWN = 10
CANDIDATES = 40
"""The longest and most repeated words of a conversation; the rarest of them are asked for."""
TELLING = 8
COMMON = 500
"""A word in so many conversations tells none from another."""
READ = 1200


@dataclass(frozen=True, slots=True)
class Alike:
    """One other trace, how it is alike and how much: 1 is the same."""

    trace: Trace
    how: str
    likeness: float
    words: tuple[str, ...] = ()


HOW: dict[str, str | Promise] = {
    "near_duplicate": _(
        "Near-duplicate: the same word sequences (Jaccard, to the one that stands for the cluster)"
    ),
    "words": _("Shares its telling words (weighted cosine)"),
    "meaning": _("Alike in meaning (cosine of embeddings)"),
}


def more_like(trace: Trace, *, limit: int = SHOWN) -> dict[str, list[Alike]]:
    """By kind of likeness, each with the most alike first; a kind that found nothing is there and empty."""
    version = trace.current
    if version is None:
        return {name: [] for name in HOW}
    return {
        "near_duplicate": _near_duplicates(version, limit),
        "words": _by_words(trace, limit),
        "meaning": _by_meaning(version, limit),
    }


def _near_duplicates(version: ConversationVersion, limit: int) -> list[Alike]:
    own = ClusterMember.objects.filter(version=version, cluster__view=WHOLE).values("cluster_id")
    others = (
        ClusterMember.objects.filter(cluster__in=own)
        .exclude(version=version)
        .select_related("version__trace__current")
    )
    return [
        Alike(one.version.trace, "near_duplicate", one.jaccard)
        for one in others.order_by("-jaccard", "pk")[:limit]
    ]


def _by_meaning(version: ConversationVersion, limit: int) -> list[Alike]:
    """Neighbours of the one that stands for its cluster: only those were embedded."""
    state = getattr(version, "curation", None)
    cluster = state.cluster if state is not None else None
    centre = cluster.representative_id if cluster is not None else version.pk
    pairs = SemanticPair.objects.filter(Q(low_id=centre) | Q(high_id=centre)).order_by("-cosine", "-id")
    pairs = pairs.select_related("low__trace__current", "high__trace__current")[:limit]
    others = [(pair.high if pair.low_id == centre else pair.low, pair.cosine) for pair in pairs]
    return [
        Alike(other.trace, "meaning", cosine)
        for other, cosine in others
        if other.trace.current_id == other.pk
    ]


def _by_words(trace: Trace, limit: int) -> list[Alike]:
    project_id = trace.project_id
    weights = _telling(trace)
    if not weights:
        return []
    either = " | ".join(quoted(word) for word in weights)
    with by_index():
        rows = SearchRow.objects.filter(
            project_id=project_id, words__holds=f"{quoted(marker(project_id))} & ({either})"
        )
        found = dict(
            rows.exclude(trace=trace).order_by("trace_id").values_list("trace_id", "version_id")[:READ]
        )
        shared = _shared(found.values(), list(weights))
    whole = sum(weight * weight for weight in weights.values())
    scored = sorted(
        ((sum(weights[word] ** 2 for word in shared.get(version, ())) / whole, trace_id, shared.get(version, ()))
         for trace_id, version in found.items()),
        key=lambda one: (-one[0], one[1]),
    )[:limit]  # fmt: skip
    traces = Trace.objects.select_related("current").in_bulk(
        [trace_id for _score, trace_id, _words in scored]
    )
    return [
        Alike(traces[trace_id], "words", score, tuple(word.rpartition("/")[2] for word in words))
        for score, trace_id, words in scored if trace_id in traces
    ]  # fmt: skip


def _telling(trace: Trace) -> Mapping[str, float]:
    """The rarest words of its conversation that occur elsewhere too, by their inverse frequency."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT u.lexeme FROM curation_searchrow s, unnest(s.words) u WHERE s.day = %s AND s.trace_id = %s"
            " AND u.positions IS NOT NULL ORDER BY cardinality(u.positions) * ln(1 + length(u.lexeme)) DESC, u.lexeme LIMIT %s",
            [trace.day, trace.pk, CANDIDATES],
        )
        words = [word for (word,) in cursor.fetchall()]
    counts = {}
    with by_index():
        for word in words:
            held = f"{quoted(marker(trace.project_id))} & {quoted(word)}"
            counts[word] = capped_count(
                SearchRow.objects.filter(project_id=trace.project_id, words__holds=held), COMMON
            )
    rare = sorted((count, word) for word, count in counts.items() if 1 < count < COMMON)[:TELLING]
    return {word: log(COMMON / count) for count, word in rare}


def _shared(versions: Iterable[uuid.UUID], words: list[str]) -> dict[uuid.UUID, list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.version_id, array(SELECT unnest(tsvector_to_array(s.words)) INTERSECT SELECT unnest(%s::text[]) ORDER BY 1)"
            " FROM curation_searchrow s WHERE s.version_id = ANY(%s) AND s.day = ANY(SELECT v.day FROM curation_conversationversion v"
            " WHERE v.id = ANY(%s))",
            [words, list(versions), list(versions)],
        )
        return dict(cursor.fetchall())
