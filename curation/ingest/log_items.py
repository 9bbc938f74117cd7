"""Log records as items of a batch: a record has no id of its own, so it is known by its span and its content."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import orjson

from core.keyring import naming_key
from curation.formats.otlp_logs import LeftOut, read_logs
from curation.formats.problem import BrokenRow
from curation.formats.spans import Span
from curation.ingest.items import Item, canonical, read_span

RECORDS = "log-records"
NAME_LENGTH = 16


def read_log_items(
    body: bytes, *, as_json: bool, place: str, project_id: uuid.UUID
) -> Iterator[Item | BrokenRow | LeftOut]:
    """The items of one request of logs; raises otlp.Malformed when nothing of it can be read.

    The id is that of the span and a keyed hash of the record: the same record again is the same item, and nobody
    without the keyring can tell from an id what was logged.
    """
    for number, span in enumerate(read_logs(body, as_json=as_json, place=place), 1):
        yield span if isinstance(span, BrokenRow | LeftOut) else log_item(span, project_id, place, number)


def log_item(span: Span, project_id: uuid.UUID, place: str, number: int) -> Item | BrokenRow:
    """The item of one record that was read as a span without an id."""
    try:
        name = naming_key(project_id, RECORDS).mac(canonical({**span, "span_id": ""})).hex()[:NAME_LENGTH]
    except orjson.JSONEncodeError:
        name = ""  # read_span refuses it for the same reason, and says so
    span["span_id"] = f"{span['parent_id']}:{name}"
    return read_span(span, place, number)
