"""Annotation: pairs and repairs, assignment, judgments, diversity, agreement."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import AppConfig

if TYPE_CHECKING:
    from accounts.models import Project, User


class AnnotationConfig(AppConfig):
    """Above curation and the index, below snapshots."""

    name = "annotation"

    def ready(self) -> None:
        """Announce the job handlers, and tell curation what judging knows and follows; what that needs is imported when asked."""
        from annotation import jobs  # noqa: F401
        from curation.outcomes import add_source
        from curation.ruling.followers import follow_erasures

        add_source("judged", _judged)
        follow_erasures("items people were asked", _closed)
        follow_erasures("answers people were shown", _emptied)


def _judged(project: Any) -> Any:
    from annotation.outcomes import judged

    return judged(project)


def _closed(who: "User", project: "Project", versions: Collection[UUID], reason: str) -> int:
    from annotation.actions.close_destroyed import close_items_of

    return close_items_of(project, versions)


def _emptied(who: "User", project: "Project", versions: Collection[UUID], reason: str) -> int:
    from annotation.actions.close_destroyed import empty_answers_of

    return empty_answers_of(versions)
