"""A conversation seen as one question and one answer: what was asked up to the last user turn, and what followed.

Tool calls and their results belong to the answer: two variants that used different tools answered differently.
"""

from collections.abc import Sequence

from curation.conversation import Conversation, Message, message_text, text_part

from .filters import canonical


def _after_last_user(conversation: Conversation) -> int:
    asked = [index for index, one in enumerate(conversation["messages"]) if one["role"] == "user"]
    return asked[-1] + 1 if asked else 0


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
