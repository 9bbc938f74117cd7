"""Core: what has no domain of its own. Jobs, audit, events, keys, storage."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The lowest layer; imports no other app."""

    name = "core"
