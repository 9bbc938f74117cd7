"""What search answers: attributed, live, filtered by licence, and honest about how it ranked."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import NotFound, Refused, Unavailable
from indexer import reader as reader_module
from indexer.actions.cite import cite, resolve
from indexer.actions.delete_document import delete_document
from indexer.actions.search import search
from indexer.canonical import citation_id
from indexer.models import DocumentVersion, IndexBuild, IndexPointer, Source
from indexer.reader import folder_of, readers
from indexer.warm.client import WhyNot
from tests.conftest import Team
from tests.indexer.conftest import ROBOT, deliver_rows


def test_a_result_names_uri_version_place_and_licence(team: Team, bread: dict[str, object]) -> None:
    deliver_rows(team.project, bread)
    answer = search(who=team.annotator, project=team.project, query="how hot is the oven: 240 degrees?")
    place = answer.results[0].occurrences[0]
    version = place.document_version
    text = str(bread["text"])
    assert (version.uri, version.number, version.licence) == ("https://example.org/bread", 1, "cc-by")
    assert text[place.start : place.end] == place.passage.text == "## Oven\n\nBake at 240 degrees with steam."
    assert place.section == "Bread › Oven"


def test_a_search_without_vectors_says_so(team: Team, bread: dict[str, object]) -> None:
    deliver_rows(team.project, bread)
    answer = search(who=ROBOT, project=team.project, query="steam")
    assert answer.why_words_only == WhyNot.LEXICAL_BUILD
    assert answer.results[0].dense is None


def test_a_deleted_document_is_gone_with_the_next_query(team: Team, bread: dict[str, object]) -> None:
    deliver_rows(team.project, bread, {"doc_id": "copy", "text": "Keep the loaf in paper."})
    assert len(search(who=ROBOT, project=team.project, query="loaf").results) == 2
    delete_document(who=team.lead, project=team.project, source_id=Source.objects.get(external_id="bread").pk)
    left = search(who=ROBOT, project=team.project, query="loaf").results
    assert [r.occurrences[0].document_version.source.external_id for r in left] == ["copy"]


def test_a_superseded_version_is_never_returned(team: Team, bread: dict[str, object]) -> None:
    deliver_rows(team.project, bread)
    deliver_rows(team.project, {**bread, "text": str(bread["text"]).replace("240", "260")})
    for query in ("240 degrees", "260 degrees", "sourdough", "linen"):
        for result in search(who=ROBOT, project=team.project, query=query).results:
            assert {place.document_version.number for place in result.occurrences} == {2}


def test_a_licence_filter_finds_the_only_eligible_passage_among_many(team: Team) -> None:
    crowd = [
        {"doc_id": f"c{n}", "text": f"steam steam steam engine number {n}", "licence": "cc-by"}
        for n in range(300)
    ]
    deliver_rows(team.project, *crowd, {"doc_id": "free", "text": "steam", "licence": None})
    answer = search(who=ROBOT, project=team.project, query="steam engine number", licences=[""])
    assert [r.occurrences[0].document_version.source.external_id for r in answer.results] == ["free"]
    assert not search(who=ROBOT, project=team.project, query="steam", licences=["cc0-1.0"]).results


def test_a_document_past_its_time_to_live_is_not_returned(team: Team, bread: dict[str, object]) -> None:
    deliver_rows(team.project, bread)
    Source.objects.update(ttl=timedelta(0))
    assert not search(who=ROBOT, project=team.project, query="linen").results


def test_nothing_of_another_project_is_found(team: Team, other_team: Team, bread: dict[str, object]) -> None:
    deliver_rows(team.project, bread)
    deliver_rows(other_team.project, {"doc_id": "x", "text": "Unrelated words."})
    assert not search(who=other_team.lead, project=other_team.project, query="sourdough").results
    with pytest.raises(NotFound):
        search(who=other_team.lead, project=team.project, query="sourdough")


def test_an_empty_query_and_an_empty_index_are_told_apart(team: Team, bread: dict[str, object]) -> None:
    with pytest.raises(NotFound) as nothing:
        search(who=ROBOT, project=team.project, query="bread")
    assert nothing.value.code == "no_index"
    deliver_rows(team.project, bread)
    with pytest.raises(Refused) as empty:
        search(who=ROBOT, project=team.project, query=" \0 ")
    assert empty.value.code == "empty_query"


@pytest.mark.parametrize(
    "query", ["%s", "'; DROP TABLE x; --", "\u202e", "🙂", "a" * 5000, "<script>", "the"]
)
def test_odd_queries_are_answered(team: Team, bread: dict[str, object], query: str) -> None:
    deliver_rows(team.project, bread)
    search(who=ROBOT, project=team.project, query=query)


@pytest.mark.parametrize("name", ["ids.npy", "bm25/data.csc.index.npy", "manifest.json"])
def test_a_flipped_byte_is_refused_and_a_new_build_mends_it(
    team: Team, bread: dict[str, object], name: str
) -> None:
    deliver_rows(team.project, bread)
    file = folder_of(IndexPointer.objects.get().build) / name
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    readers.clear()
    with pytest.raises(Unavailable, match="damaged"):
        search(who=ROBOT, project=team.project, query="linen")
    deliver_rows(team.project, bread, {"doc_id": "more", "text": "Linen again."})
    assert search(who=ROBOT, project=team.project, query="linen").results


def test_a_citation_resolves_for_ever_and_says_when_it_is_no_longer_current(
    team: Team, bread: dict[str, object]
) -> None:
    deliver_rows(team.project, bread)
    place = search(who=ROBOT, project=team.project, query="linen").results[0].occurrences[0]
    name = citation_id(place.document_version.key, place.start, place.end)
    assert resolve(who=ROBOT, project=team.project, name=name).is_current
    deliver_rows(team.project, {**bread, "text": f"# New start\n\nHello.\n\n{bread['text']}"})
    found = resolve(who=ROBOT, project=team.project, name=name)
    assert found.quote == place.passage.text
    assert found.version.number == 1
    assert not found.is_current
    assert [(p.document_version.number, p.document_version.text[p.start : p.end]) for p in found.now_at] == [
        (2, found.quote)
    ]
    delete_document(who=team.lead, project=team.project, source_id=found.version.source_id)
    assert resolve(who=ROBOT, project=team.project, name=name).now_at == ()


def test_any_span_can_be_cited_and_the_same_span_has_one_name(team: Team, bread: dict[str, object]) -> None:
    deliver_rows(team.project, bread)
    version = DocumentVersion.objects.get()
    start = version.text.index("240 degrees")
    names = {
        cite(
            who=ROBOT, project=team.project, version_key=version.key, start=start, end=start + 11
        ).citation_id
        for _ in range(2)
    }
    assert len(names) == 1
    assert resolve(who=ROBOT, project=team.project, name=names.pop()).quote == "240 degrees"
    with pytest.raises(Refused):
        cite(who=ROBOT, project=team.project, version_key=version.key, start=0, end=len(version.text) + 1)


def test_a_build_that_is_slow_to_open_is_opened_once_and_blocks_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened, go_on = [], threading.Event()

    def open_slowly(folder: Path, manifest_sha256: str) -> object:
        opened.append(manifest_sha256)
        if manifest_sha256 == "slow":
            go_on.wait(10)
        return object()

    monkeypatch.setattr(reader_module, "open_reader", open_slowly)
    slow, quick = (IndexBuild(number=1, manifest_sha256=name) for name in ("slow", "quick"))
    waiting = [threading.Thread(target=readers.get, args=[slow]) for _ in range(2)]
    for thread in waiting:
        thread.start()
    readers.get(quick)
    go_on.set()
    for thread in waiting:
        thread.join(10)
    assert sorted(opened) == ["quick", "slow"]
