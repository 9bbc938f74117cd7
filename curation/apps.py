"""Curation: traces in, redacted, deduplicated, stratified, screened."""

from django.apps import AppConfig


class CurationConfig(AppConfig):
    """Above accounts, below the index and annotation."""

    name = "curation"

    def ready(self) -> None:
        """Register this app's kinds of jobs."""
        from curation import jobs  # noqa: F401
