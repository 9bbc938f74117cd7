"""What a practice page shows of one item, on the sides this try put its answers on."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from curation.bodies import load_whole
from curation.conversation import Message, Retrieved, message

from .cards import Option, ShownAnswer, options
from .choices import RepairChoice
from .exchange import as_of, question
from .models import Pair, PracticeItem, Repair
from .shortcuts import USUAL, Keys
from .sides import place

Answered = tuple[list[Message], list[Retrieved]]
Found = tuple[list[Message], list[Answered]]
"""What was asked, and each answer with its passages."""


@dataclass(frozen=True, slots=True)
class PracticeCard:
    """A question, one or two answers, and the choices with their keys."""

    prompt: list[Message]
    answers: list[ShownAnswer]
    options: list[Option]


def practice_card(item: PracticeItem, *, kind: str, swapped: bool, keys: Keys = USUAL) -> PracticeCard:
    """The card of a picked or a written item."""
    prompt, found = _written(item, kind) if item.source_id is None else _picked(item.source_id, kind)
    if kind == "pair":
        left, right = place(found[0], found[1], swapped=swapped)
        shown = [_side("left", "A", left), _side("right", "B", right)]
        return PracticeCard(prompt, shown, options(keys))
    return PracticeCard(prompt, [_side("left", _("The answer"), found[0])], repair_options(keys))


def repair_options(keys: Keys = USUAL) -> list[Option]:
    """What can be done with one answer."""
    words = {
        RepairChoice.ACCEPT: _("Accept"),
        RepairChoice.FIX: _("Needs fixing"),
        RepairChoice.DROP: _("Drop"),
    }
    return [Option(choice, word, keys[choice]) for choice, word in words.items()]


def _written(item: PracticeItem, kind: str) -> Found:
    texts = [item.answer_a, item.answer_b] if kind == "pair" else [item.answer_a]
    return [message("user", item.question)], [([message("assistant", text)], []) for text in texts]


def _picked(source: UUID, kind: str) -> Found:
    if kind == "pair":
        pair = Pair.objects.select_related("item__version", "response_a__version", "response_b__version").get(
            item_id=source
        )
        version, responses = pair.item.version, [pair.response_a, pair.response_b]
    else:
        repair = Repair.objects.select_related("item__version", "response__version").get(item_id=source)
        version, responses = repair.item.version, [repair.response]
    shown = [version, *(one.version for one in responses)]
    bodies = load_whole({one.pk: one.day for one in shown})
    found = [
        (one.messages, list(as_of(bodies[one.version_id].conversation, one.turn)["retrieval"]))
        for one in responses
    ]
    return question(as_of(bodies[version.pk].conversation, responses[0].turn)), found


def _side(side: str, name: str, found: Answered) -> ShownAnswer:
    messages, passages = found
    words = sum(len(part.get("text", "").split()) for one in messages for part in one["parts"])
    return ShownAnswer(side=side, name=name, messages=messages, passages=passages, words=words)
