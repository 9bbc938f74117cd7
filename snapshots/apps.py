"""Snapshots: immutable content-addressed datasets, review, approval, export."""

from django.apps import AppConfig


class SnapshotsConfig(AppConfig):
    """Above annotation, below trainers."""

    name = "snapshots"
