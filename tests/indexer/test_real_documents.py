"""Ninety-eight real articles: every place exact, spans of human answers found where they are."""

import io
import json
import random
from pathlib import Path

import pytest

from indexer.actions.search import search
from indexer.actions.sync_documents import sync_documents
from indexer.documents import read_documents
from indexer.models import DocumentVersion, Occurrence
from tests.conftest import Team
from tests.indexer.conftest import ROBOT, run_build

pytestmark = pytest.mark.long

QUESTIONS = 120


@pytest.fixture
def covidqa(shared_data: Path) -> Path:
    folder = shared_data / "retrieval" / "covidqa"
    if not folder.is_dir():
        pytest.skip("real documents are not here: ../shared/data/retrieval/covidqa is absent")
    return folder


def test_real_articles_are_cut_exactly_and_answers_are_found(team: Team, covidqa: Path) -> None:
    with (covidqa / "documents.jsonl").open("rb") as file:
        done = sync_documents(
            who=ROBOT, project=team.project, rows=read_documents(file, "covidqa"), origin="covidqa"
        )
    assert done.counts == {"new": 98}
    assert done.build is not None
    run_build(done.build)
    texts = dict(DocumentVersion.objects.values_list("id", "text"))
    for place in Occurrence.objects.select_related("passage"):
        assert texts[place.document_version_id][place.start : place.end] == place.passage.text
    queries = [json.loads(line) for line in (covidqa / "queries.jsonl").open(encoding="utf-8")]
    found = 0
    for query in random.Random(7).sample(queries, QUESTIONS):
        results = search(who=ROBOT, project=team.project, query=query["text"]).results
        places = [place for result in results for place in result.occurrences]
        found += any(
            place.document_version.source.external_id == query["doc_id"]
            and place.start < span["end"]
            and span["start"] < place.end
            for place in places
            for span in query["spans"]
        )
    assert found >= 0.75 * QUESTIONS


def test_the_six_articles_without_a_licence_are_found_by_asking_for_none(team: Team, covidqa: Path) -> None:
    lines = (covidqa / "documents.jsonl").read_bytes().splitlines()
    bare = [line for line in lines if json.loads(line)["licence"] is None]
    others = [line for line in lines if json.loads(line)["licence"]][:6]

    stream = io.BytesIO(b"\n".join(bare + others))
    done = sync_documents(who=ROBOT, project=team.project, rows=read_documents(stream, "x"), origin="x")
    assert done.build is not None
    run_build(done.build)
    results = search(who=ROBOT, project=team.project, query="virus infection", k=50, licences=[""]).results
    assert results
    assert {place.document_version.licence for result in results for place in result.occurrences} == {""}
