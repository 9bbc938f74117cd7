"""How much each token sends, and whether it may send more: counters in Valkey, never a locked row in the database.

The rate is a generic cell rate algorithm: a batch is let in while the token is not in debt, and pays for its rows
afterwards, so a batch larger than one second's worth is not locked out for ever.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import redis

from accounts.models import ApiToken
from core.valkey import ask

KEPT_DAYS = 35
BURST_SECONDS = 1
ADMIT = """
local rows, rate, quota = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
if quota > 0 and rows > quota and ARGV[6] == '0' then return 'size 0' end
local sent = tonumber(redis.call('GET', KEYS[2]) or '0')
if quota > 0 and sent + rows > quota and not (ARGV[6] == '1' and sent <= 0) then return 'quota 0' end
if rate > 0 then
    local due = tonumber(redis.call('GET', KEYS[1]) or '0')
    if due - now > tonumber(ARGV[4]) then return 'rate ' .. tostring(due - now - tonumber(ARGV[4])) end
    due = math.max(due, now) + rows / rate
    redis.call('SET', KEYS[1], string.format('%.6f', due), 'PX', math.ceil((due - now + 2) * 1000))
end
redis.call('INCRBY', KEYS[2], rows)
redis.call('EXPIRE', KEYS[2], ARGV[5])
return 'ok 0'
"""


@dataclass(frozen=True, slots=True)
class Exceeded:
    """Which limit stands in the way (`rate`, `quota` or `size`), and in how many whole seconds it may not.

    `size` is a batch larger than the quota of a whole day: no waiting helps it.
    """

    limit: str
    retry_after: int


def note_rows(token: ApiToken, rows: int, *, whole: bool = False) -> Exceeded | None:
    """Count these rows as sent today, unless a limit is exceeded; while Valkey is away nothing is.

    `whole` is for senders that cannot split a batch: the first of a day may then be larger than the day's quota.
    """
    today = datetime.now(UTC).date()
    answer = ask(lambda client: _admit(client, token, rows, today, whole))
    if answer is None:
        return None
    limit, wait = answer.split()
    if limit == "ok":
        return None
    if limit == "rate":
        return Exceeded(limit, max(1, math.ceil(float(wait))))
    return Exceeded(limit, _until_midnight() if limit == "quota" else 0)


def give_back_rows(token: ApiToken, rows: int) -> None:
    """The rows were not stored after all: their sender will send them again."""
    today = datetime.now(UTC).date()
    ask(lambda client: client.decrby(_day_key(token.pk, today), rows))


def usage_of(token_ids: Iterable[uuid.UUID], days: int = 7) -> dict[uuid.UUID, dict[date, int]] | None:
    """Rows per token and UTC day, today first; None while Valkey is away."""
    tokens, today = list(token_ids), datetime.now(UTC).date()
    when = [today - timedelta(days=ago) for ago in range(days)]
    if not tokens:
        return {}
    keys = [_day_key(token, day) for token in tokens for day in when]
    found = ask(lambda client: client.mget(keys))
    if found is None:
        return None
    counts = iter(max(0, int(count or 0)) for count in found)
    return {token: {day: next(counts) for day in when} for token in tokens}


def _admit(client: redis.Redis, token: ApiToken, rows: int, today: date, whole: bool) -> str:
    limits = (token.rate_limit or 0, token.daily_quota or 0)
    keys = [f"winnow:rate:{token.pk}", _day_key(token.pk, today)]
    args = [rows, *limits, BURST_SECONDS, KEPT_DAYS * 86_400, int(whole)]
    answer = client.register_script(ADMIT)(keys=keys, args=args)
    return bytes(answer).decode()


def _day_key(token_id: uuid.UUID, day: date) -> str:
    return f"winnow:rows:{token_id}:{day:%Y%m%d}"


def _until_midnight() -> int:
    now = datetime.now(UTC)
    return 86_400 - (now.hour * 3600 + now.minute * 60 + now.second)
