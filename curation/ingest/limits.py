"""Whether a token may send these rows now: its rate and its daily quota, before anything of them is stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from accounts.models import ApiToken
from accounts.usage import give_back_rows, note_rows
from core.errors import Refused

WORDS = {
    "rate": "This token sends more than {rate:,} rows a second.",
    "quota": "This token has sent its {quota:,} rows of today (UTC), or would with this batch.",
}


class Limited(RuntimeError):
    """More than the token may send; after `retry_after` seconds it may again. Nothing was stored."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BatchOverQuota(Refused):
    """A batch larger than its token may send in a whole day."""

    status = 413


def admit(token: ApiToken, rows: int, *, whole: bool = False) -> None:
    """Count the rows against the token's limits; raises Limited when they do not allow them now, BatchOverQuota when they
    never will. `whole` is for senders that cannot split a batch (accounts/usage.py).
    """
    exceeded = note_rows(token, rows, whole=whole)
    if exceeded is not None and exceeded.limit == "size":
        raise BatchOverQuota(
            "batch_over_quota",
            f"This batch has {rows:,} rows, and its token may send {token.daily_quota:,} a day. Nothing of it was stored.",
            hint="Split it, and send the parts on different days; or ask an administrator for a larger daily quota.",
        )
    if exceeded is not None:
        words = WORDS[exceeded.limit].format(rate=token.rate_limit or 0, quota=token.daily_quota or 0)
        raise Limited(words, exceeded.retry_after)


@contextmanager
def admitted(token: ApiToken, rows: int) -> Iterator[None]:
    """As `admit` for the length of an OTLP delivery, which its sender cannot split: rows that could not be stored are not counted."""
    admit(token, rows, whole=True)
    try:
        yield
    except BaseException:
        give_back_rows(token, rows)
        raise
