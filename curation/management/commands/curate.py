"""`manage.py curate --project SLUG`: work through everything pending now instead of in the worker."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Project
from curation.pipeline import run_curation


class Command(BaseCommand):
    """See the module docstring."""

    help = "Screen, deduplicate and stratify everything that is pending in a project."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--project."""
        parser.add_argument("--project", required=True, help="slug of the project")

    def handle(self, *args: Any, **options: Any) -> None:
        """Curate, then say where everything stands."""
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']!r}.")
        report = run_curation(project)
        for name, count in sorted(report.counts.items(), key=lambda pair: -pair[1]):
            self.stdout.write(f"{name.replace('_', ' '):<20}{count:>10,}")
        self.stdout.write(f"{'clusters':<20}{report.clusters:>10,}")
        self.stdout.write("  ".join(f"{name} {seconds:.1f} s" for name, seconds in report.seconds.items()))
        if not report.embedded:
            self.stdout.write("Domains are unassigned: the `embed` extra is not installed.")
