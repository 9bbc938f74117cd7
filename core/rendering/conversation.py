"""A conversation in its normal form → what the conversation template shows: prose, tool cards, folds, chips."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.rendering.markdown import plain, prose

LONG_TEXT = 3_000
LINE = 120
NOTHING = SafeString("")


@dataclass(frozen=True)
class PartView:
    """One part: `kind` picks the look; `long` parts are folded to their beginning until asked for."""

    kind: str
    html: SafeString = NOTHING
    characters: int = 0
    name: str = ""
    line: str = ""
    is_error: bool = False

    @property
    def long(self) -> bool:
        """Whether the part is folded at first."""
        return self.characters > LONG_TEXT


@dataclass(frozen=True)
class MessageView:
    """One turn: who spoke, which model, how it ended, and its parts."""

    role: str
    who: str
    parts: list[PartView]
    model: str = ""
    ended: str = ""


@dataclass(frozen=True)
class PassageView:
    """A retrieved passage as it was handed to the model."""

    document_id: str
    uri: str
    score: float | None
    html: SafeString


@dataclass(frozen=True)
class ConversationView:
    """What the template needs; nothing in it is unescaped text."""

    messages: list[MessageView]
    alternatives: list[list[MessageView]] = field(default_factory=list)
    passages: list[PassageView] = field(default_factory=list)
    error_type: str = ""
    error_message: str = ""


def _who(role: str) -> str:
    return {"system": _("System"), "user": _("User"), "assistant": _("Assistant"), "tool": _("Tool")}.get(
        role, role
    )


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        try:
            parsed = json.loads(value)
        except ValueError:
            return value
        if not isinstance(parsed, dict | list):
            return value
        value = parsed
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=False)


def _one_line(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LINE else flat[: LINE - 1] + "…"


def _text_part(kind: str, part: Mapping[str, Any]) -> PartView:
    text = str(part.get("text") or "")
    return PartView(kind, prose(text), len(text))


def _tool_call(part: Mapping[str, Any]) -> PartView:
    text = _as_text(part.get("arguments", ""))
    return PartView("tool_call", plain(text), len(text), str(part.get("name", "")), _one_line(text))


def _tool_result(part: Mapping[str, Any], names: Mapping[str, str]) -> PartView:
    text = _as_text(part.get("result", ""))
    name = str(part.get("name") or names.get(str(part.get("id")), ""))
    return PartView("tool_result", plain(text), len(text), name, _one_line(text), bool(part.get("is_error")))


def _part(part: Mapping[str, Any], names: Mapping[str, str]) -> PartView:
    kind = part.get("type", "text")
    if kind in ("text", "reasoning"):
        return _text_part(kind, part)
    if kind == "tool_call":
        return _tool_call(part)
    if kind == "tool_result":
        return _tool_result(part, names)
    text = _as_text({key: value for key, value in part.items() if key != "type"})
    return PartView("other", plain(text), len(text), str(kind), _one_line(text))


def _ended(message: Mapping[str, Any]) -> str:
    reason = message.get("finish_reason") or ""
    if reason in ("length", "max_tokens"):
        return _("Cut off: the model reached its length limit.")
    if reason in ("content_filter", "refusal"):
        return _("Ended by a filter.")
    return ""


def _message(message: Mapping[str, Any], names: Mapping[str, str], anonymous: bool) -> MessageView:
    role = str(message.get("role", "user"))
    return MessageView(
        role=role,
        who=_who(role),
        parts=[_part(part, names) for part in message.get("parts", ())],
        model="" if anonymous else str(message.get("model") or message.get("name") or ""),
        ended=_ended(message),
    )


def _call_names(messages: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    calls = (
        part for message in messages for part in message.get("parts", ()) if part.get("type") == "tool_call"
    )
    return {str(call.get("id")): str(call.get("name", "")) for call in calls}


def _messages(messages: Iterable[Mapping[str, Any]], anonymous: bool = False) -> list[MessageView]:
    held = list(messages)
    names = _call_names(held)
    return [_message(message, names, anonymous) for message in held]


def messages_view(messages: Iterable[Mapping[str, Any]], *, anonymous: bool = False) -> ConversationView:
    """Some messages only; `anonymous` leaves out every model name, for people who judge answers blind."""
    return ConversationView(_messages(messages, anonymous))


def conversation_view(conversation: Mapping[str, Any], *, with_system: bool = True) -> ConversationView:
    """Everything of one conversation: messages, further answers, passages, and why it failed if it did."""
    shown = [one for one in conversation.get("messages", ()) if with_system or one.get("role") != "system"]
    error = conversation.get("error") or {}
    return ConversationView(
        messages=_messages(shown),
        alternatives=[_messages(choice) for choice in conversation.get("alternatives", ())],
        passages=[
            PassageView(
                str(passage.get("document_id", "")),
                str(passage.get("uri") or ""),
                passage.get("score"),
                plain(str(passage.get("text", ""))),
            )
            for passage in conversation.get("retrieval", ())
        ],
        error_type=str(error.get("type", "")),
        error_message=str(error.get("message", "")),
    )
