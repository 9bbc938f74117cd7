"""Searches that a provider ran inside an answer, and the name of a passage by its text."""

from __future__ import annotations

import hashlib
from typing import Any, cast

from curation.conversation import Part, Passage
from curation.formats.json_text import as_text, value_of
from curation.formats.rewriting import EMPTY
from curation.formats.tool_parts import plain

QUERIES = ("query", "input", "question", "q")
FOUND = ("documents", "results", "matches", "output")


def passage_hash(text: str) -> str:
    """The name of a passage by its (redacted) text: sha256 in hex, "" for a passage whose text nobody told."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() if text else ""


def read_search(raw: dict[str, Any]) -> list[Part]:
    """A search inside the answer; passages carry their `text` until `assemble` moves it to the conversation."""
    found = raw.get("documents", raw.get("results", raw.get("search_results")))
    queries = raw.get("query", raw.get("queries", ""))
    documents = [_passage(one) for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    query = "\n".join(map(str, queries)) if isinstance(queries, list) else str(queries or "")
    return [{"type": "retrieval", "query": query, "documents": documents}]


def _passage(raw: dict[str, Any]) -> Passage:
    names = ("document_id", "id", "doc_id", "file_id", "url")
    text = as_text(plain(raw.get("text", raw.get("content", ""))))
    score = raw.get("score")
    passage: dict[str, Any] = {
        "document_id": str(next((raw[name] for name in names if raw.get(name)), "")),
        "passage_hash": passage_hash(text) or str(raw.get("passage_hash", "")),
        "score": float(score) if isinstance(score, int | float) else None,
    }
    return cast(Passage, passage | ({"text": text} if text else {}))


def query_of(given: Any) -> str:
    """What a retriever was asked, whatever its argument is called."""
    value = value_of(given)
    if isinstance(value, dict):
        value = next((value[name] for name in QUERIES if name in value), value)
    return as_text(value)


def documents_of(returned: Any) -> list[dict[str, Any]]:
    """What a retriever handed back, alone or under a name; a bare text is a passage."""
    value = value_of(returned)
    if isinstance(value, dict):
        value = next((value[name] for name in FOUND if name in value), [])
    listed = value if isinstance(value, list) else [] if value in EMPTY else [value]
    return [one if isinstance(one, dict) else {"content": as_text(one)} for one in listed]
