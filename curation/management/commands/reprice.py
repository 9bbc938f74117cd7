"""`manage.py reprice --project SLUG --book-version N --since DATE [--write]`: what conversations would cost under that book."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Project
from core.actors import system
from core.errors import Refused
from curation.actions.reprice import reprice


class Command(BaseCommand):
    """See the module docstring."""

    help = (
        "Price conversations again under a version of the price book; shows the difference, --write keeps it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--project, --book-version, --since and --write."""
        parser.add_argument("--project", required=True, help="slug of the project")
        parser.add_argument(
            "--book-version", type=int, required=True, help="number of the version of the book"
        )
        parser.add_argument(
            "--since", type=date.fromisoformat, required=True, help="first day, as 2026-01-31"
        )
        parser.add_argument("--write", action="store_true", help="add a cost revision to each that changes")

    def handle(self, *args: Any, **options: Any) -> None:
        """Old and new US dollars by model."""
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']!r}.")
        try:
            done = reprice(
                who=system("reprice command"), project=project, book_number=options["book_version"],
                since=options["since"], write=options["write"],
            )  # fmt: skip
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{'model':<40}{'calls':>9}{'now $':>14}{'new $':>14}{'no price':>10}")
        for one in done.models:
            self.stdout.write(
                f"{one.model[:39]:<40}{one.calls:>9,}{one.old_usd:>14.4f}{one.new_usd:>14.4f}{one.unpriced:>10,}"
            )
        what = "got a revision" if options["write"] else "would change (nothing was written)"
        self.stdout.write(
            f"{done.changed:,} of {done.conversations:,} conversations {what};"
            f" {done.retired:,} are past their retention time and stay as they are."
        )
