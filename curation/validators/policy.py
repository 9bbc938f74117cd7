"""Which validators leave a conversation out and which only mark it: a project's choice, cautious until it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from curation.conversation import Conversation
from curation.validators.arguments import tool_arguments
from curation.validators.calculation import calculation
from curation.validators.emptiness import emptiness
from curation.validators.encoding import encoding
from curation.validators.finding import MOST_PLACES, Validator
from curation.validators.language import language_mismatch
from curation.validators.roles import roles
from curation.validators.truncation import truncation


class Effect(StrEnum):
    """What a finding does: leave the conversation out, mark it, or nothing (the validator is not run)."""

    DROP = "drop"
    FLAG = "flag"
    OFF = "off"


VALIDATORS: Mapping[str, Validator] = {
    "bad_roles": roles,
    "cut_off": truncation,
    "empty_turn": emptiness,
    "damaged_text": encoding,
    "other_language": language_mismatch,
    "wrong_arithmetic": calculation,
    "bad_arguments": tool_arguments,
}
"""By the name of their drop reason, in the order in which they are asked; the first that drops names the reason."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one validator says of a conversation: how many places, the first of them, and what follows."""

    validator: str
    effect: Effect
    count: int
    places: tuple[dict[str, Any], ...]

    def as_data(self) -> dict[str, Any]:
        """The detail of a drop or a flag."""
        return {"count": self.count, "places": list(self.places)}


@dataclass(frozen=True, slots=True)
class Policy:
    """An effect for every validator."""

    effects: Mapping[str, Effect]

    def examine(self, conversation: Conversation) -> list[Found]:
        """What the validators that are on have to say, those that found nothing left out."""
        found = []
        for name, validator in VALIDATORS.items():
            if self.effects[name] is not Effect.OFF:
                places = list(validator(conversation))
                if places:
                    shown = tuple(place.as_data() for place in places[:MOST_PLACES])
                    found.append(Found(name, self.effects[name], len(places), shown))
        return found

    def as_data(self) -> dict[str, str]:
        """JSON form, complete."""
        return {name: self.effects[name].value for name in VALIDATORS}


CAUTIOUS = Policy(dict.fromkeys(VALIDATORS, Effect.FLAG))


def read_policy(data: Mapping[str, Any]) -> Policy:
    """From JSON over the cautious one; raises ValueError naming what is unknown."""
    for name, effect in data.items():
        if name not in VALIDATORS:
            raise ValueError(f"{name!r} is no validator; there are {', '.join(VALIDATORS)}")
        if effect not in set(Effect):
            raise ValueError(f"{name}: {effect!r} is no effect; a validator may {', '.join(Effect)}")
    return Policy({**CAUTIOUS.effects, **{name: Effect(effect) for name, effect in data.items()}})
