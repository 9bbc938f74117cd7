"""`manage.py price_book --project SLUG [FILE] [--note TEXT]`: show the price book, or put the one of a file into force."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Project
from core.actors import system
from core.errors import Refused
from curation.actions.price_book import new_book_version
from curation.models import AssetVersion
from curation.price_books import book_of


class Command(BaseCommand):
    """See the module docstring."""

    help = "Show the project's price book as JSON, or make the one of a JSON file its next version."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE, --project and --note."""
        parser.add_argument("file", type=Path, nargs="?")
        parser.add_argument("--project", required=True, help="slug of the project")
        parser.add_argument("--note", default="", help="where the prices are from, and of which day")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the book that holds to the output, or say which version the file became."""
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']!r}.")
        if options["file"] is None:
            held = AssetVersion.objects.get(pk=book_of(project.pk).version_id)
            self.stdout.write(json.dumps(held.body, indent=1))
            return
        try:
            data = json.loads(options["file"].read_text())
        except (OSError, ValueError) as error:
            raise CommandError(f"{options['file'].name} cannot be read as JSON.") from error
        try:
            version = new_book_version(
                who=system("price_book command"), project=project, data=data, note=options["note"]
            )
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"Version {version.number} of the price book is in force.")
