"""Indexer: documents in, passages with attribution out."""

from django.apps import AppConfig


class IndexerConfig(AppConfig):
    """Registers the index job when the app is ready."""

    name = "indexer"

    def ready(self) -> None:
        """Job handlers announce themselves on import."""
        from indexer import jobs  # noqa: F401
