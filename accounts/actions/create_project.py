"""A new tenant with its first administrator."""

from django.core.validators import slug_re
from django.db import IntegrityError, transaction

from accounts.models import Membership, Project, Role, User
from core.actors import Actor
from core.audit import emit, record
from core.errors import Refused


def create_project(
    *, actor: Actor, slug: str, name: str, admin: User, training_use_default: str = "unknown"
) -> Project:
    """Make a project; an operator's act (command line or admin), so no role is asked for."""
    if not slug_re.fullmatch(slug):
        raise Refused(
            "bad_slug",
            f"{slug!r} cannot be part of an address.",
            hint="Use letters, digits, hyphens and underscores.",
        )
    try:
        with transaction.atomic():
            project = Project.objects.create(slug=slug, name=name, training_use_default=training_use_default)
            Membership.objects.create(project=project, user=admin, role=Role.ADMIN)
            record(actor=actor, verb="project.create", subject=project, project_id=project.pk)
            emit(subject=project, name="created", project_id=project.pk)
    except IntegrityError as error:
        raise Refused(
            "slug_taken", f"There is a project {slug!r} already.", hint="Choose another one."
        ) from error
    return project
