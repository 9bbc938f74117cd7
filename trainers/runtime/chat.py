"""How a conversation becomes text: one rendering for every kind of training, and the same as a chat template.

ChatML with Hermes tool calls. `rendered` marks which characters the assistant wrote, because the loss falls on
them only (tool calls included). Rendering ours avoids a trap of columnar data sets: merged structs wrote
`"name": null` into the trained text of every tool call, unseen.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

PAD, START, END = "<|pad|>", "<|im_start|>", "<|im_end|>"
SPECIAL_TOKENS = (PAD, START, END)

CHAT_TEMPLATE = (
    r"{%- if tools %}{{ '<|im_start|>tools\n' }}"
    r"{%- for tool in tools %}{{ '\n' if not loop.first }}{{ tool | tojson }}{%- endfor %}"
    r"{{ '<|im_end|>\n' }}{%- endif %}"
    r"{%- for message in messages %}{{ '<|im_start|>' + message.role + '\n' }}"
    r"{%- if message.role == 'assistant' %}{%- generation %}{{ message.content or '' }}"
    r"{%- for call in message.tool_calls or [] %}{{ '\n' if message.content or not loop.first }}{{ '<tool_call>' }}"
    r"{{ {'name': call.function.name, 'arguments': call.function.arguments} | tojson }}{{ '</tool_call>' }}"
    r"{%- endfor %}{{ '<|im_end|>' }}{%- endgeneration %}"
    r"{%- else %}{{ (message.content or '') + '<|im_end|>' }}{%- endif %}{{ '\n' }}"
    r"{%- endfor %}"
    r"{%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{%- endif %}"
)

Chat = Sequence[Mapping[str, Any]]
Piece = tuple[str, bool]
GENERATION_PROMPT = f"{START}assistant\n"


def rendered(messages: Chat, tools: Sequence[Any] | None = None) -> Iterator[Piece]:
    """Pieces of text, each with whether the assistant wrote it."""
    if tools:
        yield f"{START}tools\n" + "\n".join(_json(tool) for tool in tools) + f"{END}\n", False
    for message in messages:
        yield f"{START}{message['role']}\n", False
        yield (
            (assistant_text(message) if message["role"] == "assistant" else _safe(message.get("content")))
            + END,
            (message["role"] == "assistant"),
        )
        yield "\n", False


def rendered_last_turn(messages: Chat, tools: Sequence[Any] | None = None) -> Iterator[Piece]:
    """The same text, but only what the assistant wrote after the last question counts: the turn that was judged."""
    asked = max((place for place, message in enumerate(messages) if message["role"] == "user"), default=-1)
    for text, _ in rendered(messages[: asked + 1], tools):
        yield text, False
    yield from rendered(messages[asked + 1 :])


def assistant_text(message: Mapping[str, Any]) -> str:
    """Text, then each tool call on a line of its own."""
    calls = [
        "<tool_call>"
        + _json({"name": call["function"]["name"], "arguments": call["function"]["arguments"]})
        + "</tool_call>"
        for call in message.get("tool_calls") or ()
    ]
    said = _safe(message.get("content"))
    return "\n".join([said, *calls] if said else calls)


def _json(value: Any) -> str:
    return _safe(json.dumps(value, ensure_ascii=False))


def _safe(text: str | None) -> str:
    """Content cannot forge a turn: a special token inside it is broken apart."""
    out = text or ""
    for token in SPECIAL_TOKENS:
        out = out.replace(token, token.replace("|", "¦"))
    return out
