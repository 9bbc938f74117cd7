"""The assistant's model: rules that decide on a tool, or write an answer from passages and cite them.

It is no language model, but it behaves like one at its edges: it stops at `max_tokens`, refuses prompts
that are too long, offers several choices, and two configurations of it answer the same question differently.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from examples.assistant.library import Passage
from examples.assistant.retrieval import words

CONTEXT_WORDS = 1500
ARITHMETIC = re.compile(r"(?<![\w.])\(?-?\d[\d.]*(?:\s*(?:\*\*|//|[-+*/%])\s*\(?-?\d[\d.]*\)?)+")
TRACKER = re.compile(r"\b(open bugs?|known bugs?|issue tracker|already reported)\b", re.I)
PERSON = re.compile(r"\b(human|real person|refund|lawyer|complain|cancel my account)\b", re.I)
SENTENCE = re.compile(r"(?<=[.!?:])\s+(?=[A-Z`'\"])")
SIGNATURE = re.compile(r"\w+\([^\n]*\)(?: -> [^\n]*)?")
HANDOVER = "I cannot decide this for you, so I am handing you over to a colleague."

Message = dict[str, Any]


class PromptTooLong(ValueError):
    """The prompt has more words than the model reads."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One configuration of the assistant; `k` passages are retrieved, `sentences` of them are quoted."""

    name: str
    model: str
    k: int
    sentences: int


VARIANTS = {
    "concise": Variant("concise", "docs-rules-1-concise", 2, 2),
    "thorough": Variant("thorough", "docs-rules-1-thorough", 5, 6),
}


@dataclass(slots=True)
class Completion:
    """What one call of the model gives; `choices` are (parts, finish reason)."""

    choices: list[tuple[list[dict[str, Any]], str]] = field(default_factory=list)
    input_tokens: int = 0
    output_tokens: int = 0
    escalated: bool = False


def complete(
    variant: Variant,
    messages: list[Message],
    documents: list[tuple[Passage, float]],
    *,
    n: int = 1,
    max_tokens: int = 400,
) -> Completion:
    """One call of the model; raises PromptTooLong."""
    size = sum(len(json.dumps(message).split()) for message in messages)
    if size > CONTEXT_WORDS:
        raise PromptTooLong(f"the prompt has {size} words, the model reads {CONTEXT_WORDS}")
    question = last_user_text(messages)
    done = Completion(input_tokens=size + sum(len(one.text.split()) for one, _ in documents))
    results = _results_after_question(messages)
    call = None if results else _wanted_call(question)
    if call:
        done.choices = [([call], "tool_call")]
    elif PERSON.search(question):
        done.choices, done.escalated = [([_text(HANDOVER + _promise(question))], "stop")], True
    else:
        for choice in range(n):
            text = _answer(variant, question, messages, documents, results, choice)
            done.choices.append(_cut(text, max_tokens))
    done.output_tokens = sum(len(json.dumps(parts).split()) for parts, _ in done.choices)
    return done


def last_user_text(messages: list[Message]) -> str:
    """The question that is being answered."""
    asked = [message for message in messages if message["role"] == "user"]
    return "\n".join(part["content"] for part in asked[-1]["parts"] if part["type"] == "text")


def _wanted_call(question: str) -> dict[str, Any] | None:
    if found := ARITHMETIC.search(question):
        arguments, name = {"expression": found.group().strip()}, "calculator"
    elif TRACKER.search(question):
        arguments, name = {"query": " ".join(words(question))}, "search_tracker"
    else:
        return None
    return {
        "type": "tool_call",
        "id": f"call_{abs(hash_text(question)) % 10**8}",
        "name": name,
        "arguments": arguments,
    }


def hash_text(text: str) -> int:
    """A small stable number for a text (Python's own hash changes from run to run)."""
    return int.from_bytes(text.encode()[-64:], "big") % (2**61 - 1)


def _results_after_question(messages: list[Message]) -> list[dict[str, Any]]:
    last = max(place for place, message in enumerate(messages) if message["role"] == "user")
    return [
        part
        for message in messages[last:]
        for part in message["parts"]
        if part["type"] == "tool_call_response"
    ]


def _answer(
    variant: Variant, question: str, messages: list[Message], documents: list[tuple[Passage, float]],
    results: list[dict[str, Any]], choice: int,
) -> str:  # fmt: skip
    lead = [_about_result(result) for result in results]
    if results and not any("error" in str(result["response"]) for result in results):
        return " ".join(lead)
    if not documents:
        return " ".join([*lead, "I found nothing about this in the Python documentation."])
    first = documents[choice % len(documents)][0]
    others = [one for one, _ in documents if one.id != first.id]
    write = _thorough if variant.name == "thorough" else _concise
    return "\n\n".join([*lead, write(variant, question, first, others, "example" in question.lower())])


def _about_result(result: dict[str, Any]) -> str:
    if "error" in str(result["response"]):
        return f"I could not reach the issue tracker ({result['response']['error']}). The documentation says:"
    return f"That is {result['response']}."


def _concise(variant: Variant, question: str, first: Passage, others: list[Passage], example: bool) -> str:
    said = " ".join(_best(question, first, variant.sentences)) + f" [{first.id}]"
    if example and (lines := _example(first)):
        said += f"\n\n```python\n{lines}\n```"
    return f"`{first.name}`: {said}"


def _thorough(variant: Variant, question: str, first: Passage, others: list[Passage], example: bool) -> str:
    sections = [f"The part of the documentation that answers this is **{first.name}** [{first.id}]."]
    signature, _, _ = first.text.partition("\n\n")
    if "(" in signature and len(signature) < 200:
        sections.append(f"```python\n{signature.strip()}\n```")
    sections.append("\n".join(f"- {sentence}" for sentence in _best(question, first, variant.sentences)))
    if lines := _example(first):
        sections.append(f"Example from the documentation:\n\n```python\n{lines}\n```")
    related = {one.name: one for one in others[:3] if one.name != first.name}
    if related:
        listed = "\n".join(
            f"- `{one.name}`: {_best(question, one, 1)[0]} [{one.id}]" for one in related.values()
        )
        sections.append(f"Related:\n{listed}")
    return "\n\n".join(sections)


def _best(question: str, passage: Passage, count: int) -> list[str]:
    """The sentences nearest to the question, in the order of the text; the first one always."""
    wanted = set(words(question))
    blocks = [block for block in passage.text.split("\n\n") if not block.lstrip().startswith((">>>", "..."))]
    has_head = len(blocks) > 1 and SIGNATURE.fullmatch(blocks[0].strip()) is not None
    plain = blocks[1:] if has_head else blocks
    sentences = [
        " ".join(one.split()) for block in plain for one in SENTENCE.split(block) if len(one.split()) > 2
    ]
    if not sentences:
        return [" ".join(passage.text.split())[:300]]
    ranked = sorted(
        range(len(sentences)), key=lambda place: (-len(wanted & set(words(sentences[place]))), place)
    )
    chosen = sorted(list(dict.fromkeys([0, *ranked]))[:count])
    return [sentences[place][:400] for place in chosen]


def _example(passage: Passage) -> str:
    lines = [line for line in passage.text.splitlines() if line.strip()]
    start = next((place for place, line in enumerate(lines) if line.lstrip().startswith(">>>")), None)
    return "\n".join(line.strip() for line in lines[start : start + 6]) if start is not None else ""


def _promise(question: str) -> str:
    address = re.search(r"\S+@\S+\w", question)
    return f" They will write to {address.group()}." if address else ""


def _cut(text: str, max_tokens: int) -> tuple[list[dict[str, Any]], str]:
    tokens = re.findall(r"\s*\S+", text)
    if len(tokens) <= max_tokens:
        return [_text(text)], "stop"
    return [_text("".join(tokens[:max_tokens]))], "length"


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "content": text}
