"""`manage.py quarantine FILE --project SLUG [--set NAME]`: add the items of a JSONL, CSV or text file to the quarantine."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Project
from core.actors import system
from core.errors import Refused
from curation.actions.quarantine import SetFacts, publish_quarantine, read_quarantine_file
from curation.models import SetRole


class Command(BaseCommand):
    """See the module docstring."""

    help = "Add test items to the quarantine; they and their near-duplicates never reach training data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE, --project, --set, and where the set comes from."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--project", required=True, help="slug of the project")
        parser.add_argument("--set", default=None, help="name of the set; the file's name without it")
        parser.add_argument(
            "--role", default=SetRole.HELD_OUT, choices=SetRole.values, help="why it is held out"
        )
        parser.add_argument("--licence", default="", help="licence of the set")
        parser.add_argument("--source", default="", help="where the set is from")

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish the next version, or say what is wrong with the file."""
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']!r}.")
        facts = SetFacts(options["role"], options["licence"], options["source"])
        try:
            items = read_quarantine_file(options["file"], options["set"])
            version = publish_quarantine(
                who=system("quarantine command"), project=project, items=items, facts=facts
            )
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        count = sum(version.body.get("sets", {}).values())
        self.stdout.write(f"Quarantine version {version.number} with {count:,} items is in force.")
