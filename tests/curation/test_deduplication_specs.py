"""Texts of two specs, views or projects are never compared: an error in code, and refused by the database."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction

from curation.dedup.publish import publish
from curation.dedup.respec import respec
from curation.dedup.spec import current_spec, stored_name
from curation.models import (
    Cluster,
    CurationState,
    DistinctText,
    DuplicateEdge,
    Signature,
    SignatureSpec,
    StarPlace,
)
from curation.pipeline import run_curation
from curation.signing.spec import DEFAULT_SPEC, SpecMismatch
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer
from tests.curation.test_deduplication import deduplicate, edited, partition

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]


def other_spec() -> SignatureSpec:
    spec = current_spec()
    fields = {one.name: getattr(spec, one.name) for one in SignatureSpec._meta.fields if one.name != "id"}
    return SignatureSpec.objects.create(**fields | {"name": "of another day"})


def text(team: Team, spec: SignatureSpec, view: str = "whole", key: bytes = b"1") -> DistinctText:
    return DistinctText.objects.create(
        project=team.project, spec=spec, view=view, exact=key * 16, shingle_count=0
    )


def test_the_spec_is_stored_and_named_by_every_row(team: Team) -> None:
    arrive(team, ("Q", long_answer(1)), ("Q", edited(long_answer(1))))
    deduplicate(team)
    spec = SignatureSpec.objects.get()
    assert (spec.name, spec.normaliser, spec.views) == (stored_name(), DEFAULT_SPEC.normaliser, "views-1")
    for model in (DistinctText, Signature, DuplicateEdge, Cluster):
        assert set(model._default_manager.values_list("spec_id", flat=True)) == {spec.pk}


def test_a_changed_spec_under_an_old_name_is_an_error() -> None:
    current_spec()
    with pytest.raises(SpecMismatch, match="differs in threshold"):
        current_spec(replace(DEFAULT_SPEC, threshold=0.7))


def test_texts_signed_under_another_spec_are_not_published(team: Team) -> None:
    with pytest.raises(SpecMismatch, match="cannot be compared"):
        publish(team.project.pk, [], replace(DEFAULT_SPEC, name="mine", seed=2))


def test_more_bands_than_there_are_columns_is_an_error() -> None:
    with pytest.raises(SpecMismatch, match="25 bands"):
        current_spec(replace(DEFAULT_SPEC, name="more", bands=25, rows=5))


@pytest.mark.parametrize("mixed", ["spec", "view", "project"])
def test_the_database_refuses_an_edge_and_a_place_between_two(
    team: Team, other_team: Team, mixed: str
) -> None:
    spec = current_spec()
    one = text(team, spec)
    other = {
        "spec": lambda: text(team, other_spec(), key=b"2"),
        "view": lambda: text(team, spec, "prompt", key=b"2"),
        "project": lambda: text(other_team, spec, key=b"2"),
    }[mixed]()
    with pytest.raises(IntegrityError, match="one project, view and spec"), transaction.atomic():
        DuplicateEdge.objects.create(low=one, high=other, spec=spec, jaccard=0.9)
    with pytest.raises(IntegrityError, match="its project, view and spec"), transaction.atomic():
        StarPlace.objects.create(text=other, centre=one, jaccard=0.9)


def test_the_database_refuses_what_does_not_reach_the_threshold(team: Team) -> None:
    spec = current_spec()
    one, other = text(team, spec), text(team, spec, key=b"2")
    with pytest.raises(IntegrityError, match="reaches the threshold"), transaction.atomic():
        DuplicateEdge.objects.create(low=one, high=other, spec=spec, jaccard=0.79)
    with pytest.raises(IntegrityError, match="similar as the threshold"), transaction.atomic():
        StarPlace.objects.create(text=other, centre=one, jaccard=0.79)


def test_a_signature_names_a_text_of_its_own_spec_and_project(team: Team, other_team: Team) -> None:
    (version,) = arrive(team, ("Q", "A"))
    spec = current_spec()
    for strange in (text(other_team, spec), text(team, other_spec(), key=b"2")):
        with pytest.raises(IntegrityError, match="its own project"), transaction.atomic():
            Signature.objects.create(version=version, view="whole", spec=spec, text=strange)


def test_what_was_stored_of_a_text_never_changes(team: Team) -> None:
    one = text(team, current_spec())
    for column in ("shingles", "exact"):
        with (
            pytest.raises(Exception, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE curation_distincttext SET {column} = 'x' WHERE id = %s", [one.pk])


def test_under_a_new_spec_everything_is_signed_again(team: Team) -> None:
    arrive(team, ("Q", long_answer(2)), ("Q", edited(long_answer(2))), ("Other", long_answer(3)))
    run_curation(team.project)
    before, counts = partition(team), run_curation(team.project).counts
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("ALTER TABLE curation_signaturespec DISABLE TRIGGER USER")
        cursor.execute("UPDATE curation_signaturespec SET name = 'of yesterday'")
        cursor.execute("ALTER TABLE curation_signaturespec ENABLE TRIGGER USER")
        cursor.execute("SET ROLE winnow_app")
    assert [respec(team.project.pk, limit=1) for _ in range(2)] == [1, 1]
    assert run_curation(team.project).counts == counts
    assert partition(team) == before
    assert set(Signature.objects.values_list("spec__name", flat=True)) == {stored_name()}
    assert not CurationState.objects.exclude(step="done").exists()
