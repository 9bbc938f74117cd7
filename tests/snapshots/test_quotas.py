"""A selection shares its rows out over strata exactly, says what is missing, and holds back what is one template."""

from __future__ import annotations

import pytest

from core.jobs.runner import run
from curation.models import CurationState
from snapshots.actions.build_snapshot import build_snapshot
from snapshots.actions.create_selection import create_selection
from snapshots.choose import choose_reported
from snapshots.models import Snapshot
from snapshots.selection import BadSpec, default_spec, parse_spec
from tests.snapshots.conftest import World
from tests.snapshots.test_choose import candidate


def test_rows_are_shared_out_and_the_rest_is_counted_as_over_the_quota() -> None:
    many = [candidate(f"e{n}", stratum="maths × easy") for n in range(6)]
    many += [candidate("h", stratum="maths × hard"), candidate("o", stratum="law × easy")]
    spec = parse_spec({"kind": "sft", "max_rows": 6, "quotas": {"maths × easy": 2, "maths × hard": 1}})
    kept, dropped, report = choose_reported(many, spec)
    assert [(line.stratum, line.asked, line.given) for line in report] == [
        ("maths × easy", 4, 4),
        ("maths × hard", 2, 1),
    ]
    assert (len(kept), dropped) == (5, ["over_quota"] * 3)
    filled = parse_spec({**spec.as_data(), "fill_quotas": True})
    assert len(choose_reported(many, filled)[0]) == 6


def test_one_template_gives_as_many_as_asked() -> None:
    many = [candidate(str(n), templates=("t", "")) for n in range(5)] + [candidate("x")]
    kept, dropped, _ = choose_reported(many, parse_spec({"kind": "sft", "max_per_template": 2}))
    assert (len(kept), dropped) == (3, ["same_template"] * 3)


def test_strata_over_other_axes_are_named_in_one_order_and_the_usual_ones_change_no_name() -> None:
    asked = {"kind": "sft", "max_rows": 2, "quotas": {"rag × de": 1}}
    assert parse_spec({**asked, "quota_axes": ["language", "kind"]}).quota_axes == ("kind", "language")
    stored = parse_spec({**asked, "quota_axes": ["kind", "language"]})
    assert parse_spec(stored.as_data()) == stored
    assert parse_spec({**asked, "quota_axes": ["domain", "difficulty"]}).sha256 == parse_spec(asked).sha256


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"quotas": {"a": 1}}, "max_rows"),
        ({"quotas": {"a": -1}, "max_rows": 1}, "quotas"),
        ({"quotas": [1], "max_rows": 1}, "quotas"),
        ({"quotas": {"a": "1"}, "max_rows": 1}, "quotas"),
        ({"max_per_template": 0}, "max_per_template"),
        ({"fill_quotas": 1}, "fill_quotas"),
        ({"quota_axes": ["colour"]}, "quota_axes"),
    ],
)
def test_quotas_that_mean_nothing_are_refused_by_name(spec: dict[str, object], field: str) -> None:
    with pytest.raises(BadSpec) as refusal:
        parse_spec({"kind": "sft", **spec})
    assert refusal.value.field == field


def test_a_selection_without_quotas_keeps_the_name_it_had() -> None:
    assert not {"quotas", "fill_quotas", "max_per_template"} & set(default_spec("sft").as_data())
    plain = parse_spec({"kind": "sft", "max_rows": 2})
    assert plain.sha256 != parse_spec({"kind": "sft", "max_rows": 2, "quotas": {"a": 1}}).sha256


@pytest.mark.django_db
def test_the_manifest_says_what_was_asked_and_given(world: World) -> None:
    for n in range(3):
        world.repair(world.answer(f"answer {n}"), "accepted")
    hard = world.answer("a hard one")
    CurationState.objects.filter(version=hard).update(difficulty="hard")
    world.repair(hard, "accepted")
    spec = {"kind": "sft", "max_rows": 4, "quotas": {"python × easy": 1, "python × hard": 1}}
    lead, project = world.team.lead, world.team.project
    selection = create_selection(who=lead, project=project, name="mixed", spec=spec)
    snapshot = build_snapshot(who=lead, project=project, selection=selection)
    run(str(snapshot.job_id))
    sealed = Snapshot.objects.get(pk=snapshot.pk)
    assert sealed.manifest["counts"]["sampling"] == [
        {"stratum": "python × easy", "asked": 2, "available": 3, "given": 2, "why": "met"},
        {"stratum": "python × hard", "asked": 2, "available": 1, "given": 1, "why": "too_few"},
    ]
    assert sealed.manifest["counts"]["excluded"]["over_quota"] == 1
