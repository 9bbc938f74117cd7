"""Documents become passages that can be cited; one search shows it."""

import io
from collections.abc import Iterator

from core.errors import Refused
from demo.story import Facts, Telling
from demo.waiting import extras_ready, job_ended, until
from examples.python_docs import corpus
from indexer.actions.search import Answer, search
from indexer.actions.sync_documents import sync_documents
from indexer.documents import Document, RefusedRow, read_documents
from indexer.models import Occurrence

PASSAGES = 900
QUERY = "How do I read a file line by line?"


def index(telling: Telling) -> Facts:
    """Sync, build, publish, ask."""
    extras_ready(telling, what_for="embedding passages")
    cast = telling.cast
    done = sync_documents(who=cast.lead, project=cast.project, rows=_rows(telling), origin=_origin(telling))
    if done.build is not None:
        assert done.build.job is not None
        job_ended(telling, done.build.job, what="indexing", seconds=600)
    found = _asked(telling)
    place = found.results[0].occurrences[0]
    version = place.document_version
    return {
        "documents": ", ".join(f"{number} {name}" for name, number in sorted(done.counts.items())),
        "passages that can be cited": Occurrence.objects.filter(project=cast.project).live().count(),
        "asked": _query(telling),
        "answered from": f"{version.uri} v{version.number} [{place.start}:{place.end}], "
        f"{version.licence or 'no licence stated'}",
    }


def _asked(telling: Telling) -> Answer:
    """By words and meaning: the first question starts the query encoder, so ask until it answers too."""
    answers: list[Answer] = []

    def with_meaning() -> bool:
        answers.append(search(who=telling.cast.lead, project=telling.cast.project, query=_query(telling)))
        return answers[-1].why_words_only is None

    until(telling, with_meaning, what="the query encoder", seconds=120)
    return answers[-1]


def _rows(telling: Telling) -> Iterator[Document | RefusedRow]:
    """The visitor's corpus, or what the assistant itself looks things up in."""
    path = telling.options.documents
    if path is None:
        docs = corpus(PASSAGES)
        telling.say(str(docs))
        yield from read_documents(io.BytesIO(docs.jsonl), "python-docs.jsonl")
        return
    if not path.is_file():
        raise Refused(
            "no_such_file", f"There is no file {path}.", hint="Give a .jsonl or .jsonl.gz after --documents."
        )
    with path.open("rb") as stream:
        yield from read_documents(stream, path.name)


def _origin(telling: Telling) -> str:
    return telling.options.documents.name if telling.options.documents else "Python documentation"


def _query(telling: Telling) -> str:
    return "What is the incubation period?" if telling.options.documents else QUERY
