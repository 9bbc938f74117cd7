"""Validators and what they find, in words a person reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Named:
    """A name and a meaning."""

    name: Words
    meaning: Words


CHECKS: dict[str, Named] = {
    "bad_roles": Named(
        _("Roles out of order"),
        _("Nobody asked first, instructions come late, or a result and its call do not find each other."),
    ),
    "cut_off": Named(
        _("Cut off"), _("The model ran out of room, or the answer ends inside a fence of code.")
    ),
    "empty_turn": Named(_("Empty turn"), _("A turn in which nothing is said.")),
    "damaged_text": Named(
        _("Damaged text"), _("Characters were lost, or text was read in the wrong encoding.")
    ),
    "other_language": Named(
        _("Other language"),
        _("The answer is in another language than the question, and nobody asked for one."),
    ),
    "wrong_arithmetic": Named(
        _("Wrong arithmetic"), _("A calculator's result or a stated equation does not hold when recomputed.")
    ),
    "bad_arguments": Named(
        _("Bad arguments"), _("A tool that was not offered, or arguments that do not fit its JSON schema.")
    ),
}
WHATS: dict[str, Words] = {
    "nobody_asked": _("starts with something else than a question"),
    "late_system": _("an instruction in the middle"),
    "result_without_call": _("a result nobody called for"),
    "call_without_result": _("a call without its result"),
    "cut_off": _("ended at the limit of tokens"),
    "open_fence": _("ends inside a fence of code"),
    "empty_turn": _("nothing was said"),
    "no_word": _("an answer without a letter or digit"),
    "lost_character": _("a character was lost"),
    "misread_text": _("read in the wrong encoding"),
    "control_character": _("a control character"),
    "other_language": _("another language than the question"),
    "wrong_result": _("a calculator's result does not hold"),
    "wrong_equation": _("an equation does not hold"),
    "unknown_tool": _("a tool that was not offered"),
    "no_json": _("arguments that are no JSON"),
    "against_schema": _("against the schema of the tool"),
}


def said(detail: dict[str, Any]) -> str:
    """The first place of a finding in words, with what was recomputed where that is it."""
    place: dict[str, Any] = next(iter(detail.get("places", [])), {})
    what = str(WHATS.get(place.get("what", ""), place.get("what", "")))
    if "left" in place:
        return f"{what}: {place['left']} = {place['exact']}, {_('not')} {place['stated']}"
    if "tool" in place:
        return f"{what}: {place['tool']} {place.get('path', '')}".strip()
    if "asked" in place:
        return f"{what}: {place['asked']} → {place['answered']}"
    return what
