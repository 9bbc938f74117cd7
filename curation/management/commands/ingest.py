"""`manage.py ingest FILE --project SLUG`: JSON lines from disk, the same way in as over the network."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseFault

from accounts.models import Project
from core.actors import system
from core.errors import Refused
from curation.actions.ingest_file import ingest_file
from curation.actions.settle_traces import settle_traces
from curation.models import TrainingUse

AWAY = "The database went away. What was taken so far is kept; run the same command again to go on."


class Command(BaseCommand):
    """See the module docstring."""

    help = "Ingest a file of trace records (JSON lines, gzipped or not)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE, --project, and what the sender allows."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--project", required=True, help="slug of the project")
        parser.add_argument(
            "--training-use", choices=TrainingUse.values, default="", help="for records that do not say"
        )
        parser.add_argument(
            "--settle", action="store_true", help="settle the traces now instead of in the worker"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Ingest, report, settle."""
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']!r}.")
        try:
            report = ingest_file(
                who=system("ingest command"),
                project=project,
                path=options["file"],
                training_use=options["training_use"],
            )
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        except DatabaseFault as fault:
            raise CommandError(AWAY) from fault
        self.stdout.write(
            f"{report.accepted} taken, {report.redelivered} delivered before, {report.conflicting} conflicting, "
            f"{report.refused} refused."
        )
        for problem in report.problems:
            self.stdout.write(f"  {problem} {problem.hint}")
        settled = 0
        while options["settle"] and (taken := settle_traces()):
            settled += taken
        if options["settle"]:
            self.stdout.write(f"{settled} traces settled.")
