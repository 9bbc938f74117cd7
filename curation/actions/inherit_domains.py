"""Members of a cluster take the domain of the version that stands for it; what a person said of one of them stays."""

from __future__ import annotations

from django.db import connection

from accounts.models import Project
from curation.models.conversation import CurationStep


def inherit_domains(project: Project, step: CurationStep) -> int:
    """For members at this step: those that wait for a domain (`clustered`), or those whose domain is another now (`done`)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE curation_curationstate s SET step = 'done', updated_at = now(),
                domain = coalesce((SELECT l.value FROM curation_labelrevision l WHERE l.version_id = s.version_id
                    AND l.axis = 'domain' AND l.author_id IS NOT NULL ORDER BY l.number DESC LIMIT 1), r.domain)
            FROM curation_cluster c JOIN curation_curationstate r ON r.version_id = c.representative_id
            WHERE s.project_id = %s AND s.step = %s AND NOT s.is_representative
              AND c.id = s.cluster_id AND r.step = 'done' AND (s.step = 'clustered' OR s.domain <> r.domain)
            """,
            [project.pk, step.value],
        )
        return int(cursor.rowcount)
