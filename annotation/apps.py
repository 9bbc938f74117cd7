"""Annotation: pairs and repairs, assignment, judgments, diversity, agreement."""

from django.apps import AppConfig


class AnnotationConfig(AppConfig):
    """Above curation and the index, below snapshots."""

    name = "annotation"
