"""The project's own version of a shipped recipe: append-only, a new number where the parameters changed."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Project, User
from core.errors import Refused
from trainers.folder import digest
from trainers.models import Recipe
from trainers.recipes import RecipeDefault

LARGEST = 10**9
"""No number of a recipe lies beyond it; a count of steps has to fit its column."""


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
    for name, value in (overrides or {}).items():
        _require_like(name, value, shipped.parameters[name])
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


def _require_like(name: str, value: Any, shipped: Any) -> None:
    """Refuse what could not be trained with: another type than the shipped value, a number out of range."""
    if isinstance(shipped, dict):
        right = isinstance(value, dict) and set(value) == set(shipped)
    elif isinstance(shipped, int | float):
        whole = isinstance(shipped, int)
        least = 1 if whole and shipped else 0
        right = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
        right = right and least <= value <= LARGEST
    else:
        right = isinstance(value, type(shipped))
    if not right:
        raise Refused(
            "bad_parameter",
            _("%(name)s cannot be %(value)s.") % {"name": name, "value": str(value)[:60]},
            hint=_("The recipe comes with %(shipped)s.") % {"shipped": shipped},
        )
    if isinstance(shipped, dict):
        for inner in shipped:
            _require_like(f"{name}.{inner}", value[inner], shipped[inner])
