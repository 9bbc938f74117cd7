"""`manage.py ingest FILE --project SLUG`: a file of traces from disk, the same way in as over the network."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseFault

from accounts.models import Project
from core.actors import system
from core.errors import Refused
from curation.actions.ingest_file import ingest_stream, open_path
from curation.actions.settle_traces import settle_traces
from curation.formats.files import AUTO, FORMATS, Defaults
from curation.ingest.files import NAMES, defaults_now
from curation.models import TrainingUse

AWAY = "The database went away. What was taken so far is kept; run the same command again to go on."


def moment(text: str) -> Defaults:
    """A time given on the command line."""
    given = datetime.fromisoformat(text)
    given = given if given.tzinfo else given.replace(tzinfo=UTC)
    return Defaults(int(given.timestamp() * 1_000_000) * 1000)


class Command(BaseCommand):
    """See the module docstring."""

    help = "Ingest a file of traces: JSON lines or a JSON array, gzipped or not, in any format of docs/formats.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE, --project, its format, and what holds for rows that do not say it."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--project", required=True, help="slug of the project")
        parser.add_argument(
            "--training-use", choices=TrainingUse.values, default="", help="for records that do not say"
        )
        parser.add_argument("--format", choices=NAMES, default=AUTO, help="auto looks at the first rows")
        parser.add_argument("--service", default="", help="for rows that name none")
        parser.add_argument(
            "--at", type=moment, default=None, help="time of rows that have none, ISO 8601; now without it"
        )
        parser.add_argument(
            "--settle", action="store_true", help="settle the traces now instead of in the worker"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Ingest, report, settle."""
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']!r}.")
        path: Path = options["file"]
        at: Defaults = options["at"] or defaults_now()
        try:
            with open_path(path) as stream:
                report, form = ingest_stream(
                    who=system("ingest command"), project=project, stream=stream, name=path.name,
                    size=path.stat().st_size, training_use=options["training_use"], form=options["format"],
                    defaults=Defaults(at.at, options["service"]),
                )  # fmt: skip
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        except DatabaseFault as fault:
            raise CommandError(AWAY) from fault
        self.stdout.write(f"Read as {FORMATS[form].title} (--format {form}).")
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
