"""The JSON-lines form of a corpus: one document per line, refused line by line with a reason."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import orjson

from curation.formats.lines import Line, read_lines
from indexer.canonical import Unreadable, canonicalise, sha256_text

PARSER = "plain-text@1"
LIMITS = {"doc_id": 500, "uri": 4000, "title": 2000, "published": 64, "licence": 200, "kind": 32}
FIELDS = frozenset({*LIMITS, "text"})
MAX_CHARACTERS = 4_000_000
MAX_DELIVERY = 512 << 20


@dataclass(frozen=True, slots=True)
class Document:
    """One accepted row; `text` is canonical."""

    line: int
    external_id: str
    uri: str
    title: str
    published: str
    licence: str
    kind: str
    text: str
    content_sha256: str
    raw_sha256: str

    @property
    def face(self) -> tuple[str, str, str, str, str]:
        """What makes it the same version as before: text and everything a citation shows."""
        return (self.content_sha256, self.uri, self.title, self.licence, self.published)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row that was not taken. Never carries the row's text."""

    line: int
    field: str
    external_id: str
    reason: str


def read_documents(
    stream: BinaryIO, place: str, *, limit: int | None = None
) -> Iterator[Document | RefusedRow]:
    """Rows of a JSONL or JSONL.gz stream; a repeated doc_id is refused after its first appearance.

    After `limit` bytes of text the rest is refused: what comes over the network may be a gzip bomb.
    """
    seen: dict[str, int] = {}
    for line in read_lines(stream, place, limit=limit):
        if not isinstance(line, Line):
            yield RefusedRow(
                line.line or 0, line.field, "", " ".join(filter(None, (line.message, line.hint)))
            )
            continue
        row = read_row(line.raw, line.number)
        if isinstance(row, Document):
            if row.external_id in seen:
                first = seen[row.external_id]
                yield RefusedRow(
                    row.line, "doc_id", row.external_id, f"the id stands on line {first} already"
                )
                continue
            seen[row.external_id] = row.line
        yield row


def read_row(raw: bytes, number: int) -> Document | RefusedRow:
    """One line."""
    try:
        row = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        return RefusedRow(number, "", "", f"not JSON in UTF-8: {error.msg} at column {error.colno}")
    if not isinstance(row, dict):
        return RefusedRow(number, "", "", "a row must be a JSON object")
    return _checked(row, number, hashlib.sha256(raw).hexdigest())


def _checked(row: dict[str, Any], number: int, raw_sha256: str) -> Document | RefusedRow:
    name = row.get("doc_id")
    shown = name if isinstance(name, str) and "\x00" not in name else ""
    if problem := _problem(row):
        return RefusedRow(number, problem[0], shown[:500], problem[1])
    try:
        text = canonicalise(row["text"])
    except Unreadable as error:
        return RefusedRow(number, "text", shown, error.reason)
    if len(text) > MAX_CHARACTERS:
        return RefusedRow(
            number, "text", shown, f"longer than {MAX_CHARACTERS:,} characters; split the document"
        )
    return Document(
        line=number,
        external_id=row["doc_id"],
        uri=row.get("uri") or f"document:{row['doc_id']}",
        title=row.get("title") or "",
        published=row.get("published") or "",
        licence=row.get("licence") or "",
        kind=row.get("kind") or "text",
        text=text,
        content_sha256=sha256_text(text),
        raw_sha256=raw_sha256,
    )


def _problem(row: dict[str, Any]) -> tuple[str, str] | None:
    """The first field that cannot be taken, and why."""
    unknown = sorted(row.keys() - FIELDS)
    if unknown:
        return unknown[0][:64].replace("\x00", ""), f"unknown field; known are {', '.join(sorted(FIELDS))}"
    if not isinstance(row.get("text"), str):
        return "text", "must be a string"
    if not row.get("doc_id"):
        return "doc_id", "must be a non-empty string"
    for field, limit in LIMITS.items():
        value = row.get(field)
        if value is not None and not isinstance(value, str):
            return field, "must be a string or null"
        if value and len(value) > limit:
            return field, f"longer than {limit} characters"
        if value and "\x00" in value:
            return field, "contains a NUL character"
    return None
