"""What the example assistant looks things up in, as a corpus for the index."""

import platform
from collections.abc import Iterator

import orjson

from examples.assistant.library import documents
from indexer.documents import Document, RefusedRow, read_row

DOCUMENTS = 420


def python_documents() -> Iterator[Document | RefusedRow]:
    """The first documents in the library's fixed order, so that the demo embeds for seconds, not minutes."""
    for number, (document, name, _domain, text) in enumerate(documents()[:DOCUMENTS], start=1):
        row = {
            "doc_id": document,
            "uri": f"pydoc:{document}",
            "title": f"{name} · Python {platform.python_version()}",
            "licence": "PSF-2.0",
            "text": text,
        }
        yield read_row(orjson.dumps(row), number)
