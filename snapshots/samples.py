"""Rows to look at. Leaves are salted hashes, so the first rows in leaf order are a fair random sample."""

from dataclasses import dataclass
from typing import Any

from snapshots.canonical import read_row
from snapshots.models import Snapshot, SnapshotRow
from snapshots.words import REASONS, Words, word


@dataclass(frozen=True)
class ShownRow:
    """A row as a page shows it; `body` is None where it was erased."""

    row: SnapshotRow
    body: dict[str, Any] | None

    @property
    def reason(self) -> Words:
        """The reason in words."""
        return word(REASONS, self.row.reason)[0]

    @property
    def chosen_text(self) -> str:
        """The preferred answer's last message."""
        return self._last("chosen")

    @property
    def rejected_text(self) -> str:
        """The other answer's last message."""
        return self._last("rejected")

    def _last(self, side: str) -> str:
        messages = (self.body or {}).get(side) or [{"content": ""}]
        return str(messages[-1]["content"])


def shown(row: SnapshotRow) -> ShownRow:
    """The row with its text read."""
    body = row.content.body
    return ShownRow(row, read_row(bytes(body)) if body is not None else None)


def sample_rows(snapshot: Snapshot, size: int = 3) -> list[ShownRow]:
    """The first rows in leaf order."""
    rows = SnapshotRow.objects.filter(snapshot=snapshot).select_related("content").order_by("position")
    return [shown(row) for row in rows[:size]]
