"""`manage.py create_project`: a tenant and its first administrator, who gets a link to set a password."""

from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.actions.create_project import create_project
from accounts.models import User
from core.actors import system
from core.errors import Refused


class Command(BaseCommand):
    """How the first person gets in; everybody after is invited on the members page."""

    help = "Make a project with its first administrator and print a link to set the password."

    def add_arguments(self, parser: CommandParser) -> None:
        """Slug, name, administrator, default permission to train."""
        parser.add_argument("slug")
        parser.add_argument("name")
        parser.add_argument("--admin", required=True, metavar="EMAIL")
        parser.add_argument(
            "--training-use",
            default="unknown",
            choices=["allowed", "denied", "unknown"],
            help="for traces that say nothing themselves; unknown is never selected",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing; an existing account keeps its password."""
        email = options["admin"].lower()
        admin = User.objects.filter(email=email).first() or User.objects.create_user(email)
        try:
            project = create_project(
                actor=system("create_project"),
                slug=options["slug"],
                name=options["name"],
                admin=admin,
                training_use_default=options["training_use"],
            )
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Project {project.slug} is made; {admin.email} administrates it.")
        if not admin.has_usable_password():
            uid = urlsafe_base64_encode(force_bytes(admin.pk))
            link = reverse("account:reset", args=[uid, default_token_generator.make_token(admin)])
            self.stdout.write(f"Set the password at (works once, within three days): {link}")
