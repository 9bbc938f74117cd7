"""Whether a token may send these rows now: its rate and its daily quota, before anything of them is stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from accounts.models import ApiToken
from accounts.usage import give_back_rows, note_rows

WORDS = {
    "rate": "This token sends more than {rate:,} rows a second.",
    "quota": "This token has sent its {quota:,} rows of today (UTC), or would with this batch.",
}


class Limited(RuntimeError):
    """More than the token may send; after `retry_after` seconds it may again. Nothing was stored."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def admit(token: ApiToken, rows: int) -> None:
    """Count the rows against the token's limits; raises Limited when they do not allow them."""
    exceeded = note_rows(token, rows)
    if exceeded is not None:
        words = WORDS[exceeded.limit].format(rate=token.rate_limit or 0, quota=token.daily_quota or 0)
        raise Limited(words, exceeded.retry_after)


@contextmanager
def admitted(token: ApiToken, rows: int) -> Iterator[None]:
    """As `admit` for the length of a delivery: rows that could not be stored are not counted."""
    admit(token, rows)
    try:
        yield
    except BaseException:
        give_back_rows(token, rows)
        raise
