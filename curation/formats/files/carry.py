"""What a format has no field for, carried beside it under one key, so that export and re-import lose nothing.

    "winnow": {"v": 1, "of": sha256 of the rest of the line, "conversation": {…}, "attributes": {…}, "trace": {…},
               "feedback": […]}

A field of the normal form stands there when reading the line without this key would give another value, whole and
as it was. `of` ties it to the line it was written for: whoever changes the line removes the key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

import orjson

from curation.formats.assemble import TOLD_ELSEWHERE, assemble
from curation.formats.carried import CARRIED, PSEUDONYMOUS
from curation.formats.files.base import Defaults, Exported, Format, Found, Line, verdict
from curation.formats.row import FLAG, LIST, OBJECT, TEXT, Known, Row
from curation.formats.shape import misshapen
from curation.formats.spans import Span

KEY, VERSION = "winnow", 1
PARTS: Known = {
    "v": ((int,), True), "of": (TEXT, True), "conversation": (OBJECT, False), "attributes": (OBJECT, False),
    "trace": (OBJECT, True), "feedback": (LIST, False),
}  # fmt: skip
TRACE: Known = {
    "started_at": (TEXT, True), "ended_at": (TEXT, True), "training_use": (TEXT, False),
    "training_use_until": (TEXT, False), "simulated": (FLAG, False),
}  # fmt: skip
WORDS = {"training_use": "winnow.training_use", "training_use_until": "winnow.training_use.until",
         "simulated": "winnow.simulated"}  # fmt: skip
FEEDBACK: Known = {
    "name": (TEXT, False), "rating": (TEXT, False), "score": ((int, float), False), "origin": (TEXT, False),
    "needs_work": (FLAG, False), "comment": (TEXT, False),
}  # fmt: skip


def with_rest(line: Line, form: Format, exported: Exported) -> Line:
    """The line with what its form could not say: first its attributes, as others follow from them, then the fields."""
    row, full = Row("export", 1), exported.conversation
    found = form.read(line, row, Defaults(exported.started_at))
    rest: Line = {"v": VERSION, "of": digest(line), "trace": _trace(exported)}
    attributes = full["attributes"] | _now_allowed(full["attributes"], rest["trace"])
    if assemble([one.span for one in found])["attributes"] != attributes:
        rest["attributes"] = attributes
    restore(found, rest, row)
    plain = assemble([one.span for one in found])
    fields = {
        name: value
        for name, value in full.items()
        if name not in ("schema", "attributes") and plain.get(name) != value
    }
    if fields:
        rest["conversation"] = fields
    if exported.feedback:
        rest["feedback"] = [{key: value for key, value in one.items() if value} for one in exported.feedback]
    return {**line, KEY: rest}


def _now_allowed(attributes: Line, trace: Line) -> Line:
    """What the trace once said about training, as it stands today: a permission that was withdrawn stays withdrawn."""
    return {
        word: trace[name]
        for name, word in WORDS.items()
        if word in attributes and trace.get(name) not in (None, attributes[word])
    }


def split(line: Line, row: Row) -> tuple[Line, Line | None]:
    """(the line as its form has it, what it carried), checked; raises BadRow where the two do not belong together."""
    if KEY not in line:
        return line, None
    rest, plain = line[KEY], {name: value for name, value in line.items() if name != KEY}
    row.expect(rest, OBJECT, KEY)
    row.check(rest, PARTS, f"{KEY}.")
    row.check(rest["trace"], TRACE, f"{KEY}.trace.")
    if rest["v"] != VERSION:
        row.refuse(
            f"{KEY}.v", "wrong_value", "this version of the key is not known", "Export the file again."
        )
    if rest["of"] != digest(plain):
        row.refuse(KEY, "changed_export", "the line was changed after it was exported",
                   "Remove its `winnow` key to take the line as it now stands.")  # fmt: skip
    if wrong := misshapen(rest.get("conversation") or {}):
        row.refuse(f"{KEY}.conversation.{wrong}", "wrong_type", "this is missing or of another type",
                   "Remove the `winnow` key to take the line without it.")  # fmt: skip
    for place, one in enumerate(rest.get("feedback") or []):
        row.expect(one, OBJECT, f"{KEY}.feedback[{place}]")
        row.check(one, FEEDBACK, f"{KEY}.feedback[{place}].")
    return plain, rest


def restore(found: Sequence[Found], rest: Line, row: Row) -> None:
    """Give the spans of a line what it carried; the first span is the one that speaks for the trace."""
    spans = [one.span for one in found]
    first = spans[0]
    if "attributes" in rest:
        for span in spans:
            span["attributes"] = {
                name: value for name, value in span["attributes"].items() if name.startswith(TOLD_ELSEWHERE)
            }
        first["attributes"] |= {
            name: value for name, value in rest["attributes"].items() if not name.startswith(TOLD_ELSEWHERE)
        }
    fields = {**first["attributes"].get(CARRIED, {}), **(rest.get("conversation") or {})}
    _context(first, fields)
    if fields:
        first["attributes"][CARRIED] = fields
    _head(first, rest["trace"], row)
    if rest.get("feedback"):
        first["events"] = []
    first["events"] += [
        verdict(
            one.get("name") or "user_feedback", one.get("rating") or "", first["end"], one.get("comment") or "",
            one.get("origin") or "", needs_work=bool(one.get("needs_work")), score=one.get("score"),
        )
        for one in rest.get("feedback") or []
    ]  # fmt: skip


def _context(span: Span, fields: Line) -> None:
    """Service and people by the names that the head of a trace and the pseudonyms are made from."""
    context = fields.get("context")
    if context is None:
        return
    span["resource"]["service.name"] = context["service"]
    for name in PSEUDONYMOUS:
        span["attributes"].pop("gen_ai.conversation.id", None)
        span["attributes"][f"{name}.id"] = context[name]
    fields["context"] = {**context, **dict.fromkeys(PSEUDONYMOUS, "")}


def _head(span: Span, trace: Line, row: Row) -> None:
    span["start"] = row.time(trace["started_at"], f"{KEY}.trace.started_at")
    span["end"] = max(row.time(trace["ended_at"], f"{KEY}.trace.ended_at"), span["start"])
    for name, word in WORDS.items():
        if trace.get(name):
            span["resource"][word] = trace[name]


def _trace(exported: Exported) -> Line:
    said = {
        "started_at": iso(exported.started_at), "ended_at": iso(exported.ended_at),
        "training_use": exported.training_use, "training_use_until": exported.training_use_until,
        "simulated": exported.simulated,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def digest(line: Line) -> str:
    """sha256 of a line whatever the order of its keys."""
    return hashlib.sha256(orjson.dumps(line, option=orjson.OPT_SORT_KEYS)).hexdigest()


def iso(nanoseconds: int) -> str:
    """Nanoseconds since 1970 as ISO 8601 in UTC."""
    return datetime.fromtimestamp(nanoseconds // 1000 / 1e6, UTC).isoformat(timespec="microseconds")
