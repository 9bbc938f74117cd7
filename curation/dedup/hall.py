"""What one round of the merger knows about clusters while it writes them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from curation.dedup.members import Member
from curation.models import DeduplicationChoice, SignatureSpec


@dataclass(slots=True)
class Standing:
    """A stored cluster."""

    id: int
    view: str
    centre: int
    representative: uuid.UUID
    size: int

    @property
    def seat(self) -> tuple[uuid.UUID, str]:
        """Who stands for it, as members are named."""
        return self.representative, self.view


@dataclass(slots=True)
class Hall:
    """Everything one round of the merger writes about clusters."""

    project_id: uuid.UUID
    spec: SignatureSpec
    choice: DeduplicationChoice
    members: dict[tuple[uuid.UUID, str], Member] = field(default_factory=dict)
    clusters: dict[int, Standing] = field(default_factory=dict)
    """By centre."""
    touched: set[tuple[uuid.UUID, str]] = field(default_factory=set)
    stirred: set[int] = field(default_factory=set)
    """Clusters whose size or representative may have changed."""

    def know(self, members: Iterable[Member]) -> None:
        """Remember these."""
        self.members.update({(one.version_id, one.view): one for one in members})
