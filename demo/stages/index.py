"""Documents become passages that can be cited; one search shows it."""

import json
from collections.abc import Iterator
from pathlib import Path

from demo.story import Facts, Telling
from demo.waiting import extras_ready, job_ended
from indexer.actions.search import search
from indexer.actions.sync_documents import sync_documents

QUERY = "How do I read a file line by line?"


def index(telling: Telling) -> Facts:
    """Sync, build, publish, ask."""
    from indexer.models import Occurrence

    extras_ready(telling, what_for="embedding passages")
    cast = telling.cast
    done = sync_documents(who=cast.lead, project=cast.project, rows=_rows(telling), origin=_origin(telling))
    if done.build is not None:
        assert done.build.job is not None
        job_ended(telling, done.build.job, what="indexing", seconds=600)
    found = search(who=cast.lead, project=cast.project, query=_query(telling))
    best = found.results[0]
    return {
        "documents": ", ".join(f"{number} {name}" for name, number in sorted(done.counts.items())),
        "passages that can be cited": Occurrence.objects.filter(project=cast.project).live().count(),
        "asked": _query(telling),
        "answered from": f"{best.uri} v{best.version} [{best.start}:{best.end}] ({best.licence or 'no licence stated'})",
    }


def _origin(telling: Telling) -> str:
    return telling.options.documents.name if telling.options.documents else "Python documentation"


def _query(telling: Telling) -> str:
    return "What is the incubation period?" if telling.options.documents else QUERY
