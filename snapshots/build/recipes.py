"""The conversations that a recipe of curation chooses, as a bound on the versions of a selection."""

from django.db.models import Q
from django.db.models.expressions import RawSQL

from accounts.models import Project
from core.errors import Refused
from curation.actions.recipe import find_recipe
from curation.models import AssetVersion
from curation.recipes.run import make_choice, recipe_of

SEPARATOR = "@"


def recipe_named(project: Project, name: str) -> AssetVersion:
    """`name@number`, always a version: what is chosen must not change when somebody saves the next one."""
    title, _sign, number = name.rpartition(SEPARATOR)
    if not title or not number.isdigit():
        raise Refused(
            "bad_selection", "recipe: is written as name@number, with the number of a version", field="recipe"
        )
    return find_recipe(project, title, int(number))


def inside_recipe(project: Project, name: str) -> Q:
    """Versions of the clusters it chooses: which member becomes the row is decided among those people judged."""
    chosen = make_choice(project, recipe_of(recipe_named(project, name))).versions
    ids = "SELECT unnest(%s::uuid[])"
    clusters = "SELECT s.cluster_id FROM curation_curationstate s WHERE s.version_id = ANY(%s::uuid[]) AND s.cluster_id IS NOT NULL"
    return Q(pk__in=RawSQL(ids, (chosen,))) | Q(curation__cluster__in=RawSQL(clusters, (chosen,)))
