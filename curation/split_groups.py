"""Which near-duplicate clusters of a project are alike in another way, so that one split must not part them."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

from accounts.models import Project
from curation.dedup.views import ANSWER, PROMPT
from curation.excerpts import WHOLE
from curation.semantic.decided import accepted_pairs
from curation.splits import joined

_HOME = "coalesce(k.representative_id, s.version_id)"
_SAME_QUESTION = f"""
    SELECT array_agg(DISTINCT {_HOME}) FROM curation_curationstate s
    JOIN curation_conversationversion v ON v.id = s.version_id
    LEFT JOIN curation_cluster k ON k.id = s.cluster_id
    WHERE s.project_id = %s AND s.step <> 'superseded' AND v.prompt_hash <> ''
    GROUP BY v.prompt_hash HAVING count(DISTINCT {_HOME}) > 1
"""
LEAST_ANSWER = 50
"""Shorter answers are alike by chance ("Your reservation is made."): they would join what has nothing to do with each other."""
_SAME_IN_A_VIEW = f"""
    SELECT array_agg(DISTINCT {_HOME}) FROM curation_clustermember m
    JOIN curation_cluster c ON c.id = m.cluster_id JOIN curation_distincttext d ON d.id = c.centre_id
    JOIN curation_curationstate s ON s.version_id = m.version_id
    LEFT JOIN curation_cluster k ON k.id = s.cluster_id
    WHERE c.project_id = %s AND (c.view = ANY(%s) OR (c.view = %s AND d.shingle_count >= %s)) AND s.step <> 'superseded'
    GROUP BY m.cluster_id HAVING count(DISTINCT {_HOME}) > 1
"""
_CONFIRMED = f"""
    SELECT array_agg(DISTINCT {_HOME}) FROM unnest(%s::uuid[], %s::uuid[]) WITH ORDINALITY AS p(low, high, place)
    JOIN curation_conversationversion v ON v.id IN (p.low, p.high) JOIN curation_trace t ON t.id = v.trace_id
    JOIN curation_curationstate s ON s.version_id = t.current_id AND s.step <> 'superseded'
    LEFT JOIN curation_cluster k ON k.id = s.cluster_id
    GROUP BY p.place HAVING count(DISTINCT {_HOME}) > 1
"""


def split_groups(project: Project) -> Mapping[str, str]:
    """cluster → group for every cluster that is joined to another; a cluster that is not in it stands alone.

    Joined are clusters that hold the same question word for word, nearly the same one, nearly the same long answer or nearly
    the same whole (clusters of their own where a project leaves duplicates out by another view), and those of conversations
    that a person said mean the same, in whichever version. The same tool calls alone join nobody: their names are no content.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SAME_QUESTION, [project.pk])
        alike = [homes for (homes,) in cursor.fetchall()]
        cursor.execute(_SAME_IN_A_VIEW, [project.pk, [WHOLE, PROMPT], ANSWER, LEAST_ANSWER])
        alike += [homes for (homes,) in cursor.fetchall()]
        pairs = accepted_pairs(project)
        cursor.execute(_CONFIRMED, [[low for low, _ in pairs], [high for _, high in pairs]])
        alike += [homes for (homes,) in cursor.fetchall()]
    links = ((str(homes[0]), str(other)) for homes in alike for other in homes[1:])
    return joined((), links)
