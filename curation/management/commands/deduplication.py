"""`manage.py deduplication --project SLUG [--keep POLICY] [--view VIEW]`: show or choose how near-duplicates are left out."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Project
from core.actors import system
from curation.actions.choose_deduplication import choose_deduplication
from curation.dedup.keep import choice_of
from curation.dedup.views import VIEWS
from curation.models import Keep


class Command(BaseCommand):
    """See the module docstring."""

    help = "Show or choose who stands for a cluster of near-duplicates, and by which view duplicates are left out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--project, --keep and --view."""
        parser.add_argument("--project", required=True, help="slug of the project")
        parser.add_argument("--keep", choices=Keep.values)
        parser.add_argument("--view", choices=VIEWS)

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what holds; a change takes effect when curation runs next."""
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']!r}.")
        choice = choice_of(project.pk)
        if options["keep"] or options["view"]:
            choice = choose_deduplication(
                who=system("deduplication command"),
                project=project,
                keep=options["keep"],
                dropping_view=options["view"],
            )
        self.stdout.write(f"keep {choice.keep}, duplicates by {choice.dropping_view}")
