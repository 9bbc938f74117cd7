#!/usr/bin/env python
"""Command line of the Django project; schema commands connect as the owner role, all others as the app role."""

import gc
import os
import sys

OWNER_COMMANDS = frozenset({"migrate", "makemigrations", "squashmigrations", "sqlmigrate", "test"})
SELDOM = (200_000, 20, 100)
"""Migrating makes tens of thousands of model classes; looking for garbage among them at the usual pace is a sixth of its time."""


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ["WINNOW_DATABASE_ROLE"] = "owner"
    if sys.argv[1:2] == ["migrate"]:
        gc.set_threshold(*SELDOM)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
