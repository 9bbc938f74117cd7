"""A conversation in its normal form → what the conversation template shows: prose, tool cards, folds, chips."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.rendering.highlights import Mark, highlighted
from core.rendering.logprobs import TokenHeat, token_heat
from core.rendering.markdown import mapped_prose, plain
from core.rendering.parts import LONG_TEXT, NOTHING, PartView, Surroundings, part_view
from core.rendering.veil import Veil

__all__ = ["LONG_TEXT", "ConversationView", "conversation_view", "messages_view"]

FOLD_OVER = 12
FIRST, LAST = 3, 5
"""A longer exchange shows how it began and how it ended; what lies between is counted and one key away."""


@dataclass(frozen=True)
class MessageView:
    """One turn: who spoke, which model, how it ended, its parts, and how sure its tokens were where that is known."""

    role: str
    who: str
    parts: list[PartView]
    model: str = ""
    ended: str = ""
    heat: TokenHeat | None = None


@dataclass(frozen=True)
class PassageView:
    """A retrieved passage as it was handed to the model."""

    document_id: str
    uri: str
    score: float | None
    html: SafeString
    passage_hash: str = ""


@dataclass(frozen=True)
class Stretch:
    """Turns that follow one another, in sight or folded."""

    turns: list[MessageView]
    folded: bool = False

    @property
    def failed(self) -> int:
        """Steps that went wrong in it: a fold does not keep them quiet."""
        return sum(part.is_error for turn in self.turns for part in turn.parts)


@dataclass(frozen=True)
class ConversationView:
    """What the template needs; nothing in it is unescaped text."""

    messages: list[MessageView]
    alternatives: list[list[MessageView]] = field(default_factory=list)
    passages: list[PassageView] = field(default_factory=list)
    error_type: str = ""
    error_message: SafeString = NOTHING
    folds: bool = False

    @property
    def stretches(self) -> list[Stretch]:
        """All turns in their order; the middle of a long exchange folded where the view folds."""
        turns = self.messages
        if not self.folds or len(turns) <= FOLD_OVER:
            return [Stretch(turns)]
        return [Stretch(turns[:FIRST]), Stretch(turns[FIRST:-LAST], folded=True), Stretch(turns[-LAST:])]


def _who(role: str) -> str:
    return {"system": _("System"), "user": _("User"), "assistant": _("Assistant"), "tool": _("Tool")}.get(
        role, role
    )


def _ended(message: Mapping[str, Any]) -> str:
    reason = message.get("finish_reason") or ""
    if reason in ("length", "max_tokens"):
        return _("Cut off: the model reached its length limit.")
    if reason in ("content_filter", "refusal"):
        return _("Ended by a filter.")
    return ""


def _message(
    message: Mapping[str, Any], veiled: Mapping[str, Any], around: Surroundings, anonymous: bool
) -> MessageView:
    role = str(message.get("role", "user"))
    return MessageView(
        role=role,
        who=_who(role),
        parts=[part_view(_nameless(part) if anonymous else part, around) for part in veiled.get("parts", ())],
        model="" if anonymous else str(message.get("model") or message.get("name") or ""),
        ended=_ended(message),
        heat=None if anonymous else token_heat(message),
    )


def _nameless(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without what could tell who answered: how long it took, and a vendor's id where it is not looked up but shown."""
    looked_up = part.get("type") in ("tool_call", "tool_result")
    return {
        name: value for name, value in part.items() if name != "duration_ms" and (looked_up or name != "id")
    }


def _call_names(messages: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    calls = (
        part for message in messages for part in message.get("parts", ()) if part.get("type") == "tool_call"
    )
    return {str(call.get("id")): str(call.get("name", "")) for call in calls}


def _messages(
    messages: Iterable[Mapping[str, Any]],
    path: str = "",
    *,
    whole: Mapping[str, Any] | None = None,
    veil: Veil | None = None,
    anonymous: bool = False,
) -> list[MessageView]:
    """The turns under this JSON pointer; `whole` is their conversation, where there is one."""
    held, veil, whole = list(messages), veil or Veil(), whole or {}
    around = Surroundings(
        names=_call_names(held),
        passages=_passages_by_hash(whole, veil),
        tools={str(tool.get("name")): tool for tool in whole.get("tools", ())},
        veil=veil,
    )
    return [
        _message(message, veil.over(message, f"{path}/{place}"), around, anonymous)
        for place, message in enumerate(held)
    ]


def _passages_by_hash(whole: Mapping[str, Any], veil: Veil) -> dict[str, str]:
    return {
        str(one["passage_hash"]): veil.over(str(one.get("text", "")), f"/retrieval/{place}/text")
        for place, one in enumerate(whole.get("retrieval", ()))
        if one.get("passage_hash")
    }


def messages_view(
    messages: Iterable[Mapping[str, Any]],
    *,
    anonymous: bool = False,
    mapped: bool = False,
    linked: Callable[[str], str] = str,
    marks: Sequence[Mark] = (),
    folds: bool = False,
) -> ConversationView:
    """Some messages only; `anonymous` leaves out every model name and how long tools took, for people who judge answers blind.

    `mapped` gives the words of the last answer their places in its text, so that people can mark them; `linked`
    turns the safe HTML of those words into safe HTML with links to what they cite. `marks` are drawn on them.
    """
    held = list(messages)
    turns = _messages(held, anonymous=anonymous)
    if mapped and turns and turns[-1].role == "assistant":
        turns[-1] = replace(
            turns[-1], parts=list(_mapped(turns[-1].parts, held[-1].get("parts", ()), linked, marks))
        )
    return ConversationView(turns, folds=folds)


def _mapped(
    views: Iterable[PartView],
    parts: Iterable[Mapping[str, Any]],
    linked: Callable[[str], str],
    marks: Sequence[Mark],
) -> Iterator[PartView]:
    """Text parts with places; an answer's text is its text parts joined by line ends, without blanks around it."""
    offset: int | None = None
    for view, part in zip(views, parts, strict=True):
        if view.kind != "text":
            yield view
            continue
        text = str(part.get("text") or "")
        if offset is None:
            offset = len(text.lstrip()) - len(text)
        html = linked(mapped_prose(text))
        shown = highlighted(html, marks, base=offset) if marks else mark_safe(html)
        yield replace(view, html=shown, source=offset)
        offset += len(text) + 1


def conversation_view(
    conversation: Mapping[str, Any], *, with_system: bool = True, marks: Iterable[Mapping[str, Any]] = ()
) -> ConversationView:
    """Everything of one conversation: messages, further answers, passages, and why it failed if it did.

    `marks` are those stored with it (kind, JSON pointer, offsets, the rule where known); a surrogate that looks
    like any other word is shown as one only by its mark.
    """
    veil = Veil(marks)
    turns = _messages(conversation.get("messages", ()), "/messages", whole=conversation, veil=veil)
    error = conversation.get("error") or {}
    return ConversationView(
        messages=[one for one in turns if with_system or one.role != "system"],
        alternatives=[
            _messages(choice, f"/alternatives/{place}", whole=conversation, veil=veil)
            for place, choice in enumerate(conversation.get("alternatives", ()))
        ],
        passages=[
            _passage(passage, place, veil) for place, passage in enumerate(conversation.get("retrieval", ()))
        ],
        error_type=str(error.get("type", "")),
        error_message=plain(str(error.get("message", ""))),
    )


def _passage(passage: Mapping[str, Any], place: int, veil: Veil) -> PassageView:
    text = veil.over(str(passage.get("text", "")), f"/retrieval/{place}/text")
    return PassageView(
        str(passage.get("document_id", "")),
        str(passage.get("uri") or ""),
        passage.get("score"),
        veil.lift(plain(text)),
        str(passage.get("passage_hash") or ""),
    )
