"""Snapshots: immutable content-addressed datasets, review, approval, export."""

from django.apps import AppConfig


class SnapshotsConfig(AppConfig):
    """Above annotation, below trainers."""

    name = "snapshots"

    def ready(self) -> None:
        """Let the job runner know the build."""
        from snapshots import jobs  # noqa: F401
