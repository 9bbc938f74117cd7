"""OpenAI's fine-tuning files: conversations, and preferences between two answers.

https://platform.openai.com/docs/guides/supervised-fine-tuning and .../direct-preference-optimization. A line is no
call that took place, so the conversation has none. In the preference form the preferred answer is the answer, the other
one its alternative, and a verdict named `preference` says so.
"""

from __future__ import annotations

from typing import Any

from curation.formats.carried import CARRIED
from curation.formats.files.base import (
    CannotWrite,
    Defaults,
    Exported,
    Format,
    Found,
    Line,
    one_span,
    untold,
    verdict,
)
from curation.formats.files.chat import asked_and_answered, chat_message, chat_messages, chat_tools
from curation.formats.messages import read_messages
from curation.formats.openai import without_logprobs
from curation.formats.row import FLAG, LIST, OBJECT, Row, present

CALL_SIGNS = {"model", "request", "response", "choices", "system", "max_tokens", "trace_id", "conversations"}
TOLD_CHAT = ("messages", "tools", "functions")
TOLD_PREFERENCE = ("input", "preferred_output", "non_preferred_output")
PREFERENCE, PREFERRED = "preference", "winnow.preferred"


def fits_chat(line: Line) -> bool:
    """Whether this is a conversation to train on."""
    return isinstance(line.get("messages"), list) and not CALL_SIGNS & line.keys()


def read_chat(line: Line, row: Row, defaults: Defaults) -> list[Found]:
    """One conversation; the last message of the assistant is its answer."""
    row.messages(line.get("messages"), "messages")
    row.expect(line.get("tools"), LIST, "tools", required=False)
    row.expect(line.get("parallel_tool_calls"), FLAG, "parallel_tool_calls", required=False)
    messages = without_logprobs(line["messages"])
    answered = bool(messages) and messages[-1]["role"] == "assistant"
    attributes = present({
        "gen_ai.input.messages": messages[:-1] if answered else messages,
        "gen_ai.output.messages": messages[-1:] if answered else None,
        "gen_ai.tool.definitions": line.get("tools") or line.get("functions"),
        "winnow.fields": untold(line, *TOLD_CHAT),
        CARRIED: {"calls": []},
    })  # fmt: skip
    span = one_span("openai_chat", attributes, start=defaults.at, service=defaults.service)
    return [Found(span, "", line)]


def write_chat(exported: Exported) -> Line:
    """The conversation as one line to train on."""
    asked_and_answered(exported.conversation)
    return present({
        "messages": chat_messages(exported.conversation["messages"]),
        "tools": chat_tools(exported.conversation["tools"]) or None,
    })  # fmt: skip


def fits_preference(line: Line) -> bool:
    """Whether this is a preference between two answers."""
    return "preferred_output" in line and "input" in line


def read_preference(line: Line, row: Row, defaults: Defaults) -> list[Found]:
    """One conversation with its answer, the alternative, and the verdict between them."""
    for name, types in (("input", OBJECT), ("preferred_output", LIST), ("non_preferred_output", LIST)):
        row.expect(line.get(name), types, name)
    given = line["input"]
    row.messages(given.get("messages"), "input.messages")
    row.expect(given.get("tools"), LIST, "input.tools", required=False)
    for name in ("preferred_output", "non_preferred_output"):
        row.messages(line[name], name)
        if not line[name] or line[name][-1]["role"] != "assistant":
            row.refuse(
                name, "wrong_value", "this is no answer of the assistant", "End it with an assistant message."
            )
    *steps, answer = without_logprobs(line["preferred_output"])
    attributes = present({
        "gen_ai.input.messages": [*without_logprobs(given["messages"]), *steps],
        "gen_ai.output.messages": [answer],
        "gen_ai.tool.definitions": given.get("tools"),
        "winnow.fields": {**(untold(given, "messages", "tools") or {}), **(untold(line, *TOLD_PREFERENCE) or {})} or None,
        PREFERRED: "answer",
        CARRIED: {"calls": [], "alternatives": [read_messages(without_logprobs(line["non_preferred_output"]))]},
    })  # fmt: skip
    events = [verdict(PREFERENCE, "up", defaults.at)]
    span = one_span(
        "openai_preference", attributes, start=defaults.at, service=defaults.service, events=events
    )
    return [Found(span, "", line)]


def write_preference(exported: Exported) -> Line:
    """The answer over its first alternative; only where it is on record that the answer was preferred."""
    conversation = exported.conversation
    prompt, answer = asked_and_answered(conversation)
    if conversation["attributes"].get(PREFERRED) != "answer" or not conversation["alternatives"]:
        raise CannotWrite("no_preference")
    other: list[Any] = chat_messages(conversation["alternatives"][0])
    if not other or other[-1]["role"] != "assistant":
        raise CannotWrite("no_preference")
    return {
        "input": present(
            {"messages": chat_messages(prompt), "tools": chat_tools(conversation["tools"]) or None}
        ),
        "preferred_output": chat_message(answer),
        "non_preferred_output": other,
    }


OPENAI_CHAT = Format("openai_chat", "OpenAI fine-tuning, chat", fits_chat, read_chat, write_chat)
OPENAI_PREFERENCE = Format(
    "openai_preference", "OpenAI fine-tuning, preference", fits_preference, read_preference, write_preference
)
