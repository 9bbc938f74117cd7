"""Marks as they come in (about sides) and as they are kept (about responses); read strictly from JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from core.errors import Refused

from .span_labels import SPAN_LABELS

MAX_SPANS = 50
MAX_QUOTE = 20_000
SIDES = ("left", "right")


@dataclass(frozen=True, slots=True)
class SpanGiven:
    """A mark on the answer of one side: code points of its text, the words marked, and the passage meant (from 0)."""

    side: str
    start: int
    end: int
    quote: str
    label: str
    passage: int | None = None


@dataclass(frozen=True, slots=True)
class SpanSaid:
    """The same on a response, checked."""

    response_id: UUID
    start: int
    end: int
    quote: str
    label: str
    passage: int | None
    document_id: str


def _refused(number: int) -> Refused:
    return Refused(
        "span_invalid",
        _("Mark %(number)d is not valid.") % {"number": number},
        hint=_("It needs side, start, end, quote and label; passage may be a number or null."),
    )


def _span(value: Any, number: int) -> SpanGiven:
    if not isinstance(value, dict):
        raise _refused(number)
    passage = value.get("passage")
    numbers = (value.get("start"), value.get("end"), 0 if passage is None else passage)
    if any(type(one) is not int or not 0 <= one < 2**31 for one in numbers):
        raise _refused(number)
    side, quote, label = (_word(value, name, number) for name in ("side", "quote", "label"))
    if side not in SIDES or label not in SPAN_LABELS:
        raise _refused(number)
    return SpanGiven(side, value["start"], value["end"], quote, label, passage)


def _word(value: dict[str, Any], name: str, number: int) -> str:
    word = value.get(name)
    if not isinstance(word, str):
        raise _refused(number)
    return word


def spans_from(values: Any) -> list[SpanGiven]:
    """Marks from parsed JSON; refused with the number of the first that is not one."""
    if not isinstance(values, list) or len(values) > MAX_SPANS:
        raise Refused(
            "spans_invalid", _("Marks are a list of at most %(most)d.") % {"most": MAX_SPANS}, field="spans"
        )
    return [_span(value, number) for number, value in enumerate(values, 1)]


def spans_from_text(text: str) -> list[SpanGiven]:
    """Marks from the hidden field of a judging form."""
    try:
        return spans_from(json.loads(text or "[]"))
    except (ValueError, RecursionError) as error:
        raise Refused("spans_invalid", _("The field spans is no JSON."), field="spans") from error


def shown_spans(said: Sequence[SpanSaid], *, left: UUID, right: UUID) -> list[dict[str, Any]]:
    """Kept marks as the page and the API show them: by the side an assignment drew for each response."""
    sides = {left: "left", right: "right"}
    return [
        {
            "side": sides[one.response_id],
            "start": one.start,
            "end": one.end,
            "quote": one.quote,
            "label": one.label,
            "passage": one.passage,
        }
        for one in said
    ]
