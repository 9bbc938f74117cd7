"""What is kept of a refused row: its text, redacted, where that can be done without understanding the row; else nothing.

A row that is JSON is redacted as the value it is, any other as flat text. Flat text in which a secret or a person is
named, and whose value cannot be found beside the name, is not kept.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import zstandard
from django.db import connection

from core.privacy import RedactionFailed, RuleSet, redact
from core.privacy.surrogates import is_surrogate, surrogate
from core.roles import ingest_role
from curation.formats.problem import BrokenRow
from curation.formats.spans import Span
from curation.formats.texts import find_bad_text
from curation.ingest.items import Item, canonical
from curation.ingest.redaction import PSEUDONYMS, Redactor
from curation.ingest.store import ensure_days
from curation.models import Refusal, RefusalBody

SPAN, ROW, REQUEST = "span", "row", "request"
KEPT = 64 << 10
LONGEST = 256 << 10
CUT_FIRST = 2 * KEPT
LEVEL = 3
PEOPLE = PSEUDONYMS | {
    "user_id": "user", "userId": "user", "userid": "user", "user": "user", "end_user": "user", "customer_id": "user",
    "session_id": "session", "sessionId": "session", "conversation_id": "session", "thread_id": "session",
}  # fmt: skip
TIMES, IDS = ("start", "end"), ("trace_id", "span_id", "parent_id")
HEX_ID = re.compile(r"[0-9a-f]{16}(?:[0-9a-f]{16})?")
NAMED = re.compile(
    r"""(?P<q>\\?["'])(?P<name>[^"'\\\s]{1,80})(?P=q)\s*(?:[:=]|=>)\s*(?P<value>\\?"(?:[^"\\]|\\.)*"|'[^'\\]*'|[\w.+\-]+)"""
)
MENTIONED = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in PEOPLE if name != "user"))
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Kept:
    """Redacted text of a refused row; `form` names what can read it again."""

    text: str
    form: str
    truncated: bool


@dataclass(frozen=True, slots=True)
class RefusedText:
    """What a lead may look at; `truncated` means that only the first 64 KB were kept."""

    text: str
    form: str
    truncated: bool
    rules_id: int


def keep(one: Item | BrokenRow, redactor: Redactor) -> Kept | None:
    """The redacted text of a row that is refused, None where it cannot be had."""
    span = one.span if isinstance(one, BrokenRow) else None
    raw = _raw_of(span) or one.raw
    if not raw:
        return None
    form = SPAN if span is not None or (isinstance(one, Item) and not one.from_row) else ROW
    if isinstance(one, BrokenRow) and one.whole:
        form = REQUEST
    if not raw.lstrip().startswith((b"{", b"[")):
        return None  # a piece of a row: half a secret is no secret to any rule
    try:
        text = _of_value(raw, redactor) if len(raw) <= LONGEST else None
        cut = text is None and len(raw) > CUT_FIRST
        text = text if text is not None else _of_text(raw, redactor)
    except (RedactionFailed, RecursionError, ValueError):
        return None
    if text is None:
        return None
    kept = text.encode()
    return Kept(kept[:KEPT].decode(errors="ignore"), form, cut or len(kept) > KEPT)


def write_kept(kept: list[tuple[int, Kept]], *, project_id: uuid.UUID, rules_id: int) -> None:
    """Store texts by the id of their refusal, under today's day, as the ingest role."""
    today = datetime.now(UTC).date()
    ensure_days([today])
    pack = zstandard.ZstdCompressor(level=LEVEL).compress
    with ingest_role(), connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO curation_refusalbody (day, refusal_id, project_id, form, truncated, rules_id, body)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                (today, number, project_id, one.form, one.truncated, rules_id, pack(one.text.encode()))
                for number, one in kept
            ],
        )


def refused_text(refusal: Refusal) -> RefusedText | None:
    """What was kept of a refusal; None where nothing was, or retention has dropped it."""
    found = RefusalBody.objects.filter(refusal_id=refusal.pk, project_id=refusal.project_id).first()
    if found is None:
        return None
    text = zstandard.ZstdDecompressor().decompress(bytes(found.body)).decode()
    return RefusedText(text, found.form, found.truncated, found.rules_id)


def _raw_of(span: Span | None) -> bytes:
    try:
        return canonical(span) if span is not None else b""
    except orjson.JSONEncodeError:
        return b""


def _of_value(raw: bytes, redactor: Redactor) -> str | None:
    """As the JSON it is; None when it is none. What is JSON and cannot be redacted as such is not tried as text."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        if "depth limit" in str(error):
            raise
        return None
    if find_bad_text(value):
        raise ValueError("too deep, or text that cannot be stored")
    done = redact(_without_people(value, redactor), keys=redactor.keys, rules=redactor.rules).value
    if isinstance(value, dict) and isinstance(done, dict):
        done |= {name: own for name, own in value.items() if _is_own(name, own)}
    return orjson.dumps(done).decode()


def _is_own(name: str, value: Any) -> bool:
    """Times of a span, and its ids of random hex digits: numbers that only look like somebody's."""
    if name in TIMES:
        return isinstance(value, int)
    return name in IDS and isinstance(value, str) and HEX_ID.fullmatch(value) is not None


def _without_people(value: Any, redactor: Redactor) -> Any:
    if isinstance(value, list):
        return [_without_people(one, redactor) for one in value]
    if not isinstance(value, dict):
        return value
    named = value.get("key")
    clean = {}
    for name, inner in value.items():
        kind = PEOPLE.get(name) or (PEOPLE.get(named) if name == "value" and isinstance(named, str) else None)
        clean[name] = _pseudonym(inner, kind, redactor) if kind else _without_people(inner, redactor)
    return clean


def _pseudonym(value: Any, kind: str, redactor: Redactor) -> Any:
    if isinstance(value, dict):
        return {name: _pseudonym(inner, kind, redactor) for name, inner in value.items()}
    if isinstance(value, list):
        return [_pseudonym(inner, kind, redactor) for inner in value]
    if value in (None, "") or isinstance(value, bool) or is_surrogate(str(value)):
        return value
    return surrogate(kind, str(value), redactor.keys)


def _of_text(raw: bytes, redactor: Redactor) -> str | None:
    """As flat text of UTF-8; a long one only at its beginning, and without what stood at the cut."""
    text = raw[:CUT_FIRST].decode(errors="strict" if len(raw) <= CUT_FIRST else "ignore")
    if CONTROL.search(text):
        return None
    plain = NAMED.sub(lambda match: _beside_name(match, redactor), text)
    if _still_named(plain, redactor.rules):
        return None
    clean = str(redact(plain, keys=redactor.keys, rules=redactor.rules).value)
    return clean if len(raw) <= CUT_FIRST else clean[: max(0, len(clean) - (CUT_FIRST - KEPT))]


def _beside_name(match: re.Match[str], redactor: Redactor) -> str:
    """A value under a name that gives it away, replaced; the quotes around it stay."""
    name, value = match["name"], match["value"]
    secret = redactor.rules.secret_names.search(name) is not None
    kind = "secret" if secret else PEOPLE.get(name)
    bare = value.strip("\\\"'")
    if kind is None or not bare or is_surrogate(bare) or bare in ("null", "true", "false"):
        return match.group()
    quote = value[: len(value) - len(value.lstrip("\\\"'"))]
    start = match.start("value") - match.start()
    return match.group()[:start] + quote + surrogate(kind, bare, redactor.keys) + quote


def _still_named(text: str, rules: RuleSet) -> bool:
    """Whether a person or a secret is named whose value was not found right beside its name."""
    rest = NAMED.sub("", text)
    names = re.findall(r"[\w.\-]{2,80}", rest)
    return MENTIONED.search(rest) is not None or any(rules.secret_names.search(name) for name in names)
