"""Invariant 7, stored: text[start:end] is the passage, and the database refuses anything else."""

import pytest
from django.db import connection, transaction
from django.db.utils import Error, IntegrityError, ProgrammingError
from django.utils import timezone

from indexer.canonical import canonicalise, citation_id, sha256_text
from indexer.models import Citation, DocumentVersion, IndexBuild, IndexPointer, Occurrence, Passage
from tests.conftest import Team
from tests.indexer.conftest import TORTURE, deliver_rows


def deliver_torture(team: Team) -> None:
    deliver_rows(team.project, *({"doc_id": name, "text": text} for name, text in TORTURE.items()))


def test_every_stored_place_holds_its_passage_on_torture_texts(team: Team) -> None:
    deliver_torture(team)
    places = list(Occurrence.objects.select_related("document_version", "passage"))
    assert len({place.document_version_id for place in places}) == len(TORTURE)
    for place in places:
        assert place.document_version.text[place.start : place.end] == place.passage.text
    for version in DocumentVersion.objects.select_related("source"):
        assert version.text == canonicalise(TORTURE[version.source.external_id])


def test_every_place_has_a_citation_that_quotes_it(team: Team) -> None:
    deliver_torture(team)
    for place in Occurrence.objects.select_related("document_version", "passage"):
        name = citation_id(place.document_version.key, place.start, place.end)
        assert Citation.objects.get(citation_id=name).quote == place.passage.text


def run(statement: str) -> None:
    """As the app role, with deferred constraints checked at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def assert_refused(*statements: str) -> None:
    """Every statement must be refused by the database itself."""
    for statement in statements:
        with pytest.raises(Error):
            run(statement)


def test_the_database_refuses_a_place_that_is_one_character_off(team: Team, bread: dict[str, object]) -> None:
    deliver_rows(team.project, bread)
    place = Occurrence.objects.order_by("-start").first()
    assert place is not None
    for start, end in [
        (place.start - 1, place.end),
        (place.start, place.end - 1),
        (place.start - 1, place.end - 1),
    ]:
        with pytest.raises(IntegrityError, match="is not that passage"), transaction.atomic():
            Occurrence.objects.create(
                project=team.project,
                document_version=place.document_version,
                passage=place.passage,
                chunker="attack",
                start=start,
                end=end,
            )


def test_a_place_cannot_be_written_before_its_passage(team: Team, bread: dict[str, object]) -> None:
    """Foreign keys are checked at commit; the trigger must not be fooled by a row that comes later."""
    deliver_rows(team.project, bread)
    version = DocumentVersion.objects.get()
    assert_refused(
        'INSERT INTO indexer_occurrence (project_id, document_version_id, passage_id, chunker, start, "end", section) '
        f"VALUES ('{team.project.pk}', {version.pk}, 999999, 'attack', 0, 5, '')"
    )


def test_the_app_role_cannot_change_history(team: Team, bread: dict[str, object]) -> None:
    deliver_rows(team.project, bread)
    assert_refused(
        "UPDATE indexer_passage SET text = text || 'x'",
        "DELETE FROM indexer_passage",
        'UPDATE indexer_occurrence SET "end" = "end" - 1',
        "DELETE FROM indexer_occurrence",
        "UPDATE indexer_citation SET start = 0",
        "UPDATE indexer_vector SET data = ''",
        "UPDATE indexer_documentversion SET text = 'other', content_sha256 = encode(sha256('other'), 'hex')",
        "UPDATE indexer_documentversion SET licence = 'public domain'",
        "DELETE FROM indexer_documentversion",
        "DELETE FROM indexer_source",
        "UPDATE indexer_indexbuild SET manifest_sha256 = repeat('0', 64)",
        "TRUNCATE indexer_occurrence CASCADE",
        "ALTER TABLE indexer_occurrence DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
    )


def test_a_deleted_or_superseded_version_cannot_be_brought_back(team: Team, bread: dict[str, object]) -> None:
    deliver_rows(team.project, bread)
    deliver_rows(team.project, {**bread, "text": "Rye instead."})
    DocumentVersion.objects.filter(number=1).update(deleted_at=timezone.now())
    for stamp in ("live_at", "superseded_at", "deleted_at"):
        with pytest.raises(IntegrityError, match="never comes back"), transaction.atomic():
            DocumentVersion.objects.filter(number=1).update(**{stamp: None})


def test_a_text_must_have_the_hash_it_claims(team: Team) -> None:
    with pytest.raises(IntegrityError, match="passage_hash_of_text"), transaction.atomic():
        Passage.objects.create(
            project=team.project, text="one", text_sha256=sha256_text("two"), embed_input_sha256="", tokens=1
        )


def test_a_place_cannot_join_two_projects(team: Team, other_team: Team, bread: dict[str, object]) -> None:
    deliver_rows(team.project, bread)
    deliver_rows(other_team.project, bread)
    mine = Occurrence.objects.filter(project=team.project).first()
    theirs = Passage.objects.get(project=other_team.project, text=mine.passage.text if mine else "")
    assert mine is not None
    with pytest.raises(IntegrityError, match="is not that passage"), transaction.atomic():
        Occurrence.objects.create(
            project=team.project,
            document_version=mine.document_version,
            passage=theirs,
            chunker="attack",
            start=mine.start,
            end=mine.end,
        )


def test_search_cannot_be_pointed_at_an_unpublished_or_foreign_build(
    team: Team, other_team: Team, bread: dict[str, object]
) -> None:
    deliver_rows(team.project, bread)
    deliver_rows(other_team.project, bread)
    unpublished = IndexBuild.objects.create(project=team.project, number=99, chunker="x", lexical_weight=0.5)
    foreign = IndexPointer.objects.get(project=other_team.project).build
    for build in (unpublished, foreign):
        with pytest.raises((IntegrityError, ProgrammingError), match="published build"), transaction.atomic():
            IndexPointer.objects.filter(project=team.project).update(build=build)


def test_a_citation_must_lie_inside_its_text(team: Team, bread: dict[str, object]) -> None:
    deliver_rows(team.project, bread)
    version = DocumentVersion.objects.get()
    with pytest.raises(IntegrityError, match="inside"), transaction.atomic():
        Citation.objects.create(
            project=team.project,
            citation_id="f" * 64,
            document_version=version,
            start=0,
            end=len(version.text) + 1,
        )
