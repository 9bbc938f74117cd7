"""What a station of a lineage is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse

from accounts.models import Project
from core.paging import capped_count

SHOWN = 5


@dataclass(frozen=True)
class Entry:
    """One thing at a station: its name, where it leads, its state, facts in words, and its time."""

    label: str
    href: str = ""
    state: str = ""
    facts: Sequence[str] = ()
    at: datetime | None = None
    simulated: bool = False


@dataclass(frozen=True)
class Stage:
    """One station of the line: `none` says why nothing is there yet."""

    key: str
    title: str
    entries: list[Entry] = field(default_factory=list)
    total: int = 0
    none: str = ""

    @property
    def more(self) -> int:
        """How many are not shown."""
        return max(0, self.total - len(self.entries))

    @property
    def short(self) -> str:
        """What the line at the top says about this station."""
        if self.total == 1:
            return self.entries[0].label
        return f"{self.total:,}" if self.total else ""


def link(name: str, project: Project, *args: Any) -> str:
    """The page of an object, "" while its app has none."""
    try:
        return reverse(name, args=[project.slug, *args])
    except NoReverseMatch:
        return ""


def stage(key: str, title: str, found: QuerySet[Any], entry: Callable[[Any], Entry], none: str) -> Stage:
    return Stage(key, title, [entry(one) for one in found[:SHOWN]], capped_count(found), none)


def words(*facts: str | None) -> list[str]:
    return [fact for fact in facts if fact]
