"""A part of a batch sorted by what will become of it: new, delivered before, conflicting, broken."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from core.keyring import Key, project_key
from core.privacy import RedactionFailed, redact
from curation.formats.problem import BrokenRow, RowProblem
from curation.formats.spans import Span
from curation.ingest import store
from curation.ingest.items import NAMES, RECEIPTS, Item
from curation.ingest.redaction import Redactor, redact_span, redactor_for


@dataclass(slots=True)
class Chunk:
    """One transaction's worth: `fresh` are redacted, `broken` are problems with the length and hash of their bytes."""

    fresh: list[tuple[Item, bytes, Span]] = field(default_factory=list)
    broken: list[tuple[RowProblem, int, bytes | None]] = field(default_factory=list)
    redelivered: int = 0
    conflicting: int = 0
    redactions: dict[str, int] = field(default_factory=dict)

    @property
    def refused(self) -> int:
        """Broken rows that are no conflicts."""
        return len(self.broken) - self.conflicting


class Sorter:
    """Compares with what was delivered before, and passes what is new through the choke point."""

    def __init__(self, project_id: uuid.UUID) -> None:
        self.project_id = project_id
        self.key: Key = project_key(project_id, RECEIPTS)
        self.names: Key = project_key(project_id, NAMES)
        self.redactor: Redactor = redactor_for(project_id)

    def sort(self, part: Iterable[Item | BrokenRow]) -> Chunk:
        """The rows of one chunk by what will become of them."""
        chunk, items = Chunk(), []
        for one in part:
            if isinstance(one, BrokenRow):
                self.refuse(one.problem, one.raw, chunk)
            else:
                items.append(one.named(self.names))
        known = store.known_receipts(self.project_id, [one.external_id for one in items])
        for item in items:
            if item.external_id in known:
                self.again(item, *known[item.external_id], chunk)
            elif self._take(item, mac := item.mac(self.key), chunk):
                known[item.external_id] = (mac, self.key.id)
        return chunk

    def _take(self, item: Item, mac: bytes, chunk: Chunk) -> bool:
        try:
            span, counts = redact_span(item.span, self.redactor)
        except RedactionFailed as failure:
            self.refuse(_redaction_problem(item, failure), item.raw, chunk)
            return False
        chunk.fresh.append((item, mac, span))
        for kind, count in counts.items():
            chunk.redactions[kind] = chunk.redactions.get(kind, 0) + count
        return True

    def again(self, item: Item, mac: bytes, key_id: str, chunk: Chunk) -> None:
        """The id was delivered before: the same bytes change nothing, other bytes are kept as a conflict."""
        key = self.key if key_id == self.key.id else project_key(self.project_id, RECEIPTS, key_id)
        if item.mac(key) == mac:
            chunk.redelivered += 1
            return
        chunk.conflicting += 1
        self.refuse(_conflict_problem(item), item.raw, chunk)

    def lost_race(self, items: list[Item], chunk: Chunk) -> None:
        """Another request delivered these ids since they were looked up."""
        known = store.known_receipts(self.project_id, [item.external_id for item in items])
        for item in items:
            self.again(item, *known[item.external_id], chunk)

    def refuse(self, problem: RowProblem, raw: bytes, chunk: Chunk) -> None:
        """List a row without its content; even the names of its fields and its file pass the choke point."""
        clean = replace(problem, place=self.clean(problem.place), field=self.clean(problem.field))
        chunk.broken.append((clean, len(raw), self.key.mac(raw) if raw else None))

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
