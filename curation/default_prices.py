"""The price book that is shipped: public list prices of common models, US dollars per million tokens, without discounts.

Rows: pattern, from, input, output, cache read, cache write (5 minutes). A project puts its own prices into its next version.
"""

from __future__ import annotations

from typing import Any

NAME = "list prices"
NOTE = (
    "Public list prices, standard tier, prompts up to 200,000 tokens; collected on 2026-11-22 from Anthropic's price page and,"
    " for OpenAI, Google and Mistral, from excerpts and published copies of theirs. Not checked against an invoice: compare"
    " them with your contract before you rely on a cost. Batch, priority and regional prices differ. A price holds from the"
    " model's launch, or from 2026-01-01 where only the year of it is known."
)
Row = tuple[str, str, str, str, str | None, str | None]

OPENAI: tuple[Row, ...] = (
    ("gpt-5.4", "2026-01-01", "2.50", "15", "0.25", None),
    ("gpt-5.4-mini", "2026-01-01", "0.75", "4.50", "0.075", None),
    ("gpt-5.3-codex", "2026-01-01", "1.75", "14", "0.175", None),
    ("gpt-5.2", "2025-12-11", "1.75", "14", "0.175", None),
    ("gpt-5.2-chat", "2025-12-11", "1.75", "14", "0.175", None),
    ("gpt-5.2-codex", "2025-12-11", "1.75", "14", "0.175", None),
    ("gpt-5.2-pro", "2025-12-11", "21", "168", None, None),
    ("gpt-5.1", "2025-11-13", "1.25", "10", "0.125", None),
    ("gpt-5.1-chat", "2025-11-13", "1.25", "10", "0.125", None),
    ("gpt-5.1-codex", "2025-11-13", "1.25", "10", "0.125", None),
    ("gpt-5", "2025-08-07", "1.25", "10", "0.125", None),
    ("gpt-5-chat", "2025-08-07", "1.25", "10", "0.125", None),
    ("gpt-5-mini", "2025-08-07", "0.25", "2", "0.025", None),
    ("gpt-5-nano", "2025-08-07", "0.05", "0.40", "0.005", None),
    ("gpt-4.1", "2025-04-14", "2", "8", "0.50", None),
    ("gpt-4.1-mini", "2025-04-14", "0.40", "1.60", "0.10", None),
    ("gpt-4.1-nano", "2025-04-14", "0.10", "0.40", "0.025", None),
    ("gpt-4o", "2024-05-13", "5", "15", None, None),
    ("gpt-4o", "2024-10-02", "2.50", "10", "1.25", None),
    ("gpt-4o-mini", "2024-07-18", "0.15", "0.60", "0.075", None),
    ("gpt-4-turbo", "2024-04-09", "10", "30", None, None),
    ("gpt-3.5-turbo", "2024-01-25", "0.50", "1.50", None, None),
    ("o1", "2024-12-17", "15", "60", "7.50", None),
    ("o3", "2025-04-16", "10", "40", "2.50", None),
    ("o3", "2025-06-10", "2", "8", "0.50", None),
    ("o3-mini", "2025-01-31", "1.10", "4.40", "0.55", None),
    ("o4-mini", "2025-04-16", "1.10", "4.40", "0.275", None),
    ("text-embedding-3-small", "2024-01-25", "0.02", "0", None, None),
    ("text-embedding-3-large", "2024-01-25", "0.13", "0", None, None),
)
ANTHROPIC: tuple[Row, ...] = (
    ("claude-opus-5-5", "2026-01-01", "4", "20", "0.20", "5"),
    ("claude-opus-5", "2026-01-01", "5", "25", "0.50", "6.25"),
    ("claude-opus-4-8", "2026-01-01", "5", "25", "0.50", "6.25"),
    ("claude-opus-4-7", "2026-01-01", "5", "25", "0.50", "6.25"),
    ("claude-opus-4-6", "2026-01-01", "5", "25", "0.50", "6.25"),
    ("claude-opus-4-5", "2025-11-24", "5", "25", "0.50", "6.25"),
    ("claude-opus-4-1", "2025-08-05", "15", "75", "1.50", "18.75"),
    ("claude-opus-4", "2025-05-22", "15", "75", "1.50", "18.75"),
    ("claude-sonnet-5-5", "2026-01-01", "2", "10", "0.20", "2.50"),
    ("claude-sonnet-5-5", "2026-10-07", "2", "10", "0.10", "2.50"),
    ("claude-sonnet-5", "2026-01-01", "2", "10", "0.20", "2.50"),
    ("claude-sonnet-4*", "2025-05-22", "3", "15", "0.30", "3.75"),
    ("claude-3-7-sonnet", "2025-02-24", "3", "15", "0.30", "3.75"),
    ("claude-3-5-sonnet", "2024-06-20", "3", "15", "0.30", "3.75"),
    ("claude-haiku-5-5", "2026-01-01", "0.10", "0.50", "0.01", "0.125"),
    ("claude-haiku-4-5", "2025-10-15", "1", "5", "0.10", "1.25"),
    ("claude-3-5-haiku", "2024-11-04", "0.80", "4", "0.08", "1"),
    ("claude-3-haiku", "2024-03-13", "0.25", "1.25", "0.03", "0.30"),
)
GOOGLE: tuple[Row, ...] = (
    ("gemini-2.5-pro", "2025-06-17", "1.25", "10", "0.125", None),
    ("gemini-2.5-flash", "2025-06-17", "0.30", "2.50", "0.03", None),
    ("gemini-2.5-flash-lite", "2025-07-22", "0.10", "0.40", "0.01", None),
    ("gemini-2.0-flash", "2025-02-05", "0.10", "0.40", "0.025", None),
    ("gemini-2.0-flash-lite", "2025-02-25", "0.075", "0.30", None, None),
)
MISTRAL: tuple[Row, ...] = (
    ("mistral-large", "2024-07-24", "2", "6", None, None),
    ("mistral-medium", "2025-05-07", "0.40", "2", None, None),
    ("mistral-small", "2025-03-17", "0.10", "0.30", None, None),
    ("magistral-medium", "2025-06-10", "2", "5", None, None),
    ("magistral-small", "2025-06-10", "0.50", "1.50", None, None),
    ("pixtral-large", "2024-11-18", "2", "6", None, None),
)
FIELDS = ("pattern", "from", "input", "output", "cache_read", "cache_write")
PROVIDERS = {"openai": OPENAI, "anthropic": ANTHROPIC, "google": GOOGLE, "mistral": MISTRAL}


def shipped_book() -> dict[str, Any]:
    """The body of a project's first price book."""
    entries = [
        dict(zip(FIELDS, row, strict=True)) | {"provider": provider}
        for provider, rows in PROVIDERS.items()
        for row in rows
    ]
    return {"currency": "USD", "entries": entries}
