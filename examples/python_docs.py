"""The documentation this Python carries, as documents for the index: `python -m examples.python_docs > docs.jsonl`.

The same documents the example assistant retrieves from and cites (`pydoc:<name>`), so that a
citation in a trace can be looked up. Capped, to keep a demo short: domains get equal shares of the
passages (the language reference three), functions before methods; what is left out is said on standard error.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from dataclasses import dataclass

import orjson

from examples.assistant.library import LICENCE, SYNTAX, documents
from indexer.chunking import chunk

DEMO_PASSAGES = 900
SHARES = {SYNTAX: 3}
Document = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Corpus:
    """JSON lines, and what was taken and left out."""

    jsonl: bytes
    documents: int
    left_out: int
    passages: int

    def __str__(self) -> str:
        rest = f"; {self.left_out:,} documents left out by the cap" if self.left_out else ""
        return f"{self.documents:,} documents of the Python documentation, about {self.passages:,} passages{rest}"


def corpus(passages: int = DEMO_PASSAGES) -> Corpus:
    """At most about this many passages; 0 takes everything (about 2,600)."""
    queues = _by_domain()
    everything = sum(len(queue) for queue in queues.values())
    used = dict.fromkeys(queues, 0.0)
    taken: list[Document] = []
    total = 0
    while waiting := [domain for domain, queue in queues.items() if queue]:
        domain = min(waiting, key=lambda name: (used[name], name))
        document = queues[domain].pop(0)
        size = len(chunk(document[3]))
        if passages and total + size > passages:
            continue
        taken.append(document)
        total += size
        used[domain] += size / SHARES.get(domain, 1)
    return Corpus(_jsonl(taken), len(taken), everything - len(taken), total)


def _by_domain() -> dict[str, list[Document]]:
    """Modules and functions before the methods of classes; short topics of the reference before long ones."""
    queues: dict[str, list[Document]] = defaultdict(list)
    for document in documents():
        queues[document[2]].append(document)
    for queue in queues.values():
        queue.sort(
            key=lambda document: (document[0].count("."), len(document[3]) if document[2] == SYNTAX else 0)
        )
    return queues


def _jsonl(chosen: list[Document]) -> bytes:
    return b"".join(
        orjson.dumps(
            {
                "doc_id": name,
                "uri": f"pydoc:{name}",
                "title": title,
                "published": None,
                "licence": LICENCE,
                "kind": "python",
                "text": text,
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )
        for name, title, _domain, text in chosen
    )


def main() -> None:
    """Write JSON lines to standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=DEMO_PASSAGES, help="cap; 0 for everything")
    found = corpus(parser.parse_args().passages)
    print(found, file=sys.stderr)
    sys.stdout.buffer.write(found.jsonl)


if __name__ == "__main__":
    main()
