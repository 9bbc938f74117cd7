"""`manage.py retention [--days N] [--dry-run]`: drop the bodies of days past their retention time."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.actors import system
from curation.actions.retention import drop_old_days
from curation.retention import YOUNGEST, days_due


class Command(BaseCommand):
    """See the module docstring."""

    help = "Drop spans and conversations of old days; heads, counts and what pairs and snapshots use stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--days and --dry-run."""
        parser.add_argument("--days", type=int, help="keep this many days; WINNOW_RETENTION_DAYS without it")
        parser.add_argument("--dry-run", action="store_true", help="say which days would go")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a day."""
        days = options["days"] if options["days"] is not None else settings.RETENTION_DAYS
        if not days:
            raise CommandError("Nothing is dropped: give --days or set WINNOW_RETENTION_DAYS.")
        if days < YOUNGEST:
            raise CommandError(f"The last {YOUNGEST} days are always kept.")
        if options["dry_run"]:
            for one in days_due(days):
                self.stdout.write(
                    f"{one.day} would go: {one.bytes / 1e6:,.1f} MB, about {one.spans_estimate:,} spans"
                )
            return
        done = drop_old_days(actor=system("retention command"), days=days)
        for day in done.days:
            self.stdout.write(f"{day.day} dropped: {day.bytes / 1e6:,.1f} MB, {day.spans:,} spans")
        for kept in done.kept:
            self.stdout.write(f"{kept} is in use and stays until the next round")
        self.stdout.write(f"{len(done.days)} days dropped, {done.files} files removed.")
