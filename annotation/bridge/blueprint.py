"""What a campaign looks like in Argilla, as plain data: fields, questions and metadata, with their names used on the way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PROMPT, LEFT, RIGHT = "prompt", "left", "right"
STEPS, PASSAGES = "{}_steps", "{}_passages"
PREFERENCE, REASONS, WHY, UNGROUNDED = "preference", "reasons", "why", "ungrounded_{}"
SIDES = (LEFT, RIGHT)
SPAN_LABEL = "ungrounded"
NO_REASON = "none"
"""A second label beside a campaign's only reason: Argilla wants two, and this one says nothing."""
STRATUM, LANGUAGE, PRIORITY = "stratum", "language", "priority"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of every record; `chat` holds messages, the others text. Nothing is markdown: remote images would track readers."""

    name: str
    title: str
    chat: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """`kind` is label, labels, text or span; `labels` maps values to words; `field` is where a span is marked."""

    name: str
    title: str
    kind: str
    labels: Mapping[str, str] | None = None
    field: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Blueprint:
    """Everything a data set is made of."""

    guidelines: str
    fields: Sequence[Field]
    questions: Sequence[Question]
    min_submitted: int


def blueprint(
    *,
    guidelines: str,
    choices: Mapping[str, str],
    reasons: Mapping[str, str],
    requires: Sequence[str],
    min_submitted: int,
) -> Blueprint:
    """The data set of a campaign: two answers on their sides, our scale, reasons, words, and spans on both sides."""
    questions = [Question(PREFERENCE, "Which answer is better?", "label", choices, required=True)]
    if reasons:
        offered = {**reasons, **({NO_REASON: "–"} if len(reasons) == 1 else {})}
        questions.append(Question(REASONS, "Reasons", "labels", offered, required="tags" in requires))
    questions.append(Question(WHY, "In your own words", "text", required="rationale" in requires))
    questions += [
        Question(
            UNGROUNDED.format(side),
            f"{name}: text the sources do not support",
            "span",
            {SPAN_LABEL: "not in the sources"},
            field=side,
        )
        for side, name in _NAMES.items()
    ]
    return Blueprint(guidelines, list(_fields()), questions, min_submitted)


_NAMES = {LEFT: "A", RIGHT: "B"}


def _fields() -> Sequence[Field]:
    fields = [Field(PROMPT, "What was asked", chat=True, required=True)]
    for side, name in _NAMES.items():
        fields += [
            Field(STEPS.format(side), f"{name}: steps taken", chat=True),
            Field(side, f"Answer {name}", required=True),
            Field(PASSAGES.format(side), f"{name}: passages it was given"),
        ]
    return fields
