"""With the real encoder: embedded once, found by meaning, and never claimed when it did not take part."""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from django.conf import LazySettings

from core import embedding
from core.vectors import pack, unpack
from indexer.actions.search import Answer, search
from indexer.faiss_store import DuplicateId, FaissStore
from indexer.models import IndexPointer, Vector
from indexer.reader import folder_of, readers
from indexer.warm.client import WhyNot, client, socket_path
from tests.conftest import Team
from tests.indexer.conftest import ROBOT, deliver_rows

pytestmark = pytest.mark.skipif(not embedding.available(), reason="the extra `embed` is not installed")
WAIT = 120


@pytest.fixture
def with_vectors(settings: LazySettings) -> Iterator[None]:
    """Builds embed; the encoder process is this test's own and ends with it."""
    settings.INDEX_VECTORS = True
    settings.EMBEDDER = "auto"
    with tempfile.TemporaryDirectory(prefix="encoder-") as folder:
        settings.EMBEDDER_SOCKET = f"{folder}/encoder.sock"
        yield
        client.stop()


def ask(
    team: Team, query: str, *, until: Callable[[Answer], bool] = lambda answer: not answer.why_words_only
) -> Answer:
    """Ask until the encoder takes part."""
    end = time.monotonic() + WAIT
    while True:
        answer = search(who=ROBOT, project=team.project, query=query)
        if until(answer) or time.monotonic() > end:
            return answer
        time.sleep(0.2)


@pytest.mark.usefixtures("with_vectors")
def test_what_was_embedded_once_is_never_embedded_again(team: Team, bread: dict[str, object]) -> None:
    def embedded(*rows: dict[str, object]) -> int:
        build = deliver_rows(team.project, *rows).build
        if build is None:
            return 0
        build.refresh_from_db()
        return int(build.counts["embedded"])

    assert embedded(bread) == 3
    assert embedded(bread) == 0, "unchanged"
    assert embedded({**bread, "title": "On bread", "uri": "https://moved.example"}) == 0, "moved and renamed"
    assert embedded({**bread, "doc_id": "copy"}) == 0, "duplicated"
    assert embedded({**bread, "text": str(bread["text"]).replace("240", "250")}) == 1, (
        "one word in one section"
    )
    assert embedded(bread) == 0, "changed back"
    assert Vector.objects.count() == 4


@pytest.mark.usefixtures("with_vectors")
def test_a_question_in_other_words_finds_the_passage_and_the_parts_are_told(
    team: Team, bread: dict[str, object]
) -> None:
    deliver_rows(team.project, bread, {"doc_id": "car", "text": "The engine needs oil every year."})
    first = search(
        who=ROBOT, project=team.project, query="At which temperature should I put it into the stove?"
    )
    assert first.why_words_only == WhyNot.WARMING
    answer = ask(team, "At which temperature should I put it into the stove?")
    assert answer.why_words_only is None
    assert "240 degrees" in answer.results[0].occurrences[0].passage.text
    assert answer.results[0].dense is not None
    vector = client.encode("warm", model_sha256=answer.build.model_sha256).vector
    assert vector is not None
    assert np.allclose(vector, embedding.encode(["warm"])[0], atol=2e-3)
    other = client.encode("another question", model_sha256="0" * 64)
    assert other.why_not == WhyNot.OTHER_MODEL
    client.stop()
    assert (
        ask(team, "unseen question", until=lambda a: a.why_words_only == WhyNot.WARMING).results is not None
    )


@pytest.mark.usefixtures("with_vectors")
def test_a_flipped_byte_in_the_vectors_is_refused(team: Team, bread: dict[str, object]) -> None:
    from core.errors import Unavailable

    deliver_rows(team.project, bread)
    file = folder_of(IndexPointer.objects.get().build) / "vectors.faiss"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    readers.clear()
    with pytest.raises(Unavailable, match="damaged"):
        search(who=ROBOT, project=team.project, query="linen")


def test_a_switched_off_encoder_is_named(
    team: Team, bread: dict[str, object], settings: LazySettings
) -> None:
    settings.INDEX_VECTORS = True
    deliver_rows(team.project, bread)
    answer = search(who=ROBOT, project=team.project, query="linen")
    assert answer.why_words_only == WhyNot.OFF
    assert answer.results[0].dense is None
    assert not socket_path().exists()


def test_stored_vectors_come_back_within_half_precision() -> None:
    rng = np.random.default_rng(7)
    vectors = rng.standard_normal((50, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert np.abs(unpack(pack(vectors), 384) - vectors).max() < 5e-4
    with pytest.raises(ValueError, match="reshape"):
        unpack([b"\0" * 10], 384)


def test_the_store_answers_as_brute_force_does_and_survives_a_round_trip(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    vectors = rng.standard_normal((500, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = [int(i) for i in rng.permutation(10_000)[:500]]
    FaissStore.build(ids, vectors).save(tmp_path)
    store = FaissStore.open(tmp_path)
    assert store.size == 500
    hits = total = 0
    for query in vectors[:40] + rng.standard_normal((40, 64)).astype(np.float32) * 0.1:
        exact = {ids[row] for row in np.argsort(-(vectors @ query))[:10]}
        found = store.search(query, 10)
        hits += len(exact & {i for i, _score in found})
        total += 10
        assert np.allclose(
            store.score(query, [i for i, _ in found]), [score for _, score in found], atol=1e-4
        )
    assert hits / total >= 0.99
    with pytest.raises(DuplicateId):
        FaissStore.build([1, 1], vectors[:2])
