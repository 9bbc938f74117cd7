"""Take measurements in: redacted, once per series and time, audited as a batch like everything that comes in."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from accounts.models import Project
from core.keyring import project_key
from curation.actions.ingest_batch import Delivery, Report, deliver
from curation.actions.who import Who, allowed
from curation.formats.problem import BrokenRow
from curation.ingest.chunks import Chunk
from curation.ingest.items import RECEIPTS
from curation.ingest.points import PointChunk, PointItem, PointSorter, known_points, write_points
from curation.ingest.store import ensure_days

ROUTE = "metrics"


def ingest_metrics(
    *, who: Who, project: Project, items: Iterable[PointItem | BrokenRow], size: int = 0
) -> Report:
    """Store what is new and sound of these points, list what is not; raises what the database raises."""
    allowed(who, "trace.ingest", project)
    return deliver(_PointDelivery(who, project, ROUTE, ("", ""), 0), items, size=size)


class _PointDelivery(Delivery):
    """One batch of measurements on its way in."""

    sorter: PointSorter

    def make_sorter(self) -> PointSorter:
        """Points are compared by the database, not by receipts."""
        return PointSorter(self.project.pk, self.oldest())

    def _store(self, chunk: Chunk, batch_id: uuid.UUID) -> int:
        if not isinstance(chunk, PointChunk) or not chunk.rows:
            return 0
        rows = [row for _, row in chunk.rows]
        ensure_days({row["day"] for row in rows})
        redactor, key = self.sorter.redactor, self.sorter.key
        new = write_points(rows, project_id=self.project.pk, key_id=key.id, rules_id=redactor.rules_id)
        known = known_points(rows, self.project.pk)
        for item, row in chunk.rows:
            place = (row["series"], row["at"])
            if place in new:
                new.discard(place)
                if known[place][0] == row["content_hmac"]:
                    continue
            mac, key_id = known[place]
            again = project_key(self.project.pk, RECEIPTS, key_id).mac(item.raw)
            if again == mac:
                chunk.redelivered += 1
            else:
                self.sorter.conflict(item, chunk)
        return len(chunk.rows) - chunk.redelivered - chunk.conflicting
