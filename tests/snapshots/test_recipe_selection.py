"""A selection may name a version of a recipe: what it does not choose stays out under a reason of its own."""

import pytest

from core.errors import NotFound, Refused
from curation.actions.recipe import save_recipe
from curation.actions.screening import current_quarantine
from curation.models import CurationState
from snapshots.actions.create_selection import create_selection
from snapshots.build.compose import preview
from snapshots.selection import parse_spec
from tests.snapshots.conftest import World

pytestmark = pytest.mark.django_db


def test_only_what_the_recipe_chooses_enters(world: World) -> None:
    project = world.team.project
    kept, other = world.answer("one"), world.answer("two")
    for version in (kept, other):
        world.repair(version, "accepted")
    CurationState.objects.filter(version=other).update(kind="code")
    recipe = save_recipe(
        who=world.team.lead, project=project, name="singles", recipe={"filters": {"kind": "single"}}
    )
    spec = parse_spec({"kind": "sft", "recipe": f"singles@{recipe.number}"})
    tally = preview(project, spec, current_quarantine(project))
    assert (tally.kept.total(), tally.dropped["outside_recipe"]) == (1, 1)
    snapshot = world.snapshot(recipe="singles@1")
    assert (snapshot.row_count, snapshot.selection.spec["recipe"]) == (1, "singles@1")
    page = (
        world.team.client(world.team.lead).get(f"/p/{project.slug}/snapshots/{snapshot.pk}/").content.decode()
    )
    assert "singles@1" in page
    section = world.team.client(world.team.lead).get(f"/p/{project.slug}/snapshots/{snapshot.pk}/likeness/")
    assert "too few" in section.content.decode()
    form = world.team.client(world.team.lead).get(f"/p/{project.slug}/snapshots/new/sft/").content.decode()
    assert "singles v1" in form


def test_a_recipe_that_is_not_there_or_has_no_number_is_refused(world: World) -> None:
    for name, error in (("singles@1", NotFound), ("singles", Refused), ("@1", Refused)):
        with pytest.raises(error):
            create_selection(
                who=world.team.lead,
                project=world.team.project,
                name="x",
                spec={"kind": "sft", "recipe": name},
            )


def test_a_selection_without_a_recipe_keeps_its_name() -> None:
    assert "recipe" not in parse_spec({"kind": "sft"}).as_data()
