"""`manage.py simulate_judgments --project SLUG --campaign NAME --limit N`: marked votes for demos and load tests."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Membership, Role
from annotation.actions.simulate import simulate_judgments
from annotation.models import Campaign
from core.errors import Refused


class Command(BaseCommand):
    """Runs the action as the project's first data lead."""

    help = "Let simulated annotators judge; every vote is marked as simulated."

    def add_arguments(self, parser: CommandParser) -> None:
        """Project, campaign, how many, and the seed."""
        parser.add_argument("--project", required=True)
        parser.add_argument("--campaign", required=True)
        parser.add_argument("--limit", type=int, default=600)
        parser.add_argument("--seed", type=int, default=0)

    def handle(self, *args: Any, **options: Any) -> None:
        """Find the campaign and a lead, then simulate."""
        campaign = Campaign.objects.filter(project__slug=options["project"], name=options["campaign"]).first()
        if campaign is None:
            raise CommandError(f"There is no campaign {options['campaign']!r} in {options['project']!r}.")
        lead = Membership.objects.filter(project=campaign.project, role=Role.DATA_LEAD).first()
        if lead is None:
            raise CommandError("The project has no data lead to act for.")
        try:
            given = simulate_judgments(
                who=lead.user, campaign=campaign, limit=options["limit"], seed=options["seed"]
            )
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{given} simulated votes.")
