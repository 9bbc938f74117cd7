"""Keyset paging: the next page starts after the last row's sort values, so page 1,000 is as fast as page 1."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet

CAP = 10_000
T = TypeVar("T", bound=Model)


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows of one page, the cursors of its neighbours ("" where there is none), and a capped total if asked for."""

    rows: Sequence[T]
    next: str
    previous: str
    total: int | None = None

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def _value(row: Model, path: str) -> Any:
    found: Any = row
    for name in path.split("__"):
        found = getattr(found, name)
    return found


def _cursor(row: Model, order: Sequence[str]) -> str:
    values = [_value(row, name.lstrip("-")) for name in order]
    return signing.dumps(
        [value if isinstance(value, int | str) else str(value) for value in values], salt=_salt(order)
    )


def _salt(order: Sequence[str]) -> str:
    """A cursor is good for the sorting it was made for and no other: a name is no date."""
    return f"keyset:{','.join(order)}"


def _beyond(order: Sequence[str], values: Sequence[Any], backwards: bool) -> Q:
    """Rows strictly after the values in this order: (a > x) or (a = x and b > y) or …"""
    beyond, equal = Q(pk__in=[]), Q()
    for name, value in zip(order, values, strict=True):
        down = name.startswith("-") != backwards
        plain = name.lstrip("-")
        beyond |= equal & Q(**{f"{plain}__{'lt' if down else 'gt'}": value})
        equal &= Q(**{plain: value})
    if len(order) == 1:
        return beyond
    # An OR alone is no range of an index: without this bound every earlier page would be read and thrown away.
    down = order[0].startswith("-") != backwards
    return Q(**{f"{order[0].lstrip('-')}__{'lte' if down else 'gte'}": values[0]}) & beyond


def _turned(order: Sequence[str]) -> list[str]:
    return [name[1:] if name.startswith("-") else f"-{name}" for name in order]


def capped_count(queryset: QuerySet[Any], cap: int = CAP) -> int:
    """At most `cap`: the database stops counting there."""
    return queryset.order_by()[:cap].count()


def keyset(
    queryset: QuerySet[T], params: Any, *, order: Sequence[str], size: int = 50, count: bool = True
) -> Page[T]:
    """One page by `?after=` or `?before=` in `params` (request.GET).

    `order` names columns that are never NULL and ends with a unique one, for example ("-created_at", "pk").
    A cursor that was tampered with or belongs to another sorting starts from the beginning.
    """
    values, backwards = position(params, order)
    backwards = backwards and values is not None
    filtered = queryset if values is None else queryset.filter(_beyond(order, values, backwards))
    found = list(filtered.order_by(*(_turned(order) if backwards else order))[: size + 1])
    more, rows = len(found) > size, found[:size]
    if backwards:
        rows.reverse()
    has_next = more if not backwards else bool(rows)
    has_previous = more if backwards else values is not None and bool(rows)
    return Page(
        rows=rows,
        next=_cursor(rows[-1], order) if has_next and rows else "",
        previous=_cursor(rows[0], order) if has_previous and rows else "",
        total=capped_count(queryset) if count else None,
    )


def position(params: Any, order: Sequence[str]) -> tuple[list[Any] | None, bool]:
    """The sort values of the row a page starts beyond (None at the beginning), and whether it goes backwards."""
    return _read(params.get("after") or params.get("before") or "", order), bool(params.get("before"))


def _read(token: str, order: Sequence[str]) -> list[Any] | None:
    try:
        values = signing.loads(token, salt=_salt(order)) if token else None
    except signing.BadSignature:
        return None
    return values if isinstance(values, list) and len(values) == len(order) else None
