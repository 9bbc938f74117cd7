"""Curation: traces in, redacted, deduplicated, stratified, screened."""

from django.apps import AppConfig


class CurationConfig(AppConfig):
    """Above accounts, below the index and annotation."""

    name = "curation"
