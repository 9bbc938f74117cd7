"""Retrieval with attribution on covidqa: exactness, incremental cost, quality against its own parts, search time.

Data: `../shared/data/retrieval/covidqa` (98 open-access articles, 1,380 questions whose answers are spans). A passage is
relevant when it overlaps an answer by at least half of the shorter of the two. Peers in the same run: BM25 alone (bm25s),
MiniLM alone with exact search, and plain fp32 encoding as most tools do it.
"""

from __future__ import annotations

import io
import json
import math
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.contract import Row

SETTING = "database"
DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "retrieval" / "covidqa"
DEPTH = 10
ENCODER_WAIT = 120
Place = tuple[int, int, int]


@dataclass(frozen=True)
class Question:
    """A question and the passages that answer it."""

    text: str
    relevant: frozenset[int]


def rows(*, quick: bool) -> Iterator[Row]:
    """Index, deliver again, change, search, delete."""
    documents, queries = _load(quick)
    project = _project()
    started, used = time.perf_counter(), time.process_time()
    build = _deliver(project, documents)
    seconds, used = time.perf_counter() - started, time.process_time() - used
    passages = int(build.counts["passages"])
    yield Row("documents", len(documents))
    yield Row("passages", passages)
    yield Row("deliver, cut, embed, build, publish", seconds, "s")
    yield from _throughput(passages / used, quick)
    yield from _exactness(project)
    yield from _quality(project, documents, queries)
    yield from _increments(project, documents)
    yield from _deletion(project, documents[0])


def _load(quick: bool) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    if not DATA.is_dir():
        raise SystemExit("This benchmark needs ../shared/data/retrieval/covidqa, which is not here.")
    documents = [json.loads(line) for line in (DATA / "documents.jsonl").open(encoding="utf-8")]
    queries = [json.loads(line) for line in (DATA / "queries.jsonl").open(encoding="utf-8")]
    if quick:
        documents = documents[:12]
    names = {document["doc_id"] for document in documents}
    return documents, [query for query in queries if query["doc_id"] in names]


def _project() -> Any:
    from accounts.models import Project

    return Project.objects.create(slug="retrieval", name="Retrieval")


def _deliver(project: Any, documents: Sequence[dict[str, Any]]) -> Any:
    """Deliver and build in this process; None when nothing had to be built."""
    from core.actors import system
    from core.jobs import runner
    from indexer.actions.sync_documents import sync_documents
    from indexer.documents import read_documents

    lines = "\n".join(json.dumps(document) for document in documents).encode()
    done = sync_documents(
        who=system("benchmark"),
        project=project,
        rows=read_documents(io.BytesIO(lines), "covidqa"),
        origin="covidqa",
    )
    if done.build is None:
        return None
    runner.run(str(done.build.job_id))
    done.build.refresh_from_db()
    return done.build


def _throughput(ours: float, quick: bool) -> Iterator[Row]:
    """Passages per CPU second, everything included, against the raw fp32 encoder with nothing around it."""
    import torch
    from sentence_transformers import SentenceTransformer

    from core import embedding
    from indexer.models import Passage

    texts = list(
        Passage.objects.order_by("text_sha256").values_list("text", flat=True)[: 64 if quick else 256]
    )
    plain = SentenceTransformer(str(embedding._folder()), device="cpu", model_kwargs={"dtype": torch.float32})
    plain.encode(texts[:8], show_progress_bar=False)
    used = time.process_time()
    plain.encode(texts, show_progress_bar=False)
    theirs = len(texts) / (time.process_time() - used)
    yield Row("passages per CPU second, whole pipeline", ours, "/s")
    yield Row("peer: SentenceTransformer.encode fp32 alone", theirs, "/s")
    yield Row("whole pipeline over the bare fp32 encoder", ours / theirs, "times", "" if quick else ">= 1.5")


def _exactness(project: Any) -> Iterator[Row]:
    from indexer.models import Occurrence

    places = Occurrence.objects.filter(project=project).select_related("document_version", "passage")
    exact = [
        p.document_version.text[p.start : p.end] == p.passage.text for p in places.iterator(chunk_size=500)
    ]
    yield Row("places that hold exactly their passage", statistics.fmean(exact), "share", ">= 1")


def _quality(project: Any, documents: list[dict[str, Any]], queries: list[dict[str, Any]]) -> Iterator[Row]:
    from indexer.fusion import fuse
    from indexer.queries import current_build
    from indexer.reader import readers

    build = current_build(project)
    assert build is not None
    reader = readers.get(build)
    questions = _questions(project, documents, queries)
    vectors = _encode([question.text for question in questions])
    weight, everything = build.lexical_weight, len(reader.ids)

    def rank(index: int, *, words: bool, meaning: bool) -> list[int]:
        found = reader.candidates(questions[index].text, vectors[index], everything)
        fused = fuse(found.lexical if words else None, found.dense if meaning else None, weight)
        return [one.id for one in fused[:DEPTH]]

    scores = {
        "fused": _score(questions, partial(rank, words=True, meaning=True)),
        "words": _score(questions, partial(rank, words=True, meaning=False)),
        "meaning": _score(questions, partial(rank, words=False, meaning=True)),
    }
    yield Row("nDCG@10", scores["fused"][0], "", ">= 0.65")
    yield Row("recall@10", scores["fused"][1], "", ">= 0.82")
    yield Row("peer: BM25 alone, nDCG@10", scores["words"][0])
    yield Row("peer: BM25 alone, recall@10", scores["words"][1])
    yield Row("peer: MiniLM alone, nDCG@10", scores["meaning"][0])
    yield Row("peer: MiniLM alone, recall@10", scores["meaning"][1])
    better = max(scores["words"][0], scores["meaning"][0])
    yield Row("nDCG@10 above the better part alone", scores["fused"][0] - better, "", ">= 0")
    yield from _search_time(project, [question.text for question in questions[:200]])


def _questions(
    project: Any, documents: list[dict[str, Any]], queries: list[dict[str, Any]]
) -> list[Question]:
    from indexer.models import Occurrence

    texts = {document["doc_id"]: document["text"] for document in documents}
    places: dict[str, list[Place]] = defaultdict(list)
    rows = Occurrence.objects.live().filter(project=project)
    for name, passage, start, end in rows.values_list(
        "document_version__source__external_id", "passage_id", "start", "end"
    ):
        places[name].append((passage, start, end))
    found = []
    for query in queries:
        text = texts[query["doc_id"]]
        assert all(text[span["start"] : span["end"]] == span["text"] for span in query["spans"])
        relevant = {
            passage
            for passage, start, end in places[query["doc_id"]]
            for span in query["spans"]
            if (overlap := min(end, span["end"]) - max(start, span["start"])) > 0
            and 2 * overlap >= min(end - start, span["end"] - span["start"])
        }
        found.append(Question(query["text"], frozenset(relevant)))
    return found


def _encode(texts: list[str]) -> Any:
    from core import embedding

    return embedding.encode(texts)


def _score(questions: list[Question], rank: Callable[[int], list[int]]) -> tuple[float, float]:
    """Mean nDCG@10 and recall@10 with binary relevance; a question without a relevant passage scores zero."""
    gains, recalls = [], []
    for index, question in enumerate(questions):
        hits = [passage in question.relevant for passage in rank(index)]
        ideal = sum(1 / math.log2(place + 2) for place in range(min(DEPTH, len(question.relevant))))
        gained = sum(1 / math.log2(place + 2) for place, hit in enumerate(hits) if hit)
        gains.append(gained / ideal if ideal else 0.0)
        recalls.append(sum(hits) / len(question.relevant) if question.relevant else 0.0)
    return statistics.fmean(gains), statistics.fmean(recalls)


def _search_time(project: Any, texts: list[str]) -> Iterator[Row]:
    """The whole search action, database filter included, with the query's vector known already."""
    from core.actors import system
    from indexer.actions.search import search
    from indexer.warm.client import client

    who = system("benchmark")
    end = time.monotonic() + ENCODER_WAIT
    while search(who=who, project=project, query=texts[0]).why_words_only and time.monotonic() < end:
        time.sleep(0.3)
    fresh = [search(who=who, project=project, query=text).milliseconds for text in texts]
    known = [search(who=who, project=project, query=text) for text in texts]
    client.stop()
    times = sorted(answer.milliseconds for answer in known)
    yield Row(
        "answers in which meaning took part",
        sum(not a.why_words_only for a in known) / len(known),
        "share",
        "== 1",
    )
    yield Row("search p50, query encoded before", statistics.median(times), "ms")
    yield Row("search p95, query encoded before", times[int(len(times) * 0.95)], "ms", "<= 100")
    yield Row("search p50, query encoded now", statistics.median(fresh), "ms")


def _increments(project: Any, documents: list[dict[str, Any]]) -> Iterator[Row]:
    """What has to be embedded again; counts, so load does not matter."""

    def embedded(changed: list[dict[str, Any]]) -> int:
        build = _deliver(project, changed)
        return int(build.counts["embedded"]) if build else 0

    yield Row("embeddings: the same delivery again", embedded(documents), "", "== 0")
    edited = [{**document, "text": _one_word_more(document["text"])} for document in documents[:3]]
    yield Row("embeddings: one word more in 3 documents", embedded(edited), "", "<= 12")
    moved = [{**documents[3], "uri": "https://moved.example/", "title": "Moved"}]
    yield Row("embeddings: a document moved and renamed", embedded(moved), "", "== 0")
    copy = [{**documents[4], "doc_id": "copy"}]
    yield Row("embeddings: a document delivered under a second id", embedded(copy), "", "== 0")


def _one_word_more(text: str) -> str:
    middle = text.index(" ", len(text) // 2)
    return f"{text[:middle]} indeed{text[middle:]}"


def _deletion(project: Any, document: dict[str, Any]) -> Iterator[Row]:
    from core.actors import system
    from indexer.actions.delete_document import delete_document
    from indexer.actions.search import search
    from indexer.models import Source

    who = system("benchmark")
    source = Source.objects.get(project=project, external_id=document["doc_id"])
    started = time.perf_counter()
    delete_document(who=who, project=project, source_id=source.pk)
    stale = 0
    for line in [line for line in document["text"].split("\n") if len(line) > 80][:20]:
        for result in search(who=who, project=project, query=line[:300]).results:
            stale += sum(place.document_version.source_id == source.pk for place in result.occurrences)
    yield Row("stale results after a deletion, 20 queries", stale, "", "== 0")
    yield Row("delete and ask 20 times", time.perf_counter() - started, "s")
