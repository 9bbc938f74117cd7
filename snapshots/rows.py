"""Training rows in the shape trainers read: TRL's conversational SFT and preference forms, plus lineage.

Input is the normal form of a conversation; output is a JSON-able row. Nothing is guessed: a conversation that
cannot be said in this shape (a file part, no final answer) is refused by name.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]


class NotARow(ValueError):
    """This conversation has no such row; `code` names the exclusion it is counted under."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Lineage:
    """Where a row comes from: enough to walk back to the trace, the people and the rules."""

    trace: str
    conversation_version: str
    judgments: Sequence[str] = ()
    simulated: bool = False
    licence: str = "unknown"
    redaction_rules: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    def as_columns(self) -> dict[str, Any]:
        """The lineage part of a row; judgments sorted, so their order in the database does not matter."""
        return {
            "trace": self.trace,
            "conversation_version": self.conversation_version,
            "judgments": sorted(self.judgments),
            "simulated": self.simulated,
            "licence": self.licence,
            "redaction_rules": self.redaction_rules,
            **self.extra,
        }


def split_at_question(conversation: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
    """(prompt, answer): the prompt ends with the last thing the user said, tool use after it is answer."""
    messages = list(conversation["messages"])
    asked = max((place for place, one in enumerate(messages) if one["role"] == "user"), default=-1)
    return messages[: asked + 1], messages[asked + 1 :]


def sft_row(
    *,
    prompt: Sequence[Mapping[str, Any]],
    answer: Sequence[Mapping[str, Any]],
    tools: Sequence[Mapping[str, Any]],
    reason: str,
    split: str,
    lineage: Lineage,
) -> dict[str, Any]:
    """One SFT row: the conversation up to the question, and the answer people stand behind. Raises NotARow."""
    asked, said = chat_messages(prompt), chat_messages(answer)
    if not asked:
        raise NotARow("no_prompt")
    _require_answer(said)
    return _row("sft", {"messages": asked + said, "reason": reason}, tools, split, lineage)


def preference_row(
    *,
    prompt: Sequence[Mapping[str, Any]],
    chosen: Sequence[Mapping[str, Any]],
    rejected: Sequence[Mapping[str, Any]],
    tools: Sequence[Mapping[str, Any]],
    strength: float,
    votes: Mapping[str, int],
    reason: str,
    split: str,
    lineage: Lineage,
) -> dict[str, Any]:
    """One preference row (prompt, chosen ≻ rejected); `strength` in (0, 2], `votes` counts each choice."""
    asked, better, worse = chat_messages(prompt), chat_messages(chosen), chat_messages(rejected)
    if not asked:
        raise NotARow("no_prompt")
    _require_answer(better)
    _require_answer(worse)
    if better == worse:
        raise NotARow("identical_answers")
    body = {
        "prompt": asked,
        "chosen": better,
        "rejected": worse,
        "strength": round(strength, 3),
        "votes": dict(votes),
        "reason": reason,
    }
    return _row("preference", body, tools, split, lineage)


def trl_view(row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns TRL trains on, without ours beside them."""
    wanted = ("messages",) if row["kind"] == "sft" else ("prompt", "chosen", "rejected")
    view = {name: row[name] for name in wanted}
    if row.get("tools"):
        view["tools"] = row["tools"]
    return view


def chat_messages(messages: Sequence[Mapping[str, Any]]) -> list[Message]:
    """Normal-form messages as chat messages. Reasoning parts are left out; a file part raises NotARow."""
    out: list[Message] = []
    for message in messages:
        out.extend(_chat_message(message))
    return out


def _chat_message(message: Mapping[str, Any]) -> list[Message]:
    parts = message["parts"]
    if any(part["type"] not in _KNOWN_PARTS for part in parts):
        raise NotARow("unsupported_part")
    results = [_tool_result(part) for part in parts if part["type"] == "tool_result"]
    text = "\n\n".join(part["text"] for part in parts if part["type"] == "text")
    calls = [_tool_call(part) for part in parts if part["type"] == "tool_call"]
    if results and not calls:
        return results
    chat: Message = {"role": message["role"], "content": text}
    if message["role"] == "tool" and message.get("name"):
        chat["name"] = message["name"]
    if calls:
        chat["tool_calls"] = calls
    return [chat, *results]


_KNOWN_PARTS = frozenset({"text", "reasoning", "tool_call", "tool_result"})


def _tool_call(part: Mapping[str, Any]) -> Message:
    call: Message = {
        "type": "function",
        "function": {"name": part["name"], "arguments": _parsed(part.get("arguments"))},
    }
    if part.get("id"):
        call["id"] = part["id"]
    return call


def _tool_result(part: Mapping[str, Any]) -> Message:
    result = part.get("result")
    said: Message = {"role": "tool", "content": result if isinstance(result, str) else _compact(result)}
    if part.get("name"):
        said["name"] = part["name"]
    if part.get("id"):
        said["tool_call_id"] = part["id"]
    return said


def _tool_schema(tool: Mapping[str, Any]) -> dict[str, Any]:
    function = {key: tool[key] for key in ("name", "description", "parameters") if tool.get(key) is not None}
    return {"type": "function", "function": function}


def _row(
    kind: str, body: Mapping[str, Any], tools: Sequence[Mapping[str, Any]], split: str, lineage: Lineage
) -> dict[str, Any]:
    row = {"kind": kind, **body, "split": split, "lineage": lineage.as_columns()}
    schemas = [_tool_schema(tool) for tool in tools]
    if schemas:
        row["tools"] = schemas
    return row


def _require_answer(messages: Sequence[Mapping[str, Any]]) -> None:
    if not messages or messages[-1]["role"] != "assistant":
        raise NotARow("no_answer")
    if not messages[-1]["content"].strip():
        raise NotARow("empty_answer")


def _parsed(arguments: Any) -> Any:
    if not isinstance(arguments, str):
        return {} if arguments is None else arguments
    try:
        return json.loads(arguments)
    except ValueError:
        return arguments


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
