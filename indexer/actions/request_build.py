"""Queue an index build; one that is still waiting in the queue will do."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Max

from accounts.models import Project
from core.audit import record
from core.jobs import enqueue
from core.models import JobState
from indexer.actions.authority import Who, authorised
from indexer.chunking import CHUNKER
from indexer.fusion import LEXICAL_WEIGHT
from indexer.models import BuildState, IndexBuild
from indexer.models.build import MAIN

KIND = "index.build"


def request_build(*, who: Who, project: Project, name: str = MAIN) -> IndexBuild:
    """The queued build. A build that already runs does not count: it may have read the tables before this change."""
    actor = authorised(who, "index.manage", project)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"index:{project.pk}:{name}"]
            )
        builds = IndexBuild.objects.of(project).filter(name=name)
        waiting = builds.filter(state=BuildState.BUILDING, job__state=JobState.QUEUED, job__attempt=0).first()
        if waiting is not None:
            return waiting
        number = (builds.aggregate(highest=Max("number"))["highest"] or 0) + 1
        build = IndexBuild(
            project=project, name=name, number=number, chunker=CHUNKER, lexical_weight=LEXICAL_WEIGHT
        )
        build.job = enqueue(
            kind=KIND,
            project_id=project.pk,
            payload={"build_id": str(build.id)},
            queue="index",
            lease_seconds=60,
        )
        build.save(force_insert=True)
        record(actor=actor, verb="index.build", subject=build, project_id=project.pk, data={"number": number})
    return build
