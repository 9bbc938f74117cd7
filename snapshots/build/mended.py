"""Turns of one conversation that people mended one after the other: they make one row, in people's words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from uuid import UUID

from annotation.exchange import all_turns, as_of
from annotation.models import Decision, Response
from curation.conversation import Conversation, Message
from snapshots.rows import split_at_question


@dataclass(frozen=True)
class MendedTurn:
    """The item by which a turn was mended, and the words that stand there now."""

    item: str
    response: Response


Mended = Mapping[int | None, MendedTurn]


def load_mended(versions: Collection[UUID]) -> dict[UUID, dict[int | None, MendedTurn]]:
    """By conversation version and turn, what real people mended and nobody dropped; of several fixes always the same one."""
    said = Decision.objects.standing().filter(
        simulated=0, item__kind="repair", item__repair__response__version__in=versions
    )
    place = ("item__repair__response__version_id", "item__repair__response__turn")
    dropped = set(said.filter(outcome="dropped").values_list(*place))
    found: dict[UUID, dict[int | None, MendedTurn]] = {}
    for decision in said.filter(outcome="fixed").select_related("response").order_by("item_id"):
        response = decision.response
        if response is not None and (response.version_id, response.turn) not in dropped:
            turns = found.setdefault(response.version_id, {})
            turns.setdefault(response.turn, MendedTurn(str(decision.item_id), response))
    return found


def mended_next(conversation: Conversation, turn: int | None, mended: Mended) -> list[MendedTurn]:
    """The mended turns that follow this one with no other answer between: nobody read one after the new words."""
    turns = all_turns(conversation)
    following = turns[turns.index(turn) + 1 :] if turn in turns else []
    return [mended[one] for one in takewhile(mended.__contains__, following)]


def asked_before(conversation: Conversation, mended: Sequence[Response]) -> list[Message]:
    """Everything before the answer of the last of these turns, the earlier ones in their new words."""
    *earlier, last = mended
    prompt, _answer = split_at_question(as_of(conversation, last.turn))
    for response in reversed(earlier):
        assert response.turn is not None
        end = len(as_of(conversation, response.turn)["messages"])
        prompt[response.turn : end] = response.messages
    return prompt
