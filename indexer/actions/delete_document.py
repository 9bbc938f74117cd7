"""Take a document out of search: effective with the next query, nothing is rebuilt."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import Project
from core.audit import emit, record
from core.errors import NotFound, Refused
from indexer.actions.authority import Who, authorised
from indexer.models import DocumentVersion, Source


def delete_document(*, who: Who, project: Project, source_id: uuid.UUID) -> Source:
    """Mark all its versions deleted. Citations still resolve and say so."""
    actor = authorised(who, "index.manage", project)
    with transaction.atomic():
        source = Source.objects.of(project).select_for_update().filter(pk=source_id).first()
        if source is None:
            raise NotFound("document_not_found", _("There is no such document in this project."))
        versions = DocumentVersion.objects.filter(source=source)
        if not versions.indexable().exists():
            raise Refused("document_deleted", _("The document is not in the index any more."))
        gone = versions.filter(deleted_at__isnull=True).update(deleted_at=Now())
        record(
            actor=actor, verb="index.delete", subject=source, project_id=project.pk, data={"versions": gone}
        )
        emit(subject=source, name="deleted", project_id=project.pk, to_state="deleted")
    return source
