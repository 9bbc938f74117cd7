"""A part of a batch sorted by what will become of it: new, delivered before, conflicting, broken."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.conf import settings

from core.keyring import Key, naming_key, project_key
from core.privacy import RedactionFailed, redact
from curation.bodies import packed
from curation.formats.problem import BrokenRow, RowProblem
from curation.formats.spans import Span
from curation.ingest.blobs import LONGEST_INLINE, Long, take_out
from curation.ingest.delivered import Delivered, look_up
from curation.ingest.items import NAMES, RECEIPTS, Item
from curation.ingest.redaction import Redactor, redacted, remembered_redactor
from curation.ingest.refused import Kept, keep
from curation.ruling.sealing import seals


@dataclass(slots=True)
class Fresh:
    """An item delivered for the first time: its keyed hash, its span and body as they may be stored, its long values."""

    item: Item
    mac: bytes
    span: Span
    body: bytes
    long: list[Long] = field(default_factory=list)
    originals: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is not taken: what is wrong, the length and keyed hash of its bytes, and its text if it may be kept."""

    problem: RowProblem
    length: int
    mac: bytes | None
    kept: Kept | None


@dataclass(slots=True)
class Chunk:
    """One transaction's worth: `fresh` are redacted, `broken` are refused."""

    fresh: list[Fresh] = field(default_factory=list)
    broken: list[Refused] = field(default_factory=list)
    redelivered: int = 0
    conflicting: int = 0
    redactions: dict[str, int] = field(default_factory=dict)
    delivered: Delivered = field(default_factory=Delivered)

    @property
    def refused(self) -> int:
        """Broken rows that are no conflicts."""
        return len(self.broken) - self.conflicting


class Sorter:
    """Compares with what was delivered before, and passes what is new through the choke point."""

    def __init__(self, project_id: uuid.UUID, oldest: int = 0) -> None:
        self.project_id, self.oldest = project_id, oldest
        self.key: Key = project_key(project_id, RECEIPTS)
        self.names: Key = naming_key(project_id, NAMES)
        self.redactor: Redactor = remembered_redactor(project_id)
        if seals(project_id):
            self.redactor = replace(self.redactor, seals=True)

    def sort(self, part: Iterable[Item | BrokenRow]) -> Chunk:
        """The rows of one chunk by what will become of them."""
        chunk, items = Chunk(), []
        for one in part:
            if isinstance(one, BrokenRow):
                self.refuse(one.problem, one, chunk)
            else:
                items.append(one.named(self.names))
        if items:
            chunk.delivered = look_up(self.project_id, items)
        for item in items:
            if not self._is_known(item, chunk):
                self._take(item, chunk)
        return chunk

    def recheck(self, chunk: Chunk) -> None:
        """Another delivery was faster: what it brought is no longer new."""
        rest, chunk.fresh = chunk.fresh, []
        chunk.delivered = look_up(self.project_id, [one.item for one in rest])
        for one in rest:
            if not self._is_known(one.item, chunk):
                self._note(one, chunk)

    def _take(self, item: Item, chunk: Chunk) -> None:
        try:
            clean = redacted(item.span, self.redactor)
            one = Fresh(item, item.mac(self.key), clean.span, clean.body, originals=clean.originals)
            if len(item.raw) > LONGEST_INLINE:
                self._lighten(one)
        except RedactionFailed as failure:
            self.refuse(_redaction_problem(item, failure), item, chunk)
            return
        self._note(one, chunk)
        for kind, count in clean.counts.items():
            chunk.redactions[kind] = chunk.redactions.get(kind, 0) + count

    def _lighten(self, one: Fresh) -> None:
        """Long values leave the span and lie in storage."""
        one.span, one.long = take_out(one.span, self.redactor)
        if one.long:
            one.body = packed(one.span)

    def _note(self, one: Fresh, chunk: Chunk) -> None:
        """It is new; the next of the same id in this chunk is not."""
        chunk.fresh.append(one)
        chunk.delivered.hashes[one.item.external_id] = (one.mac, self.key.id)
        if one.item.by_request:
            chunk.delivered.hashes[one.item.span_key] = (b"", "")

    def _is_known(self, item: Item, chunk: Chunk) -> bool:
        """Delivered before, so counted or refused: the same bytes change nothing, other bytes are a conflict."""
        hashes = chunk.delivered.hashes
        known = hashes.get(item.external_id)
        if known is not None:
            self._compare(item, *known, chunk)
        elif item.by_request and item.span_key in hashes:
            self._compare(item, b"", "", chunk)
        elif item.span["start"] < self.oldest:
            self.refuse(_old_problem(item), item, chunk)
        elif chunk.delivered.is_past_retention(item):
            self.refuse(_late_problem(item), item, chunk)
        else:
            return False
        return True

    def _compare(self, item: Item, mac: bytes, key_id: str, chunk: Chunk) -> None:
        key = self.key if key_id in ("", self.key.id) else project_key(self.project_id, RECEIPTS, key_id)
        if item.mac(key) == mac:
            chunk.redelivered += 1
            return
        chunk.conflicting += 1
        self.refuse(_conflict_problem(item), item, chunk)

    def refuse(self, problem: RowProblem, one: Item | BrokenRow, chunk: Chunk) -> None:
        """List a row with no more of its content than passes the choke point; the names of its fields pass it too."""
        clean = replace(problem, place=self.clean(problem.place), field=self.clean(problem.field))
        mac = self.key.mac(one.raw) if one.raw else None
        chunk.broken.append(Refused(clean, len(one.raw), mac, keep(one, self.redactor)))

    def clean(self, text: str) -> str:
        """A short text as it may be stored; one that cannot be redacted is left out."""
        try:
            return str(redact(text, keys=self.redactor.keys, rules=self.redactor.rules).value)[:200]
        except RedactionFailed:
            return ""


def _redaction_problem(item: Item, failure: RedactionFailed) -> RowProblem:
    hint = "Nothing of this row was stored. Simplify the value at this place, or report the code to your operator."
    return RowProblem(item.place, item.line, failure.path, f"redaction_{failure.code}"[:40],
                      "the row could not be redacted", hint)  # fmt: skip


def _conflict_problem(item: Item) -> RowProblem:
    hint = "Deliver changed content under a new id; the content delivered first was kept."
    return RowProblem(item.place, item.line, "id", "conflict",
                      "this id was delivered before with other content", hint)  # fmt: skip


def _late_problem(item: Item) -> RowProblem:
    hint = "What was delivered for this day is gone by retention and cannot be compared any more; do not send it again."
    return RowProblem(item.place, item.line, "start", "past_retention",
                      "the day of this trace is past its retention time", hint)  # fmt: skip


def _old_problem(item: Item) -> RowProblem:
    hint = "Check the clock of the sender. Old traces come in as a file: by the upload page or `manage.py ingest`."
    return RowProblem(item.place, item.line, "start", "bad_time",
                      f"it started more than {settings.MAX_AGE_DAYS} days ago", hint)  # fmt: skip
