"""Two older forms of training data: ShareGPT's turns and Alpaca's instructions. Neither line is a call that took place."""

from __future__ import annotations

from typing import Any

from curation.conversation import Message, Part, message_text
from curation.formats.carried import CARRIED
from curation.formats.files.base import CannotWrite, Defaults, Exported, Format, Found, Line, one_span, untold
from curation.formats.files.chat import as_text, asked_and_answered, part_text
from curation.formats.messages import decoded, encoded
from curation.formats.row import LIST, OBJECT, TEXT, Row, present

SPEAKERS = {
    "human": "user", "user": "user", "gpt": "assistant", "assistant": "assistant", "chatgpt": "assistant",
    "model": "assistant", "system": "system", "tool": "tool", "observation": "tool", "function_response": "tool",
    "function_call": "assistant",
}  # fmt: skip
NAMES = {"user": "human", "assistant": "gpt", "system": "system", "tool": "observation"}
TOLD_SHAREGPT = ("conversations", "system", "tools")
TOLD_ALPACA = ("instruction", "input", "output", "system", "history")
BETWEEN = "\n\n"
"""What stands between an instruction and its input in the question."""


def fits_sharegpt(line: Line) -> bool:
    """Whether this is a dialogue of `from` and `value`."""
    turns = line.get("conversations")
    return isinstance(turns, list) and all(
        isinstance(one, dict) and "from" in one and "value" in one for one in turns
    )


def read_sharegpt(line: Line, row: Row, defaults: Defaults) -> list[Found]:
    """The dialogue; calls get ids by their order, as the form has none."""
    row.expect(line.get("conversations"), LIST, "conversations")
    row.expect(line.get("system"), TEXT, "system", required=False)
    messages = [{"role": "system", "content": line["system"]}] if line.get("system") else []
    waiting: list[str] = []
    for place, turn in enumerate(line["conversations"]):
        at = f"conversations[{place}]"
        row.expect(turn, OBJECT, at)
        row.expect(turn.get("from"), TEXT, f"{at}.from")
        row.expect(turn.get("value"), TEXT, f"{at}.value")
        row.one_of(turn["from"], tuple(SPEAKERS), f"{at}.from")
        messages.append(_turn(turn, place, waiting))
    return [_found("sharegpt", line, messages, _tools(line, row), defaults, TOLD_SHAREGPT)]


def _tools(line: Line, row: Row) -> Any:
    given = line.get("tools")
    row.expect(given, (*TEXT, *LIST), "tools", required=False)
    return decoded(given) or None if isinstance(given, str) else given


def _turn(turn: Line, place: int, waiting: list[str]) -> dict[str, Any]:
    speaker, value = turn["from"], turn["value"]
    if SPEAKERS[speaker] == "tool":
        return {"role": "tool", "parts": [
            {"type": "tool_call_response", "id": waiting.pop(0) if waiting else "", "response": value}
        ]}  # fmt: skip
    if speaker == "function_call":
        given = decoded(value)
        calls = given if isinstance(given, list) else [given]
        parts = []
        for number, one in enumerate(calls):
            name, arguments = (
                (one.get("name", ""), one.get("arguments", {}))
                if isinstance(one, dict)
                else ("", as_text(one))
            )
            waiting.append(f"call_{place}_{number}")
            parts.append({"type": "tool_call", "id": waiting[-1], "name": name, "arguments": arguments})
        return {"role": "assistant", "parts": parts}
    return {"role": SPEAKERS[speaker], "content": value}


def write_sharegpt(exported: Exported) -> Line:
    """The dialogue; reasoning stands in `<think>` as most trainers of this form expect it."""
    asked_and_answered(exported.conversation)
    tools = [dict(tool) for tool in exported.conversation["tools"]]
    return present({
        "conversations": [turn for one in exported.conversation["messages"] for turn in _turns(one)],
        "tools": encoded(tools) if tools else None,
    })  # fmt: skip


def _turns(one: Message) -> list[Line]:
    words = [part for part in one["parts"] if part["type"] not in ("tool_call", "tool_result")]
    calls = [part for part in one["parts"] if part["type"] == "tool_call"]
    results = [part for part in one["parts"] if part["type"] == "tool_result"]
    turns = (
        [{"from": NAMES[one["role"]], "value": "\n".join(map(_shown, words))}]
        if words or not (calls or results)
        else []
    )
    if calls:
        asked: list[Line] = [
            {"name": part.get("name", ""), "arguments": part.get("arguments", {})} for part in calls
        ]
        turns.append({"from": "function_call", "value": encoded(asked[0] if len(asked) == 1 else asked)})
    return turns + [{"from": "observation", "value": as_text(part.get("result", ""))} for part in results]


def _shown(part: Part) -> str:
    text = part_text(part)
    return f"<think>\n{text}\n</think>\n" if part["type"] == "reasoning" else text


def fits_alpaca(line: Line) -> bool:
    """Whether this is an instruction with its output."""
    return "instruction" in line and "output" in line


def read_alpaca(line: Line, row: Row, defaults: Defaults) -> list[Found]:
    """Question and answer, after what was said before."""
    for name, required in (("instruction", True), ("input", False), ("output", True), ("system", False)):
        row.expect(line.get(name), TEXT, name, required=required)
    row.expect(line.get("history"), LIST, "history", required=False)
    messages = [{"role": "system", "content": line["system"]}] if line.get("system") else []
    for place, pair in enumerate(line.get("history") or []):
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair)):
            row.refuse(
                f"history[{place}]",
                "wrong_type",
                "this is no pair of texts",
                "Send each as [question, answer].",
            )
        messages += [{"role": "user", "content": pair[0]}, {"role": "assistant", "content": pair[1]}]
    asked = BETWEEN.join(one for one in (line["instruction"], line.get("input")) if one)
    messages += [{"role": "user", "content": asked}, {"role": "assistant", "content": line["output"]}]
    return [_found("alpaca", line, messages, None, defaults, TOLD_ALPACA)]


def write_alpaca(exported: Exported) -> Line:
    """Only words fit in this form: a conversation with tools has no place in it."""
    prompt, answer = asked_and_answered(exported.conversation)
    if any(
        part["type"] in ("tool_call", "tool_result") for one in [*prompt, answer] for part in one["parts"]
    ):
        raise CannotWrite("tools")
    system = [message_text(one) for one in prompt if one["role"] == "system"]
    said = [one for one in prompt if one["role"] != "system"]
    if [one["role"] for one in said] != ["user", "assistant"] * (len(said) // 2) + ["user"]:
        raise CannotWrite("turns_out_of_order")
    texts = ["\n".join(map(_shown, one["parts"])) for one in [*said, answer]]
    return present({
        "instruction": texts[-2], "input": "", "output": texts[-1], "system": "\n".join(system) or None,
        "history": [texts[place : place + 2] for place in range(0, len(texts) - 2, 2)] or None,
    })  # fmt: skip


def _found(
    form: str, line: Line, messages: list[Any], tools: Any, defaults: Defaults, told: tuple[str, ...]
) -> Found:
    answered = bool(messages) and messages[-1]["role"] == "assistant"
    attributes = present({
        "gen_ai.input.messages": messages[:-1] if answered else messages,
        "gen_ai.output.messages": messages[-1:] if answered else None,
        "gen_ai.tool.definitions": tools,
        "winnow.fields": untold(line, *told),
        CARRIED: {"calls": []},
    })  # fmt: skip
    return Found(one_span(form, attributes, start=defaults.at, service=defaults.service), "", line)


SHAREGPT = Format("sharegpt", "ShareGPT", fits_sharegpt, read_sharegpt, write_sharegpt)
ALPACA = Format("alpaca", "Alpaca", fits_alpaca, read_alpaca, write_alpaca)
