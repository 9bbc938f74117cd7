"""What one version of a conversation has that the one before it had not: from columns for a list, from texts for a look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.rendering.parts import as_text
from curation.conversation import Conversation
from curation.models import ConversationVersion

SEEN = {"text": "text", "reasoning": "text", "tool_call": "arguments", "tool_result": "result"}


def changes_by_version(versions: Sequence[ConversationVersion]) -> dict[int, list[str]]:
    """Version number → what changed in words; `versions` are newest first, the first one of a trace has no entry."""
    return {
        after.number: list(_changes(before, after)) or [_("other words")]
        for after, before in pairwise(versions)
    }


def _changes(before: ConversationVersion, after: ConversationVersion) -> Iterator[str]:
    if turns := after.turns - before.turns:
        yield _signed(turns) + ngettext("turn", "turns", abs(turns))
    if tools := after.tool_calls - before.tool_calls:
        yield _signed(tools) + ngettext("tool call", "tool calls", abs(tools))
    tokens = _tokens(after) - _tokens(before)
    if tokens:
        yield _signed(tokens) + ngettext("token", "tokens", abs(tokens))
    if before.rules_id != after.rules_id:
        yield _("redaction rules v%(before)s → v%(after)s") % {
            "before": before.rules.number,
            "after": after.rules.number,
        }
    yield from _kinds(before.redactions, after.redactions)


def _kinds(before: Mapping[str, int], after: Mapping[str, int]) -> Iterator[str]:
    for kind in sorted({*before, *after}):
        if difference := after.get(kind, 0) - before.get(kind, 0):
            yield _("%(count)s%(kind)s redacted") % {
                "count": _signed(difference), "kind": kind.replace("_", " ")
            }  # fmt: skip


def _signed(count: int) -> str:
    return f"{'+' if count > 0 else '−'}{abs(count):,} "


def _tokens(version: ConversationVersion) -> int:
    return (version.input_tokens or 0) + (version.output_tokens or 0)


def transcript(conversation: Conversation) -> str:
    """The conversation as plain text, one stretch per part: what two versions are compared by."""
    lines = []
    for message in conversation["messages"]:
        for part in message["parts"]:
            kind = part.get("type", "text")
            name = f" {part['name']}" if part.get("name") else ""
            said: Any = (
                part.get(SEEN[kind], "") if kind in SEEN else {k: v for k, v in part.items() if k != "type"}
            )
            label = "" if kind == "text" else f" {kind.replace('_', ' ')}{name}"
            lines.append(f"{message['role']}{label}: {as_text(said)}")
    return "\n\n".join(lines)
