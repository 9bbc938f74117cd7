"""The rows of a JSONL batch against the limits of its token: counted in windows, before each window is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from accounts.models import ApiToken, User
from accounts.usage import give_back_rows
from curation.formats.problem import BrokenRow, RowProblem
from curation.ingest.items import Item
from curation.ingest.limits import admit

WINDOW = 5000
TOO_MANY = RowProblem(
    place="the rest",
    line=None,
    field="",
    code="too_large",
    message=f"A token with a rate or a quota sends at most {WINDOW:,} rows in one batch; the rest was not read.",
    hint="Send the rest in another batch.",
)


class Metered:
    """Lets rows through that the token may send; raises Limited before the first of a window that it may not.

    A token without limits is only counted. One with limits has its whole batch in one window, so that a batch which is
    sent again after a 429 never pays twice for a part of itself.
    """

    def __init__(self, items: Iterable[Item | BrokenRow], who: User | ApiToken) -> None:
        self.items = iter(items)
        self.token = who if isinstance(who, ApiToken) else None
        self.counted = 0

    def __iter__(self) -> Iterator[Item | BrokenRow]:
        if self.token is None:
            yield from self.items
            return
        bounded = bool(self.token.rate_limit or self.token.daily_quota)
        while window := list(islice(self.items, WINDOW)):
            admit(self.token, len(window))
            self.counted += len(window)
            yield from window
            if bounded and next(self.items, None) is not None:
                yield BrokenRow(TOO_MANY, b"")
                return

    def give_back(self) -> None:
        """The batch broke off: its sender will send it again."""
        if self.token is not None and self.counted:
            give_back_rows(self.token, self.counted)
            self.counted = 0
