"""A recipe is an immutable version of all parameters, and the same data gives the same choice again."""

from __future__ import annotations

import random
import uuid
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core import embedding
from core.errors import NotFound, PermissionRefused, Refused
from curation.actions.quarantine import QuarantineEntry, publish_quarantine
from curation.actions.recipe import find_recipe, run_recipe, save_recipe
from curation.models import AssetVersion, ConversationVersion, RecipeRun
from curation.pipeline import run_curation
from curation.recipes.choose import Conversation, choose
from curation.recipes.quotas import by_quota
from curation.recipes.run import make_choice, recipe_of
from curation.recipes.spec import BadRecipe, Recipe, differences, parse_recipe
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer


def conversation(number: int, **changes: Any) -> Conversation:
    fields: dict[str, Any] = {
        "version": uuid.UUID(int=number), "name": f"{number:04d}", "cluster": str(number), "similarity": 1.0,
        "is_representative": True, "drop_reason": "", "done": True, "stratum": ("a" if number % 3 else "b", "easy"),
    }  # fmt: skip
    return Conversation(**fields | changes)


def names(found: Any) -> list[str]:
    return [one.name for one in found.chosen]


def test_the_same_data_in_any_order_gives_the_same_choice() -> None:
    data = [
        conversation(number, cluster=str(number // 2), is_representative=not number % 2)
        for number in range(60)
    ]
    recipe = Recipe(total=11, seed=7)
    first = choose(data, recipe, by_quota)
    random.Random(3).shuffle(data)
    again = choose(data, recipe, by_quota)
    assert (names(again), again.fingerprint, again.left_out) == (
        names(first),
        first.fingerprint,
        first.left_out,
    )
    assert len(first.chosen) == 11
    assert len(first.chosen) + first.left_out.total() == 60
    assert choose(data, Recipe(total=11, seed=8), by_quota).fingerprint != first.fingerprint


def test_quotas_are_exact_and_say_where_too_little_was_there() -> None:
    data = [conversation(number) for number in range(30)]
    recipe = Recipe(total=20, weights={"a × easy": 1, "b × easy": 1, "c × easy": 2})
    found = choose(data, recipe, by_quota)
    assert {one.stratum: (one.asked, one.available, one.given) for one in found.report} == {
        "a × easy": (5, 20, 5), "b × easy": (5, 10, 5), "c × easy": (10, 0, 0),
    }  # fmt: skip
    filled = choose(data, parse_recipe({**recipe.as_data(), "fill": True}), by_quota)
    assert len(filled.chosen) == 20


@pytest.mark.parametrize("keep", ["canonical", "newest"])
def test_what_people_called_the_same_holds_for_whoever_is_kept_of_the_two_clusters(keep: str) -> None:
    def pair(first: int) -> list[Conversation]:
        newer = {"is_representative": False, "drop_reason": "near_duplicate", "similarity": 0.9, "when": 5.0}
        return [
            conversation(first, cluster=f"c{first}"),
            conversation(first + 1, cluster=f"c{first}", **newer),
        ]

    same = [(conversation(1).version, conversation(3).version)]
    found = choose([*pair(1), *pair(3)], Recipe(keep=keep), by_quota, same)
    assert (len(found.chosen), found.left_out["semantic_duplicate"]) == (1, 1)


@pytest.mark.parametrize(
    ("keep", "kept"), [("canonical", "0001"), ("newest", "0002"), ("longest", "0003"), ("best_rated", "0004")]
)
def test_the_keep_policy_says_which_of_a_cluster_enters(keep: str, kept: str) -> None:
    data = [
        conversation(1, cluster="c"),
        conversation(
            2, cluster="c", is_representative=False, drop_reason="near_duplicate", similarity=0.9, when=5.0
        ),
        conversation(
            3, cluster="c", is_representative=False, drop_reason="near_duplicate", similarity=0.85, size=50
        ),
        conversation(
            4, cluster="c", is_representative=False, drop_reason="near_duplicate", similarity=0.95, rating=2
        ),
    ]
    assert names(choose(data, Recipe(keep=keep), by_quota)) == [kept]


def test_a_stricter_threshold_lets_what_is_less_alike_stand_for_itself() -> None:
    data = [
        conversation(1, cluster="c"),
        conversation(2, cluster="c", is_representative=False, drop_reason="near_duplicate", similarity=0.85),
    ]
    assert names(choose(data, Recipe(threshold=0.9), by_quota)) == ["0001", "0002"]
    assert names(choose(data, Recipe(threshold=0.85), by_quota)) == ["0001"]


def test_of_what_people_said_is_the_same_one_is_left_out_if_the_recipe_says_so() -> None:
    data = [conversation(1, size=5), conversation(2, size=9), conversation(3)]
    accepted = [(data[0].version, data[1].version)]
    found = choose(data, Recipe(keep="longest"), by_quota, accepted)
    assert (names(found), found.left_out["semantic_duplicate"]) == (["0002", "0003"], 1)
    assert len(choose(data, Recipe(leave_out_accepted=False), by_quota).chosen) == 3


def test_what_curation_left_out_is_never_chosen_and_always_counted() -> None:
    data = [conversation(1, drop_reason="quarantined"), conversation(2, done=False), conversation(3)]
    found = choose(data, Recipe(), by_quota)
    assert (names(found), dict(found.left_out)) == (["0003"], {"quarantined": 1, "not_curated": 1})


def test_the_canonical_form_is_the_same_whoever_writes_it() -> None:
    one = parse_recipe({"filters": {"kind": "code", "domain": "maths"}, "seed": 3, "threshold": 1})
    other = parse_recipe({"threshold": 1.0, "seed": 3, "filters": {"domain": "maths", "kind": "code"}})
    assert one.sha256 == other.sha256
    assert parse_recipe(one.as_data()) == one
    assert differences(one, parse_recipe({**one.as_data(), "seed": 4, "filters": {"kind": "code"}})) == [
        ("filters.domain", "maths", None), ("seed", 3, 4)
    ]  # fmt: skip


@pytest.mark.parametrize("bad", [
    {"keep": "any"}, {"threshold": 0.5}, {"threshold": "high"}, {"total": 0}, {"axes": []}, {"axes": ["mood"]}, {"seed": -1},
    {"weights": {"a": -1}}, {"filters": {"user": "ada"}}, {"filters": []}, {"colour": "red"}, {"schema": 9}, {"search": 3}, {"fill": 1},
])  # fmt: skip
def test_a_parameter_that_means_nothing_is_refused_by_name(bad: dict[str, Any]) -> None:
    with pytest.raises(BadRecipe, match=str(next(iter(bad)))):
        parse_recipe(bad)


@pytest.fixture
def curated(
    team: Team, settings: Any, structured_lane: Any, monkeypatch: pytest.MonkeyPatch
) -> list[ConversationVersion]:
    settings.SETTLE_GRACE_SECONDS = 0
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)
    text = long_answer(1)
    versions = arrive(
        team,
        ("A question", text),
        ("A question!", text),
        ("Zebra one", long_answer(2)),
        ("Zebra two", long_answer(3)),
    )
    run_curation(team.project)
    return versions


def save(team: Team, recipe: dict[str, Any], name: str = "zebras") -> AssetVersion:
    return save_recipe(who=team.engineer, project=team.project, name=name, recipe=recipe)


def test_a_recipe_chooses_the_same_again_and_its_runs_prove_it(team: Team, curated: Any) -> None:
    version = save(team, {"search": "zebra", "total": 1, "seed": 5})
    first, _ = run_recipe(who=team.engineer, version=version)
    again, _ = run_recipe(who=team.lead, version=find_recipe(team.project, "zebras", 1))
    assert first.versions == again.versions
    assert len(first.versions) == 1
    assert RecipeRun.objects.values_list("fingerprint", flat=True).distinct().count() == 1
    everything = make_choice(team.project, recipe_of(save(team, {}, "all")))
    assert (len(everything.versions), dict(everything.choice.left_out)) == (3, {"near_duplicate": 1})


def test_a_save_is_the_next_version_and_the_same_again_is_none(team: Team, curated: Any) -> None:
    first = save(team, {"seed": 1})
    assert save(team, {"seed": 1}).pk == first.pk
    second = save(team, {"seed": 2})
    assert (second.number, second.asset_id) == (2, first.asset_id)
    assert recipe_of(second).governed["quarantine"] == 1
    for attack in (
        "UPDATE curation_assetversion SET body = '{}'",
        "DELETE FROM curation_reciperun",
        "UPDATE curation_reciperun SET chosen = 0",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)


def test_what_governs_a_recipe_and_has_moved_is_named(team: Team, curated: Any) -> None:
    held = recipe_of(save(team, {}))
    assert make_choice(team.project, held).moved == []
    publish_quarantine(
        who=team.lead,
        project=team.project,
        items=[QuarantineEntry("set", "1", "Never train on this sentence of mine.")],
    )
    assert make_choice(team.project, held).moved == [("quarantine", 1, 2)]
    assert save(team, {}).number == 2


def test_who_may_not_choose_rows_may_not_save_a_recipe(team: Team, other_team: Team, curated: Any) -> None:
    with pytest.raises(PermissionRefused):
        save_recipe(who=team.annotator, project=team.project, name="x", recipe={})
    for bad in ({"seed": -1}, {"search": '""'}):
        with pytest.raises(Refused):
            save(team, bad)
    with pytest.raises(NotFound):
        find_recipe(other_team.project, "zebras")


def test_pages_and_endpoint_of_recipes(team: Team, curated: Any) -> None:
    client, base = team.client(team.lead), f"/p/{team.project.slug}/curation/recipes/"
    assert "No recipe yet" in client.get(base).content.decode()
    form = client.get(f"{base}new/?q=zebra&kind=single").content.decode()
    assert 'value="zebra"' in form
    assert "kind: single" in form
    posted = {
        "name": "mine",
        "search": "zebra",
        "threshold": "0.8",
        "keep": "canonical",
        "axes": ["domain"],
        "total": "1",
        "seed": "1",
        "weights": "",
    }
    assert "Version 1 is saved" in client.post(f"{base}new/", posted, follow=True).content.decode()
    version = find_recipe(team.project, "mine")
    assert "1 conversation is chosen now" in client.get(f"{base}{version.pk}/choice/").content.decode()
    client.post(f"{base}new/", {**posted, "seed": "2"})
    second = find_recipe(team.project, "mine")
    text = client.get(f"{base}{second.pk}/").content.decode()
    assert "Against version 1" in text
    assert "seed" in text
    assert "/snapshots/new/sft/?recipe=mine%402" in text
    assert "?recipe=" not in client.get(f"{base}{version.pk}/").content.decode()
    form = client.get(f"/p/{team.project.slug}/snapshots/new/sft/?recipe=mine%402").content.decode()
    assert '<option value="mine@2" selected>' in form
    client.post(f"{base}{version.pk}/run/")
    assert "as now" in client.get(f"{base}{version.pk}/choice/").content.decode()
    assert "too few" in client.get(f"{base}{version.pk}/likeness/").content.decode()
    assert client.get(f"{base}{version.pk}/recipe.json").content == recipe_of(version).canonical
    assert "lies between" in client.post(f"{base}new/", {**posted, "threshold": "0.1"}).content.decode()
    assert team.client(team.annotator).get(base).status_code == 403
    api = f"/api/v1/projects/{team.project.slug}/recipes"
    made = client.post(api, {"name": "api", "recipe": {"seed": 4}}, content_type="application/json")
    assert made.status_code == 201
    chosen = client.post(f"{api}/{made.json()['id']}/choice").json()
    assert len(chosen["versions"]) == 3
    assert client.get(f"{api}/{version.pk}/diff/{second.pk}").json() == [
        {"parameter": "seed", "before": 1, "after": 2}
    ]
    assert client.get(api).json()["results"][0]["name"] == "api"
