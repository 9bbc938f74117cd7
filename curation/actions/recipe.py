"""Save a recipe as the next version of its name, and record what a version chose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.persons import person_behind
from accounts.models import ApiToken, Project, User
from accounts.permissions import require
from core import audit
from core.errors import NotFound, Refused
from curation.models import Asset, AssetVersion, RecipeRun
from curation.models.assets import AssetKind
from curation.recipes.run import Made, governing_now, make_choice, recipe_of
from curation.recipes.spec import BadRecipe, parse_recipe
from curation.search.query import parse

VERB = "snapshot.create"
"""Whoever may choose rows for a snapshot may keep a recipe for it."""
LONGEST_NAME, LONGEST_NOTE = 80, 400


def save_recipe(
    *, who: User | ApiToken, project: Project, name: str, recipe: Mapping[str, Any], note: str = ""
) -> AssetVersion:
    """The next version under this name; the same recipe under the same governing versions is the version there is."""
    require(who, VERB, project)
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Refused("bad_name", _("A recipe needs a name of up to %(n)d characters.") % {"n": LONGEST_NAME})
    try:
        wanted = parse_recipe({**recipe, "governed": {}}).under(governing_now(project))
    except BadRecipe as bad:
        raise Refused("bad_recipe", str(bad), field=bad.field) from bad
    if wanted.search.strip():
        parse(wanted.search)
    with transaction.atomic():
        asset, _made = Asset.objects.get_or_create(project=project, kind=AssetKind.RECIPE, name=name)
        asset = Asset.objects.select_for_update().get(pk=asset.pk)
        last = asset.versions.order_by("-number").first()
        if last is not None and last.sha256 == wanted.sha256:
            return last
        version = AssetVersion.objects.create(
            project=project, asset=asset, number=last.number + 1 if last else 1, sha256=wanted.sha256, body=wanted.as_data(),
            note=note.strip()[:LONGEST_NOTE], created_by=person_behind(who),
        )  # fmt: skip
        asset.current = version
        asset.save(update_fields=["current"])
        audit.record(actor=who.actor, verb="recipe.save", subject=version, project_id=project.pk,
                     data={"name": name, "number": version.number, "sha256": wanted.sha256})  # fmt: skip
    return version


def run_recipe(*, who: User | ApiToken, version: AssetVersion) -> tuple[Made, RecipeRun]:
    """Make the choice and record its size and fingerprint, so that a later one can be compared with it."""
    require(who, VERB, version.project)
    made = make_choice(version.project, recipe_of(version))
    with transaction.atomic():
        run = RecipeRun.objects.create(
            project=version.project, recipe=version, chosen=len(made.choice.chosen), left_out=dict(made.choice.left_out),
            fingerprint=made.choice.fingerprint, moved=[list(one) for one in made.moved], run_by=person_behind(who),
        )  # fmt: skip
        audit.record(actor=who.actor, verb="recipe.run", subject=run, project_id=version.project_id,
                     data={"chosen": run.chosen, "fingerprint": run.fingerprint})  # fmt: skip
    return made, run


def find_recipe(project: Project, name: str, number: int | None = None) -> AssetVersion:
    """A version of a recipe, the newest unless one is asked for."""
    versions = AssetVersion.objects.filter(project=project, asset__kind=AssetKind.RECIPE, asset__name=name)
    versions = versions.select_related("asset", "project", "created_by").order_by("-number")
    version = (versions if number is None else versions.filter(number=number)).first()
    if version is None:
        raise NotFound("recipe_not_found", _("There is no such recipe in this project."))
    return version
