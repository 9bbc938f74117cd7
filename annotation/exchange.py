"""A conversation seen as a judge sees it: what was asked, the steps an answer took, and the answer itself."""

from collections.abc import Sequence

from curation.conversation import Conversation, Message, message_text, split_answer, text_part

from .filters import canonical


def question(conversation: Conversation) -> list[Message]:
    """Everything up to the last user turn, without system prompts: they name variants and ask nothing."""
    asked = _last_user(conversation)
    return [one for one in conversation["messages"][: asked + 1] if one["role"] != "system"]


def steps(conversation: Conversation) -> list[Message]:
    """Tool calls and results between the last question and the answer: how the answer came about."""
    _prompt, answer = split_answer(conversation)
    messages = conversation["messages"]
    return messages[_last_user(conversation) + 1 : len(messages) - len(answer)]


def _last_user(conversation: Conversation) -> int:
    asked = [index for index, one in enumerate(conversation["messages"]) if one["role"] == "user"]
    return asked[-1] if asked else -1


def asked_text(conversation: Conversation) -> str:
    """All user turns in one spelling: equal for two requests that ask the same, whatever was answered before."""
    turns = [message_text(one) for one in conversation["messages"] if one["role"] == "user"]
    return "\n".join(canonical(turn).casefold() for turn in turns)


def final_text(answer: Sequence[Message]) -> str:
    """The text of an answer, "" if there is none."""
    return "\n".join(message_text(one) for one in answer).strip()


def alternatives(conversation: Conversation) -> list[list[Message]]:
    """The other choices of an n-best answer that say anything."""
    return [other for other in conversation["alternatives"] if final_text(other)]


def with_text(answer: Sequence[Message], text: str) -> list[Message]:
    """The answer as rewritten by a person: one message, tool calls in it kept, reasoning left out."""
    kept = [part for one in answer for part in one["parts"] if part.get("type") not in ("text", "reasoning")]
    return [{"role": "assistant", "parts": [*kept, text_part(text)]}]


def evidence(conversation: Conversation) -> list[str]:
    """What the answer could rest on: retrieved passages and tool results."""
    results = [
        str(part.get("result", ""))
        for one in steps(conversation)
        for part in one["parts"]
        if part.get("type") == "tool_result" and not part.get("is_error")
    ]
    return [passage["text"] for passage in conversation["retrieval"]] + results
