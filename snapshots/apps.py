"""Snapshots: immutable content-addressed datasets, review, approval, export."""

from django.apps import AppConfig


class SnapshotsConfig(AppConfig):
    """Above annotation, below trainers."""

    name = "snapshots"

    def ready(self) -> None:
        """Let the job runner know the build, and curation who else holds copies."""
        from snapshots import destroyed, jobs  # noqa: F401

        destroyed.register()
