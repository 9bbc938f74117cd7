"""The pages: what they show to whom, and that their acts are the actions."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from indexer.actions.search import search
from indexer.canonical import citation_id
from indexer.models import DocumentVersion, IndexBuild, Source, Sync
from tests.conftest import Team
from tests.indexer.conftest import ROBOT, deliver_rows, jsonl, run_build


def url(team: Team, name: str, *args: object) -> str:
    return reverse(f"indexer:{name}", args=[team.project.slug, *args])


def test_an_empty_index_says_what_belongs_there(team: Team) -> None:
    page = team.client(team.lead).get(url(team, "board")).content.decode()
    assert "No documents yet" in page
    assert url(team, "deliver") in page
    assert url(team, "deliver") not in team.client(team.engineer).get(url(team, "board")).content.decode()


def test_a_lead_uploads_a_file_and_sees_what_was_refused(team: Team, bread: dict[str, object]) -> None:
    content = jsonl(bread).getvalue() + b'\n{"doc_id": "b"}\n'
    client = team.client(team.lead)
    answer = client.post(
        url(team, "deliver"), {"file": SimpleUploadedFile("corpus.jsonl", content)}, follow=True
    )
    page = answer.content.decode()
    assert "corpus.jsonl" in page
    assert "must be a string" in page
    build = IndexBuild.objects.get()
    assert "Queued" in client.get(url(team, "build", build.pk)).content.decode()
    run_build(build)
    assert "Search answers from this build" in client.get(url(team, "build", build.pk)).content.decode()
    board = client.get(url(team, "board")).content.decode()
    assert "https://example.org/bread" in board
    assert "cc-by" in board


def test_an_engineer_cannot_upload_build_or_delete(team: Team, bread: dict[str, object]) -> None:
    deliver_rows(team.project, bread)
    client = team.client(team.engineer)
    source = Source.objects.get()
    assert client.post(url(team, "deliver")).status_code == 403
    assert client.post(url(team, "build_now")).status_code == 403
    assert client.post(url(team, "delete", source.pk)).status_code == 403
    assert Sync.objects.count() == 1
    assert DocumentVersion.objects.get().state == "live"


def test_search_shows_the_passage_in_its_context_with_its_place(team: Team, bread: dict[str, object]) -> None:
    deliver_rows(team.project, bread)
    page = team.client(team.annotator).get(url(team, "search"), {"q": "steam"}).content.decode()
    assert "<mark>## Oven\n\nBake at 240 degrees with steam.</mark>" in page
    assert "Sourdough rises slowly overnight." in page.split("<mark>")[0]
    assert "Keep the loaf in linen." in page.split("</mark>")[1]
    for fact in ("https://example.org/bread", "cc-by", "version</", "Words only"):
        assert fact.replace("</", "") in page


def test_a_refused_search_is_a_message_and_not_a_fault(team: Team) -> None:
    answer = team.client(team.lead).get(url(team, "search"), {"q": "bread"})
    assert answer.status_code == 404
    assert "Nothing is indexed yet" in answer.content.decode()


def test_the_document_page_cuts_the_text_at_its_passages(team: Team, bread: dict[str, object]) -> None:
    deliver_rows(team.project, bread)
    page = team.client(team.lead).get(url(team, "document", Source.objects.get().pk)).content.decode()
    assert page.count('class="piece"') == 3
    assert "Delete the document" in page


def test_older_versions_stay_readable_and_say_that_they_were_replaced(
    team: Team, bread: dict[str, object]
) -> None:
    deliver_rows(team.project, bread)
    deliver_rows(team.project, {**bread, "text": "Rye."})
    page = (
        team.client(team.lead)
        .get(url(team, "document", Source.objects.get().pk), {"version": "1"})
        .content.decode()
    )
    assert "A newer version has taken its place" in page
    assert "Sourdough" in page


def test_a_citation_link_survives_a_new_version_and_a_deletion(team: Team, bread: dict[str, object]) -> None:
    deliver_rows(team.project, bread)
    place = search(who=ROBOT, project=team.project, query="linen").results[0].occurrences[0]
    link = url(team, "citation", citation_id(place.document_version.key, place.start, place.end))
    client = team.client(team.lead)
    assert "Keep the loaf in linen." in client.get(link).content.decode()
    deliver_rows(team.project, {**bread, "text": str(bread["text"]) + "\n\nMore."})
    assert "There is a newer version" in client.get(link).content.decode()
    client.post(url(team, "delete", Source.objects.get().pk))
    page = client.get(link).content.decode()
    assert "The document was deleted" in page
    assert "Keep the loaf in linen." in page


def test_a_passage_that_needs_work_stands_on_the_backlog_with_its_citation(
    team: Team, bread: dict[str, object]
) -> None:
    from curation.models import BacklogItem

    deliver_rows(team.project, bread)
    place = search(who=ROBOT, project=team.project, query="linen").results[0].occurrences[0]
    name = citation_id(place.document_version.key, place.start, place.end)
    client = team.client(team.annotator)
    for _ in range(2):
        client.post(url(team, "needs_work", name), {"reason": "bad_citation", "note": "linen is wrong"})
    item = BacklogItem.objects.get()
    assert (item.citation, item.reason, item.opened_by) == (name, "bad_citation", team.annotator)
    client.post(url(team, "needs_work", name), {"reason": "no such reason"})
    assert BacklogItem.objects.count() == 1


@pytest.mark.parametrize("name", ["board", "search", "deliver"])
def test_a_stranger_finds_nothing(team: Team, other_team: Team, name: str) -> None:
    assert other_team.client(other_team.lead).get(url(team, name)).status_code == 404


def test_objects_of_another_project_are_not_found(
    team: Team, other_team: Team, bread: dict[str, object]
) -> None:
    done = deliver_rows(other_team.project, bread)
    client = team.client(team.lead)
    source, build = Source.objects.get(), IndexBuild.objects.get()
    version = DocumentVersion.objects.get()
    for name, args in [
        ("document", [source.pk]),
        ("delivery", [done.sync.pk]),
        ("build", [build.pk]),
        ("citation", [citation_id(version.key, 0, 10)]),
    ]:
        assert client.get(url(team, name, *args)).status_code == 404, name
    assert client.post(url(team, "delete", source.pk)).status_code == 404


def test_odd_addresses_are_answered(team: Team, bread: dict[str, object]) -> None:
    deliver_rows(team.project, bread)
    client = team.client(team.lead)
    page = url(team, "document", Source.objects.get().pk)
    for query in ({"version": "99"}, {"version": "x"}, {"from": "999999999"}, {"from": "-1"}, {"at": "٣"}):
        assert client.get(page, query).status_code in {200, 404}
    for query in ({"q": "%00"}, {"after": "forged"}, {"state": "?"}, {"licence": "?"}):
        assert client.get(url(team, "board"), query).status_code == 200, query
    for query in ({"q": "a\0"}, {"q": "bread", "licence": "\0"}):
        assert client.get(url(team, "search"), query).status_code == 400, query
