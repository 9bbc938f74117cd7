"""One part of a message → what its card shows: prose, a tool call, a run of code, passages, a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.rendering.markdown import plain, prose
from core.rendering.veil import Veil

LONG_TEXT = 3_000
LINE = 120
LONG_RESULT = 40
SHOWN_LINES = 25
"""Of a result with more than so many lines the beginning is shown when its card is opened."""
NOTHING = SafeString("")


@dataclass(frozen=True)
class Block:
    """A labelled stretch of monospaced text inside a card; `tone` is "" or error."""

    label: str
    html: SafeString
    tone: str = ""


@dataclass(frozen=True)
class DocumentView:
    """One retrieved document; `html` is "" where its text was not kept."""

    document_id: str
    passage_hash: str
    score: float | None
    html: SafeString


@dataclass(frozen=True)
class PartView:
    """One part: `kind` picks the look; `long` parts are folded to their beginning until asked for.

    `rest` is what follows the beginning of a result of many lines.
    `source` is where the text of a part that people may mark stands in its answer's text, in code points.
    """

    kind: str
    html: SafeString = NOTHING
    characters: int = 0
    name: str = ""
    line: SafeString = NOTHING
    is_error: bool = False
    flags: list[tuple[str, str]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    documents: list[DocumentView] = field(default_factory=list)
    duration_ms: float | None = None
    sha256: str = ""
    size: int | None = None
    source: int | None = None
    rest: SafeString = NOTHING
    rest_lines: int = 0

    @property
    def long(self) -> bool:
        """Whether the part is folded at first."""
        return self.characters > LONG_TEXT


@dataclass(frozen=True)
class Surroundings:
    """What a part needs from its conversation: names of calls by id, passages by hash, flags by tool, the veil."""

    names: Mapping[str, str] = field(default_factory=dict)
    passages: Mapping[str, str] = field(default_factory=dict)
    tools: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    veil: Veil = field(default_factory=Veil)


def part_view(part: Mapping[str, Any], around: Surroundings) -> PartView:
    """The card of one part; a type nobody knows is shown as its JSON."""
    kind = str(part.get("type", "text"))
    if kind in ("text", "reasoning"):
        text = str(part.get("text") or "")
        return PartView(kind, around.veil.lift(prose(text)), len(text))
    return _CARDS.get(kind, _other)(part, around)


def as_text(value: Any) -> str:
    """A JSON value as indented text; JSON inside a string is unfolded, any other string stays as it is."""
    if isinstance(value, str):
        try:
            parsed = json.loads(value)
        except ValueError:
            return value
        if not isinstance(parsed, dict | list):
            return value
        value = parsed
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=False)


def _one_line(text: str, around: Surroundings) -> SafeString:
    flat = " ".join(text[: LINE * 4].split())
    return around.veil.lift(plain(flat if len(flat) <= LINE else flat[: LINE - 1] + "…"))


def _tool_call(part: Mapping[str, Any], around: Surroundings) -> PartView:
    text, name = as_text(part.get("arguments", "")), str(part.get("name", ""))
    tool = around.tools.get(name, {})
    flags = [("person", _("irreversible"))] if tool.get("irreversible") else []
    flags += [("neutral", _("sandboxed"))] if tool.get("sandboxed") else []
    return PartView(
        "tool_call", around.veil.lift(plain(text)), len(text), name, _one_line(text, around), flags=flags
    )


def _tool_result(part: Mapping[str, Any], around: Surroundings) -> PartView:
    text = as_text(part.get("result", ""))
    name = str(part.get("name") or around.names.get(str(part.get("id")), ""))
    flags = [("dropped", _("timed out"))] if part.get("timed_out") else []
    lines = text.split("\n")
    beginning, more = (lines, []) if len(lines) <= LONG_RESULT else (lines[:SHOWN_LINES], lines[SHOWN_LINES:])
    return PartView(
        "tool_result", around.veil.lift(plain("\n".join(beginning))), len(text), name, _one_line(text, around),
        bool(part.get("is_error") or part.get("timed_out")), flags, duration_ms=part.get("duration_ms"),
        rest=around.veil.lift(plain("\n".join(more))), rest_lines=len(more),
    )  # fmt: skip


def _code(part: Mapping[str, Any], around: Surroundings) -> PartView:
    exit_code = part.get("exit_code")
    failed = bool(exit_code) or bool(part.get("timed_out"))
    flags = [] if exit_code is None else [("dropped" if exit_code else "kept", _("exit %(code)s") % {"code": exit_code}),
                                          ]  # fmt: skip
    flags += [("dropped", _("timed out"))] if part.get("timed_out") else []
    flags += [("person", _("output cut off"))] if part.get("truncated") else []
    blocks = [
        Block(label, around.veil.lift(plain(str(part[name]))), "error" if name == "stderr" else "")
        for name, label in (("input", _("Input")), ("stdout", _("Output")), ("stderr", _("Error output")))
        if part.get(name)
    ]
    line = _one_line(str(part.get("input") or ""), around)
    return PartView("code_execution", name=str(part.get("language") or ""), line=line, is_error=failed, flags=flags,
                    blocks=blocks, duration_ms=part.get("duration_ms"))  # fmt: skip


def _retrieval(part: Mapping[str, Any], around: Surroundings) -> PartView:
    documents = [
        DocumentView(
            str(one.get("document_id", "")),
            str(one.get("passage_hash") or ""),
            one.get("score"),
            around.veil.lift(plain(around.passages.get(str(one.get("passage_hash") or ""), ""))),
        )
        for one in part.get("documents") or ()
        if isinstance(one, Mapping)
    ]
    return PartView("retrieval", line=_one_line(str(part.get("query") or ""), around), documents=documents)


def _file(part: Mapping[str, Any], around: Surroundings) -> PartView:
    """A file is named and can be fetched by its sha256; what lies elsewhere is named, never loaded."""
    return PartView(
        "file", name=str(part.get("name") or part.get("mime_type") or ""),
        line=around.veil.lift(plain(str(part.get("uri") or ""))), size=part.get("size"),
        sha256=str(part.get("sha256") or ""), flags=[("neutral", str(part["mime_type"]))] if part.get("mime_type") else [],
    )  # fmt: skip


def _other(part: Mapping[str, Any], around: Surroundings) -> PartView:
    text = as_text({key: value for key, value in part.items() if key != "type"})
    return PartView(
        "other", around.veil.lift(plain(text)), len(text), str(part.get("type")), _one_line(text, around)
    )


_CARDS = {
    "tool_call": _tool_call,
    "tool_result": _tool_result,
    "code_execution": _code,
    "retrieval": _retrieval,
    "file": _file,
}
