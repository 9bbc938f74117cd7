"""`manage.py verify_snapshots`: every check on sealed snapshots, for instance after a restore."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.access import find_project
from core.errors import Refused
from snapshots.actions.verify_snapshot import check
from snapshots.models import Snapshot


class Command(BaseCommand):
    """Ends with a failure when a check on an approved snapshot does not hold."""

    help = "Recompute roots and file hashes of sealed snapshots and screen their rows again."

    def add_arguments(self, parser: CommandParser) -> None:
        """One project, or one snapshot of it."""
        parser.add_argument("project")
        parser.add_argument("--number", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        """One line per snapshot; evidence of what does not hold."""
        try:
            project = find_project(options["project"])
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        found = Snapshot.objects.filter(project=project, state="sealed").select_related("project")
        if options["number"] is not None:
            found = found.filter(number=options["number"])
        broken = sum(not self._one(snapshot) for snapshot in found.order_by("number"))
        if broken:
            raise CommandError(f"{broken} snapshots do not pass.")

    def _one(self, snapshot: Snapshot) -> bool:
        verdict = check(snapshot)
        self.stdout.write(f"{snapshot}: {'holds' if verdict.holds else 'DOES NOT HOLD'}")
        for finding in verdict.broken:
            self.stdout.write(f"  {finding.check}: {finding.seen}")
        return verdict.holds
