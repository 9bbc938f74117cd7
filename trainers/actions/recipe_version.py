"""The project's own version of a shipped recipe: append-only, a new number where the parameters changed."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Project, User
from core.errors import Refused
from trainers.folder import digest
from trainers.models import Recipe
from trainers.recipes import RecipeDefault


def recipe_version(
    *, project: Project, shipped: RecipeDefault, overrides: dict[str, Any] | None, created_by: User | None
) -> Recipe:
    """The project's recipe of that name with exactly these parameters; a new number where they changed."""
    unknown = sorted(set(overrides or {}) - set(shipped.parameters))
    if unknown:
        raise Refused(
            "unknown_parameter",
            _("The recipe has no parameter %(name)s.") % {"name": unknown[0]},
            hint=_("It has: %(names)s.") % {"names": ", ".join(sorted(shipped.parameters))},
        )
    spec = {**shipped.copied(), **(overrides or {})}
    sha256 = digest(spec)
    versions = Recipe.objects.filter(project=project, name=shipped.slug).order_by("-number")
    same = versions.filter(spec_sha256=sha256).first()
    if same is not None:
        return same
    number = (versions.values_list("number", flat=True).first() or 0) + 1
    try:
        with transaction.atomic():
            return Recipe.objects.create(
                project=project,
                name=shipped.slug,
                number=number,
                kind=shipped.kind,
                spec=spec,
                spec_sha256=sha256,
                created_by=created_by,
            )
    except IntegrityError:
        return recipe_version(project=project, shipped=shipped, overrides=overrides, created_by=created_by)
