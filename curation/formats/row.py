"""Where a row stands and what may be in it, so that every refusal names the place, the field and what to do."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from curation.formats.problem import BadRow, RowProblem
from curation.formats.texts import printable

TEXT, NUMBER, FLAG, OBJECT, LIST = (str,), (int, float), (bool,), (dict,), (list,)
Known = Mapping[str, tuple[tuple[type, ...], bool]]
NAMES = {
    str: "text",
    int: "a number",
    float: "a number",
    bool: "true or false",
    dict: "an object",
    list: "a list",
}
EARLIEST, TOLERANCE = datetime(2000, 1, 1, tzinfo=UTC), timedelta(days=2)
TIME_HINT = (
    "Send ISO 8601 with an offset, as 2026-09-01T00:01:02.707+00:00, not before 2000 and not in the future."
)


class Row:
    """One row of a file: raises BadRow with the first thing that is wrong."""

    def __init__(self, place: str, line: int, form: str = "record form") -> None:
        self.place, self.line, self.form = place, line, form

    def bad(self, field: str, code: str, message: str, hint: str = "") -> BadRow:
        """The refusal, to be raised by the caller."""
        return BadRow(RowProblem(self.place, self.line, printable(field), code, message, hint))

    def refuse(self, field: str, code: str, message: str, hint: str = "") -> None:
        """Give the row up."""
        raise self.bad(field, code, message, hint)

    def object(self, value: Any) -> dict[str, Any]:
        """The row itself, which is an object."""
        if not isinstance(value, dict):
            raise self.bad(
                "", "wrong_type", "the line is not a JSON object", "Write one JSON object per line."
            )
        return value

    def check(self, value: dict[str, Any], known: Known, prefix: str = "") -> None:
        """Refuse what is unknown, missing or of another type; nearly every row is right, and is only looked through."""
        if not _is_as_known(value, known):
            self._name_wrong(value, known, prefix)

    def _name_wrong(self, value: dict[str, Any], known: Known, prefix: str) -> None:
        for name, inner in value.items():
            if name not in known:
                close = difflib.get_close_matches(name, known, 1)
                hint = f"Did you mean {close[0]}?" if close else f"Known fields: {', '.join(known)}."
                self.refuse(
                    prefix + name[:100], "unknown_field", f"this field is not part of the {self.form}", hint
                )
            self.expect(inner, known[name][0], prefix + name, required=known[name][1])
        for name, (_, required) in known.items():
            if required and name not in value:
                self.missing(prefix + name)

    def missing(self, field: str, hint: str = "") -> None:
        """A field that has to be there is not."""
        self.refuse(field, "missing_field", "a required field is missing", hint or f"Add {field}.")

    def expect(self, value: Any, types: tuple[type, ...], field: str, *, required: bool = True) -> None:
        """Refuse a value of another type; a number is no flag and a flag no number."""
        if value is None and not required:
            return
        wrong = not isinstance(value, types) or (isinstance(value, bool) and bool not in types)
        if wrong:
            self.refuse(
                field, "wrong_type", f"this is not {NAMES[types[0]]}", f"Send {field} as {NAMES[types[0]]}."
            )

    def one_of(self, value: Any, allowed: tuple[str, ...], field: str) -> None:
        """Refuse a word that is none of these."""
        if value is not None and value not in allowed:
            self.refuse(field, "wrong_value", "this value is not known", f"One of: {', '.join(allowed)}.")

    def messages(self, messages: Any, field: str) -> None:
        """Refuse what is no list of chat messages."""
        if not _are_messages(messages):
            self._name_wrong_message(messages, field)

    def _name_wrong_message(self, messages: Any, field: str) -> None:
        self.expect(messages, LIST, field)
        for place, message in enumerate(messages):
            at = f"{field}[{place}]"
            self.expect(message, OBJECT, at)
            self.expect(message.get("role"), TEXT, f"{at}.role")
            content = message.get("content")
            if content is not None and not isinstance(content, str | list):
                self.refuse(f"{at}.content", "wrong_type", "content is neither text nor a list of parts",
                            "Send content as text, null, or a list of parts.")  # fmt: skip
            self.expect(message.get("tool_calls"), LIST, f"{at}.tool_calls", required=False)

    def time(self, value: Any, field: str) -> int:
        """Nanoseconds since 1970 of ISO 8601 or of seconds since 1970; a time without an offset is UTC."""
        moment: datetime | None = None
        try:
            if isinstance(value, str):
                moment = datetime.fromisoformat(value)
            elif isinstance(value, int | float) and not isinstance(value, bool):
                moment = datetime.fromtimestamp(value, UTC)
        except (ValueError, OverflowError, OSError):
            moment = None
        if moment is not None:
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if moment is None or not EARLIEST <= moment <= datetime.now(UTC) + TOLERANCE:
            raise self.bad(field, "bad_time", "this is not a time that can be taken", TIME_HINT)
        return int(moment.timestamp() * 1_000_000) * 1000

    def date(self, value: Any, field: str) -> None:
        """Refuse what is neither a day nor a moment in ISO 8601; it may lie in the future."""
        try:
            datetime.fromisoformat(value)
        except (TypeError, ValueError) as error:
            hint = "Send a day as 2027-12-31, or a moment with its offset."
            raise self.bad(field, "bad_time", "this is no day that can be read", hint) from error


def _is_as_known(value: dict[str, Any], known: Known) -> bool:
    for name, inner in value.items():
        types, required = known.get(name, ((), True))
        if type(inner) not in types and (required or inner is not None):
            return False
    return all(name in value for name, (_, required) in known.items() if required)


def _are_messages(messages: Any) -> bool:
    """Whether nothing in them would be refused, of plain JSON: what is no exact type of it is looked at closer."""
    if type(messages) is not list:
        return False
    for one in messages:
        if type(one) is not dict or type(one.get("role")) is not str:
            return False
        content, calls = one.get("content"), one.get("tool_calls")
        if (content is not None and type(content) not in (str, list)) or (
            calls is not None and type(calls) is not list
        ):
            return False
    return True


def hex_of(kind: str, raw: str, digits: int) -> str:
    """An id of this many hex digits for an id of another form."""
    return hashlib.sha256(f"{kind}\0{raw}".encode()).hexdigest()[:digits]


def trace_hex(raw: str) -> str:
    """A trace id as 32 hex digits: as it is where it has them, otherwise made from it."""
    lower = raw.lower()
    return lower if is_hex(lower, 32) else hex_of("trace", raw, 32)


def is_hex(text: str, digits: int) -> bool:
    """Whether this is that many hex digits, not all of them zero."""
    return len(text) == digits and bool(text.strip("0")) and not text.strip("0123456789abcdef")


def present(values: dict[str, Any]) -> dict[str, Any]:
    """The values that are there."""
    return {name: value for name, value in values.items() if value is not None}
