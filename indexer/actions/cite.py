"""Citations: a lasting name for a span, and what that name stands for today."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Project
from core.errors import NotFound, Refused
from indexer.actions.authority import Who, authorised
from indexer.canonical import citation_id, sha256_text
from indexer.models import Citation, DocumentVersion, Occurrence


@dataclass(frozen=True, slots=True)
class Resolved:
    """The cited span; `now_at` are places of the same passage in live versions when its own is not live."""

    citation: Citation
    version: DocumentVersion
    quote: str
    is_current: bool
    now_at: tuple[Occurrence, ...]


def cite(*, who: Who, project: Project, version_key: str, start: int, end: int) -> Citation:
    """Name any span of a version; the same span always gets the same name."""
    authorised(who, "index.read", project)
    version = DocumentVersion.objects.of(project).filter(key=version_key).first()
    if version is None:
        raise NotFound("version_not_found", _("There is no such document version in this project."))
    if not 0 <= start < end <= len(version.text):
        raise Refused(
            "span_outside",
            _("A span must lie within 0 and %(end)d.") % {"end": len(version.text)},
            start=start,
            end=end,
        )
    named, _created = Citation.objects.get_or_create(
        project=project,
        citation_id=citation_id(version.key, start, end),
        defaults={"document_version": version, "start": start, "end": end},
    )
    return named


def resolve(*, who: Who, project: Project, name: str) -> Resolved:
    """What a citation stands for; also for superseded and deleted versions, which it says."""
    authorised(who, "index.read", project)
    found = Citation.objects.filter(project=project, citation_id=name)
    citation = found.select_related("document_version__source").first()
    if citation is None:
        raise NotFound("citation_not_found", _("There is no such citation in this project."))
    version = citation.document_version
    moved: tuple[Occurrence, ...] = ()
    if not version.is_current:
        same = Occurrence.objects.live().filter(
            project=project, passage__text_sha256=sha256_text(citation.quote)
        )
        moved = tuple(
            same.select_related("document_version").defer("document_version__text").in_reading_order()[:20]
        )
    return Resolved(citation, version, citation.quote, version.is_current, moved)
