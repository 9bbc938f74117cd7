"""Annotation: pairs and repairs, assignment, judgments, diversity, agreement."""

from typing import Any

from django.apps import AppConfig


class AnnotationConfig(AppConfig):
    """Above curation and the index, below snapshots."""

    name = "annotation"

    def ready(self) -> None:
        """Announce the job handlers, and tell curation what judging knows about outcomes; what that needs is imported when it is asked."""
        from annotation import jobs  # noqa: F401
        from curation.outcomes import add_source

        add_source("judged", _judged)


def _judged(project: Any) -> Any:
    from annotation.outcomes import judged

    return judged(project)
