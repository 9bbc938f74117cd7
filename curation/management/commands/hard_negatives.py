"""`manage.py hard_negatives --project SLUG`: find answers that are proved wrong or nearly fit, now instead of in the worker."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Project
from curation.actions.mine_hard_negatives import PER_STRATUM, mine_hard_negatives


class Command(BaseCommand):
    """See the module docstring."""

    help = "Find hard negatives in a project, at most so many a stratum and rule."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--project, --per-stratum, --seed."""
        parser.add_argument("--project", required=True, help="slug of the project")
        parser.add_argument(
            "--per-stratum", type=int, default=PER_STRATUM, help="at most so many of one rule"
        )
        parser.add_argument("--seed", type=int, default=0)

    def handle(self, *args: Any, **options: Any) -> None:
        """Mine, then say what was found, kept and held back."""
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']!r}.")
        mining = mine_hard_negatives(project, per_stratum=options["per_stratum"], seed=options["seed"])
        self.stdout.write(f"{mining.looked_at:,} answers looked at")
        for rule in sorted(mining.found):
            self.stdout.write(
                f"{rule.replace('_', ' '):<20}{mining.found[rule]:>8,} found {mining.written[rule]:>8,} new"
                f" {mining.over_cap[rule]:>8,} over the cap"
            )
