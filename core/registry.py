"""What each app puts on the shared pages: its navigation entries, its station of the loop, its inbox items.

An app registers in its `station.py`, which the web app imports at start. Nothing here knows any app.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Words = Any
"""A string or a lazily translated one."""


@dataclass(frozen=True)
class NavEntry:
    """A link at the side. `roles` says who needs it there (access itself is checked by verb)."""

    label: Words
    url: str
    roles: frozenset[str]
    order: int
    group: str = "work"
    waiting: Callable[[Any, Any], int] | None = None
    covers: tuple[str, ...] = ()
    """Named URLs beside its own whose pages belong to this entry; each takes the project's slug alone."""


@dataclass(frozen=True)
class Count:
    """One number at a station: `meaning` is kept, dropped, quarantined, person, active or neutral."""

    value: int
    word: Words
    meaning: str = "neutral"
    simulated: int = 0


@dataclass(frozen=True)
class StationState:
    """What a station says now: one main number and a few below it; `busy` while a job works there."""

    main: Count
    others: tuple[Count, ...] = ()
    busy: str = ""


@dataclass(frozen=True)
class Station:
    """A place on the loop. `read(project)` must be cheap (counted or capped in the database)."""

    key: str
    label: Words
    url: str
    verb: str
    order: int
    read: Callable[[Any], StationState]


@dataclass(frozen=True)
class InboxItem:
    """Something that waits for a person: what, where to do it, since when, how many of them."""

    title: Words
    href: str
    kind: Words
    since: datetime | None = None
    detail: Words = ""
    count: int = 1
    action: Words = ""
    minutes: float | None = None


InboxProvider = Callable[[Any, Any], Iterable[InboxItem]]
JoinProvider = Callable[[Any, Any, Mapping[str, Any]], None]
"""(project, user, what the invitation said of the person); runs in the transaction in which the person joins."""
CountProvider = Callable[[Any, Collection[Any]], Mapping[Any, float]]
"""(project id, version ids) → how many, for those that have any."""


@dataclass
class Registry:
    """Filled while the apps start, read by the web app; keys are unique so a second start changes nothing."""

    nav: dict[str, NavEntry] = field(default_factory=dict)
    stations: dict[str, Station] = field(default_factory=dict)
    inbox: dict[str, tuple[str, InboxProvider]] = field(default_factory=dict)
    counts: dict[str, CountProvider] = field(default_factory=dict)
    joins: dict[str, JoinProvider] = field(default_factory=dict)

    def add_nav(
        self,
        label: Words,
        url: str,
        *,
        roles: Iterable[str],
        order: int,
        group: str = "work",
        waiting: Callable[[Any, Any], int] | None = None,
        covers: Iterable[str] = (),
    ) -> None:
        """A link to the named URL (it gets the project's slug); `waiting(project, user)` shows a number beside it."""
        self.nav[url] = NavEntry(label, url, frozenset(roles), order, group, waiting, tuple(covers))

    def add_station(
        self, key: str, label: Words, url: str, *, verb: str, order: int, read: Callable[[Any], StationState]
    ) -> None:
        """A station of the loop drawn on the home page."""
        self.stations[key] = Station(key, label, url, verb, order, read)

    def add_inbox(self, key: str, provider: InboxProvider, *, verb: str) -> None:
        """A source of inbox items: `provider(project, user)` for people whose roles carry `verb`."""
        self.inbox[key] = (verb, provider)

    def add_count(self, key: str, provider: CountProvider) -> None:
        """What a higher app counts of conversation versions, for lower ones that choose among them."""
        self.counts[key] = provider

    def add_join(self, key: str, provider: JoinProvider) -> None:
        """What a higher app does when somebody becomes a member by an invitation."""
        self.joins[key] = provider

    def joined(self, project: Any, user: Any, about: Mapping[str, Any]) -> None:
        """Somebody has just become a member; whatever fails here takes the joining back with it."""
        for provider in self.joins.values():
            provider(project, user, about)

    def count_of(self, key: str, project_id: Any, versions: Collection[Any]) -> Mapping[Any, float]:
        """The counts of this name; nothing where no app is there to count."""
        provider = self.counts.get(key)
        return provider(project_id, versions) if provider else {}

    def nav_for(self, roles: Iterable[str]) -> list[NavEntry]:
        """The entries these roles need, in order."""
        held = frozenset(roles)
        return sorted(
            (entry for entry in self.nav.values() if entry.roles & held), key=lambda entry: entry.order
        )

    def stations_in_order(self) -> list[Station]:
        """The loop from its beginning."""
        return sorted(self.stations.values(), key=lambda station: station.order)


registry = Registry()
