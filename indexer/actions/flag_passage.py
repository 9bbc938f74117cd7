"""Say that a passage needs work: a backlog item that carries its citation."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import ApiToken, Project, User
from core.errors import NotFound
from curation.actions.backlog import open_item
from curation.models import BacklogItem
from indexer.models import Citation


def flag_passage(
    *, who: User | ApiToken, project: Project, citation_id: str, reason: str, note: str = ""
) -> BacklogItem:
    """The open item; the same reason on the same passage stays one item."""
    if not Citation.objects.filter(project=project, citation_id=citation_id).exists():
        raise NotFound("citation_not_found", _("There is no such citation in this project."))
    return open_item(who=who, project=project, reason=reason, citation=citation_id, note=note)
