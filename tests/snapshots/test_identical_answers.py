"""Pairs of identical answers become no row, and a snapshot of preferences counts them under their name."""

from annotation.models import AutomaticTie
from tests.snapshots.conftest import World
from tests.snapshots.test_build import excluded, rows


def test_automatic_ties_are_counted_and_are_no_rows(world: World) -> None:
    decision = world.pair(world.answer("a"), world.answer("b"))
    version = world.answer("the same")
    first, second = (world.response(version, "the same", origin) for origin in ("production", "n_best"))
    AutomaticTie.objects.create(
        project=world.team.project,
        campaign=decision.item.campaign,
        version=version,
        response_a=first,
        response_b=second,
        generator_a="one",
        generator_b="two",
        source="n_best",
        fingerprint="f",
    )
    snapshot = world.snapshot(kind="preference")
    assert len(rows(snapshot)) == 1
    assert excluded(snapshot) == {"identical_answers": 1}
