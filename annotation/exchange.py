"""A conversation seen as one question and one answer: what was asked up to the last user turn, and what followed.

Tool calls and their results belong to the answer: two variants that used different tools answered differently.
A turn inside is looked at as the conversation stood then (`as_of`): one question and one answer as well.
"""

from collections.abc import Sequence
from itertools import takewhile

from curation.conversation import Conversation, Message, message_text, text_part

from .filters import canonical


def _after_last_user(conversation: Conversation) -> int:
    asked = [index for index, one in enumerate(conversation["messages"]) if one["role"] == "user"]
    return asked[-1] + 1 if asked else 0


def as_of(conversation: Conversation, turn: int | None) -> Conversation:
    """The conversation up to the answer that begins after `turn` messages; all of it where that is its last.

    What it holds of retrieval and of other choices belongs to the last answer and is left out of earlier ones.
    """
    if turn is None:
        return conversation
    answer = takewhile(lambda one: one["role"] != "user", conversation["messages"][turn:])
    cut = [*conversation["messages"][:turn], *answer]
    return {**conversation, "messages": cut, "retrieval": [], "alternatives": []}


def afterwards(conversation: Conversation, turn: int | None) -> list[Message]:
    """What was said after that turn's answer."""
    return conversation["messages"][len(as_of(conversation, turn)["messages"]) :]


def all_turns(conversation: Conversation) -> list[int | None]:
    """The turns the assistant took, in words or not, in their order; None names the last thing asked."""
    held, last = conversation["messages"], _after_last_user(conversation)
    begins = [
        place
        for place in range(1, len(held))
        if held[place - 1]["role"] == "user" and held[place]["role"] != "user"
    ]
    return [None if place == last else place for place in begins]


def turns_of(conversation: Conversation) -> list[int | None]:
    """Those in which the assistant answered in words."""
    turns = all_turns(conversation)
    return [turn for turn in turns if final_text(response_of(as_of(conversation, turn)))]


def question(conversation: Conversation) -> list[Message]:
    """Everything up to the last user turn, without system prompts: they name variants and ask nothing."""
    asked = conversation["messages"][: _after_last_user(conversation)]
    return [one for one in asked if one["role"] != "system"]


def response_of(conversation: Conversation) -> list[Message]:
    """Everything after the last user turn: tool calls, results, answer."""
    return conversation["messages"][_after_last_user(conversation) :]


def asked_text(conversation: Conversation) -> str:
    """All user turns in one spelling: equal for two requests that ask the same, whatever was answered before."""
    turns = [message_text(one) for one in conversation["messages"] if one["role"] == "user"]
    return "\n".join(canonical(turn).casefold() for turn in turns)


def final_text(response: Sequence[Message]) -> str:
    """The text of a response's last message, "" if it does not end with the assistant speaking."""
    if not response or response[-1]["role"] != "assistant":
        return ""
    return message_text(response[-1]).strip()


def alternatives(conversation: Conversation) -> list[list[Message]]:
    """The other choices of an n-best answer as whole responses: the same steps, another last message."""
    response = response_of(conversation)
    steps = response[:-1] if final_text(response) else response
    found = [[*steps, *other] for other in conversation["alternatives"]]
    return [one for one in found if final_text(one)]


def with_text(response: Sequence[Message], text: str) -> list[Message]:
    """The response with its last words rewritten by a person; steps and calls stay, reasoning is left out."""
    steps, last = (response[:-1], response[-1:]) if final_text(response) else (response, [])
    kept = [part for one in last for part in one["parts"] if part.get("type") not in ("text", "reasoning")]
    return [*steps, {"role": "assistant", "parts": [*kept, text_part(text)]}]


def evidence(conversation: Conversation) -> list[str]:
    """What the answer could rest on: retrieved passages and tool results."""
    results = [
        str(part.get("result", ""))
        for one in response_of(conversation)
        for part in one["parts"]
        if part.get("type") == "tool_result" and not part.get("is_error")
    ]
    return [passage["text"] for passage in conversation["retrieval"]] + results
