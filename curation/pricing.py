"""What a model call costs: its sender's own word first, else the price book of its day, else nothing is known.

Prices are US dollars per million tokens. Cached tokens are part of the input tokens (semantic-conventions-genai);
a sender whose input is smaller than its cache counts them apart, and is read so. Reasoning is part of the output.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from curation.conversation import Call, Price

MILLION = Decimal(1_000_000)
RATES = ("input", "output", "cache_read", "cache_write")
MOST_ENTRIES, DEAREST = 5_000, Decimal(100_000)
DATED = r"(?:[-@:](?:\d{8}|\d{6}|\d{4}-\d{2}-\d{2}|\d{2}-\d{4}|\d{3,4}|latest|v\d+(?::\d+)?))?"
"""A name also stands for its dated versions: gpt-4o for gpt-4o-2024-08-06."""
PREFIX = re.compile(r"^(?:.*/|(?:us|eu|apac|global)\.)?(?:anthropic\.|meta\.|mistral\.|cohere\.|amazon\.)?")


class BadBook(ValueError):
    """A price book that cannot be used: which entry, which field, and why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The rates of one model from a day on; `*` in the pattern stands for anything."""

    pattern: str
    since: date
    input: Decimal
    output: Decimal
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    provider: str = ""

    def fits(self, model: str) -> bool:
        """Whether this is that model, under whatever date."""
        return _compiled(self.pattern).fullmatch(model) is not None


@dataclass(frozen=True, slots=True)
class Book:
    """One version of a project's price book."""

    name: str
    number: int
    version_id: int
    entries: tuple[Entry, ...]
    note: str = ""
    currency: str = "USD"

    def rates(self, model: str, day: date) -> Entry | None:
        """The entry that holds for this model on this day: the most exact pattern, then the latest beginning."""
        name = plain_name(model)
        found = [one for one in self.entries if one.since <= day and one.fits(name)]
        return max(found, key=lambda one: (len(one.pattern.replace("*", "")), one.since), default=None)


def price_calls(calls: Iterable[Call], book: Book | None) -> None:
    """Give every call its cost and say where it is from; a call that reported one keeps it."""
    for call in calls:
        if call["cost_usd"] is not None:
            call["price"] = Price(source="reported", book="", version=0)
        elif book is not None and (cost := cost_of(call, book)) is not None:
            call["cost_usd"] = float(cost)
            call["price"] = Price(source="book", book=book.name, version=book.number)


def cost_of(call: Call, book: Book) -> Decimal | None:
    """US dollars of one call under this book; None for a model it does not know, or a call without tokens."""
    usage = call["usage"]
    model = call["model_answered"] or call["model_requested"]
    if not model or not (usage.get("input_tokens") or usage.get("output_tokens")):
        return None
    rates = book.rates(model, date.fromisoformat(call["started_at"][:10]))
    rates = rates or book.rates(call["model_requested"], date.fromisoformat(call["started_at"][:10]))
    return _sum(usage, rates) if rates else None


def _sum(usage: Mapping[str, int], rates: Entry) -> Decimal:
    given, read = usage.get("input_tokens", 0), usage.get("cache_read_tokens", 0)
    written = usage.get("cache_creation_tokens", 0)
    fresh = given - read - written if given >= read + written else given
    read_rate = rates.input if rates.cache_read is None else rates.cache_read
    write_rate = rates.input if rates.cache_write is None else rates.cache_write
    total = fresh * rates.input + read * read_rate + written * write_rate
    return (total + usage.get("output_tokens", 0) * rates.output) / MILLION


def plain_name(model: str) -> str:
    """A model's name without the provider that stands before it."""
    return PREFIX.sub("", model.strip().lower())


def read_entries(data: Any) -> tuple[Entry, ...]:
    """The entries of a book as it is stored and imported: {"entries": [{pattern, from, input, output, …}]}; raises BadBook."""
    rows = data.get("entries") if isinstance(data, dict) else None
    if not isinstance(rows, list) or not rows or len(rows) > MOST_ENTRIES:
        raise BadBook(f"a price book is an object with 1 to {MOST_ENTRIES:,} entries")
    entries = tuple(_entry(row, number) for number, row in enumerate(rows, 1))
    seen = {(one.pattern, one.since) for one in entries}
    if len(seen) < len(entries):
        raise BadBook("two entries have the same pattern and the same beginning")
    return entries


def _entry(row: Any, number: int) -> Entry:
    if not isinstance(row, dict):
        raise BadBook(f"entry {number} is not an object")
    unknown = row.keys() - {"pattern", "from", "provider", *RATES}
    if unknown:
        raise BadBook(f"entry {number} has a field that is not known: {sorted(unknown)[0][:40]}")
    pattern = row.get("pattern")
    if not isinstance(pattern, str) or not 1 <= len(pattern) <= 120:
        raise BadBook(f"entry {number}: pattern is not a name of 1 to 120 characters")
    try:
        since = date.fromisoformat(str(row.get("from", "")))
    except ValueError as error:
        raise BadBook(f"entry {number}: from is not a day as 2026-01-31") from error
    rates = {name: _rate(row.get(name), number, name) for name in RATES}
    if rates["input"] is None or rates["output"] is None:
        raise BadBook(f"entry {number}: input and output are required")
    return Entry(
        pattern.lower(), since, rates["input"], rates["output"], rates["cache_read"], rates["cache_write"],
        str(row.get("provider", ""))[:60],
    )  # fmt: skip


def _rate(value: Any, number: int, name: str) -> Decimal | None:
    if value is None:
        return None
    try:
        rate = Decimal(str(value))
    except InvalidOperation:
        rate = Decimal("NaN")
    if isinstance(value, bool) or not rate.is_finite() or not 0 <= rate < DEAREST:
        raise BadBook(f"entry {number}: {name} is not a price in US dollars per million tokens")
    return rate


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*") + DATED)
