"""Choose who stands for a cluster of near-duplicates, and by which view duplicates are left out."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models.functions import Now

from accounts.models import Project
from core import audit
from core.errors import Refused
from curation.actions.who import Who, allowed, person_of
from curation.dedup.keep import choice_of
from curation.dedup.members import DUPLICATES
from curation.dedup.views import VIEWS
from curation.models import CurationState, DeduplicationChoice, Keep
from curation.models.conversation import CurationStep


def choose_deduplication(
    *, who: Who, project: Project, keep: str | None = None, dropping_view: str | None = None
) -> DeduplicationChoice:
    """What is not given stays. The project's clusters are made anew by the merger; raises Refused."""
    actor = allowed(who, "curation.manage", project)
    with transaction.atomic():
        before = choice_of(project.pk)
        keep, view = keep or before.keep, dropping_view or before.dropping_view
        if keep not in Keep.values:
            raise Refused("unknown_keep_policy", "This is no keep policy.", hint=", ".join(Keep.values))
        if view not in VIEWS:
            raise Refused("unknown_view", "This is no view of a conversation.", hint=", ".join(VIEWS))
        choice, _ = DeduplicationChoice.objects.update_or_create(
            project=project,
            defaults={"keep": keep, "dropping_view": view, "chosen_by": person_of(who), "chosen_at": Now()},
        )
        if view != before.dropping_view:
            _take_back(project)
        send_to_merger(project)
        audit.record(
            actor=actor, verb="deduplication.choose", subject=project, project_id=project.pk,
            data={"keep": keep, "dropping_view": view},
        )  # fmt: skip
    return choice


def send_to_merger(project: Project) -> None:
    """Everything that has a neighbour or a twin is looked at again; what is alone stays alone whatever is chosen."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO curation_clusterwork (project_id, text_id, stage, fresh)
            SELECT t.project_id, t.id, 'merge', false FROM curation_distincttext t
            WHERE t.project_id = %s
              AND (EXISTS (SELECT 1 FROM curation_duplicateedge e WHERE e.low_id = t.id)
                OR EXISTS (SELECT 1 FROM curation_duplicateedge e WHERE e.high_id = t.id)
                OR (SELECT count(*) FROM (SELECT 1 FROM curation_signature g WHERE g.text_id = t.id LIMIT 2) two) > 1)
            """,
            [project.pk],
        )


def _take_back(project: Project) -> None:
    """Under another view nobody is a duplicate until that view has said so."""
    states = CurationState.objects.filter(project=project).exclude(
        step__in=[CurationStep.PENDING, CurationStep.PUBLISHED, CurationStep.SUPERSEDED]
    )
    states.filter(drop_reason__in=DUPLICATES).update(drop_reason="")
    states.update(cluster=None, is_representative=True)
