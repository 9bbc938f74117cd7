"""`manage.py red_team FILE --project SLUG --name NAME [--role ROLE]`: publish the next version of a red-team corpus."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Project
from core.actors import system
from core.errors import Refused
from curation.actions.red_team import CorpusFacts, publish_corpus
from curation.held_out_files import form_of
from curation.models import RedTeamRole
from curation.red_team_files import read_corpus


class Command(BaseCommand):
    """See the module docstring."""

    help = "Publish a version of a red-team corpus from CSV or JSON lines; refused where its roles overlap."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE, --project, --name, the role of all rows or the column of it, and where the corpus is from."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--project", required=True, help="slug of the project")
        parser.add_argument("--name", required=True, help="name of the corpus")
        parser.add_argument("--role", default="", choices=["", *RedTeamRole.values], help="role of every row")
        parser.add_argument("--role-column", default="role", help="column with the role of each row")
        parser.add_argument("--licence", default="", help="licence of the corpus")
        parser.add_argument("--source", default="", help="where the corpus is from")
        parser.add_argument("--warning", default="", help="what people are told before its content is shown")

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish it, or say which rows or pairs stand in the way."""
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']!r}.")
        try:
            text = options["file"].read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['file'].name} cannot be read as text.") from error
        facts = CorpusFacts(options["licence"], options["source"], options["warning"])
        try:
            entries = read_corpus(
                text, form_of(options["file"].name), role=options["role"], role_column=options["role_column"]
            )
            version = publish_corpus(
                who=system("red_team command"),
                project=project,
                name=options["name"],
                entries=entries,
                facts=facts,
            )
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(
            f"Version {version.number} of {options['name']} with {len(entries):,} prompts is in force."
        )
