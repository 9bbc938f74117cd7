"""What a response says, read from Argilla's JSON without believing any of it. Pure; offsets end up in code points.

A browser counts UTF-16 code units, Python counts code points; Argilla stores what it was given. Where the two readings of a
span differ and both fit, nobody can know which was meant: the span is refused, the vote is not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..choices import Shown
from .blueprint import NO_REASON, PREFERENCE, REASONS, SIDES, SPAN_LABEL, UNGROUNDED, WHY


class Unreadable(Exception):
    """This part of a response means nothing here; `place` says which part, `detail` what was found."""

    def __init__(self, code: str, place: str, detail: str) -> None:
        super().__init__(f"{place}: {detail}")
        self.code, self.place, self.detail = code, place, detail


@dataclass(frozen=True, slots=True)
class Marked:
    """Ungrounded text on one side; start and end in code points of the text that was pushed."""

    side: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Given:
    """A readable response; `refused` are spans that were not."""

    shown: Shown
    tags: tuple[str, ...]
    rationale: str
    spans: tuple[Marked, ...]
    refused: tuple[Unreadable, ...]


def read_values(values: Any, texts: Mapping[str, str]) -> Given:
    """Read the answers to all questions; `texts` is each side's text as it was pushed. Raises Unreadable."""
    if not isinstance(values, Mapping):
        raise Unreadable("values_unreadable", "", f"expected answers by question, found {_kind(values)}")
    marked, refused = _spans(values, texts)
    return Given(
        shown=_preference(values),
        tags=_tags(values),
        rationale=_words(values),
        spans=tuple(marked),
        refused=tuple(refused),
    )


def _kind(value: Any) -> str:
    names = {
        type(None): "null",
        bool: f"JSON {str(value).lower()}",
        str: "text",
        list: "a list",
        Mapping: "an object",
    }
    return next((name for kind, name in names.items() if isinstance(value, kind)), type(value).__name__)


def _value(values: Mapping[Any, Any], question: str) -> Any:
    """The inner value, None where the question was not answered."""
    answer = values.get(question)
    if answer is None:
        return None
    if not isinstance(answer, Mapping):
        raise Unreadable(
            "answer_unreadable", question, f"expected an object with a value, found {_kind(answer)}"
        )
    return answer.get("value")


def _preference(values: Mapping[Any, Any]) -> Shown:
    value = _value(values, PREFERENCE)
    if value is None or value == "":
        raise Unreadable("preference_missing", PREFERENCE, "no choice was made")
    if not isinstance(value, str):
        raise Unreadable("preference_unreadable", PREFERENCE, f"expected one choice, found {_kind(value)}")
    if value not in {shown.value for shown in Shown}:
        raise Unreadable("preference_unknown", PREFERENCE, f"there is no choice {value[:60]!r}")
    return Shown(value)


def _tags(values: Mapping[Any, Any]) -> tuple[str, ...]:
    value = _value(values, REASONS)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Unreadable("reasons_unreadable", REASONS, f"expected a list of reasons, found {_kind(value)}")
    return tuple(dict.fromkeys(one for one in value if one != NO_REASON))


def _words(values: Mapping[Any, Any]) -> str:
    value = _value(values, WHY)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unreadable("words_unreadable", WHY, f"expected text, found {_kind(value)}")
    return value


def _spans(values: Mapping[Any, Any], texts: Mapping[str, str]) -> tuple[list[Marked], list[Unreadable]]:
    read = [one for side in SIDES for one in _side(values, side, texts.get(side, ""))]
    marked = [one for one in read if isinstance(one, Marked)]
    return list(dict.fromkeys(marked)), [one for one in read if isinstance(one, Unreadable)]


def _side(values: Mapping[Any, Any], side: str, text: str) -> Iterator[Marked | Unreadable]:
    question = UNGROUNDED.format(side)
    try:
        found = _value(values, question)
    except Unreadable as error:
        yield error
        return
    if found is None:
        return
    if not isinstance(found, list):
        yield Unreadable("span_unreadable", question, f"expected a list of spans, found {_kind(found)}")
        return
    for number, span in enumerate(found):
        try:
            yield Marked(side, *_offsets(span, text, f"{question}[{number}]"))
        except Unreadable as error:
            yield error


def _offsets(span: Any, text: str, place: str) -> tuple[int, int]:
    if not isinstance(span, Mapping) or not _numbers(span.get("start"), span.get("end")):
        raise Unreadable("span_unreadable", place, "a span needs a start and an end in whole numbers")
    if span.get("label") != SPAN_LABEL:
        raise Unreadable("span_label_unknown", place, f"there is no label {str(span.get('label'))[:60]!r}")
    start, end = span["start"], span["end"]
    readings = _readings(start, end, text)
    if not readings:
        raise Unreadable(
            "span_outside", place, f"{start} to {end} is no part of a text of {len(text)} characters"
        )
    if len(readings) > 1:
        raise Unreadable(
            "span_ambiguous",
            place,
            f"{start} to {end} means different words counted in characters and in UTF-16 units",
        )
    found = readings.pop()
    if not text[slice(*found)].strip():
        raise Unreadable("span_blank", place, f"{start} to {end} marks no words")
    return found


def _numbers(*values: Any) -> bool:
    return all(isinstance(value, int) and not isinstance(value, bool) for value in values)


def _readings(start: int, end: int, text: str) -> set[tuple[int, int]]:
    """What the offsets can mean, in code points."""
    points = {(start, end)} if 0 <= start < end <= len(text) else set()
    units = utf16_to_points(text, start), utf16_to_points(text, end)
    if units[0] is not None and units[1] is not None and units[0] < units[1]:
        points.add((units[0], units[1]))
    return points


def utf16_to_points(text: str, offset: int) -> int | None:
    """The code point at a UTF-16 offset; None outside the text or in the middle of a surrogate pair."""
    if offset < 0:
        return None
    units = 0
    for point, character in enumerate(text):
        if units == offset:
            return point
        units += 2 if ord(character) > 0xFFFF else 1
        if units > offset:
            return None
    return len(text) if units == offset else None
