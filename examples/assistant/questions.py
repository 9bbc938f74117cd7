"""What people ask the assistant: tasks in their own words, and questions made from the documents themselves."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from examples.assistant.library import SYNTAX, documents

QUARANTINE = Path(__file__).parent.parent / "quarantine.jsonl"
TASKS = Path(__file__).parent / "tasks.json"

VERB = ("How do I {}?", "How can I {} in Python?", "I need to {}. Which function does that?",
        "What is the usual way to {}?", "Is there something in the standard library to {}?",
        "Please show me how to {}.", "Which call would {}, and what does it expect?")  # fmt: skip
GIVES = (
    "Which call gives me {}?",
    "How do I get {}?",
    "What returns {}?",
    "I am looking for {}, where is it?",
)
ABOUT = ("What does {} do?", "When would I use {}?", "Explain {} to me, please.", "What are the arguments of {}?",
         "What should I watch out for with {}?", "Can you give an example of {}?")  # fmt: skip
SYNTAX_ABOUT = ("How does {} work in Python?", "What are the rules for {}?", "Explain {} with an example.",
                "What does the language reference say about {}?", "Where do people go wrong with {}?")  # fmt: skip
FOLLOW_UPS = (
    "What does {} return?", "Can you show an example of {}?", "What does {} do if the input is wrong?",
    "And what are the arguments of {}?", "Is there an alternative to {}?", "Which exceptions can {} raise?",
    "Does {} work with an empty value too?",
)  # fmt: skip
ARITHMETIC = ("What is {a} * {b} + {c}?", "How much is ({a} + {b}) * {c}?", "Please compute {a} ** 2 - {b}.",
              "My loop runs {a} times over {b} items, so {a} * {b} steps?", "What is {a} / {c} rounded?",
              "If each record has {b} bytes, how many bytes are {a} * {b}?")  # fmt: skip
TRACKER = ("Is there an open bug about {}?", "Has a problem with {} been put in the issue tracker?",
           "Are there known bugs in {}?")  # fmt: skip
PERSON = ("I have asked three times about {}. I want to talk to a real person, write to {mail}.",
          "This answer about {} broke our release, I want to complain. My mail is {mail}.",
          "Let me speak to a human about {}. I am {mail}.")  # fmt: skip
FOREIGN = (
    ("Wozu brauche ich das Schlüsselwort yield?", "reference/yield"),
    ("Wie funktioniert die Anweisung with in Python?", "reference/with"),
    ("¿Para qué sirve la sentencia try en Python?", "reference/try"),
    ("¿Cómo funciona el operador lambda?", "reference/lambda"),
    ("À quoi sert le mot-clé nonlocal en Python ?", "reference/nonlocal"),
    ("Comment fonctionne la boucle while ?", "reference/while"),
)
VERBS = frozenset({
    "add", "attach", "block", "call", "change", "check", "choose", "close", "compare", "compile", "compute",
    "construct", "convert", "copy", "create", "decode", "delete", "determine", "disconnect", "encode",
    "execute", "expand", "extract", "find", "flush", "format", "generate", "insert", "iterate", "join",
    "load", "log", "make", "open", "parse", "print", "put", "read", "register", "release", "remove",
    "rename", "replace", "report", "reset", "retrieve", "round", "run", "send", "set", "split", "start",
    "stop", "test", "truncate", "unregister", "update", "wait", "wake", "wrap", "write",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the domain it belongs to and the document that answers it ("" when nobody wrote it down)."""

    text: str
    domain: str
    document: str


@cache
def quarantine() -> tuple[dict[str, str], ...]:
    """The held-out questions that must never be trained on."""
    lines = QUARANTINE.read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines if line.strip())


@cache
def tasks() -> tuple[Question, ...]:
    """Questions written by hand, by domain."""
    by_domain: dict[str, list[str]] = json.loads(TASKS.read_text(encoding="utf-8"))
    return tuple(Question(text, domain, "") for domain, texts in by_domain.items() for text in texts)


def generated(rng: random.Random) -> list[Question]:
    """One question per document, in random order and phrasing."""
    found = [_question(rng, document, name, domain, text) for document, name, domain, text in documents()]
    rng.shuffle(found)
    return found


def _question(rng: random.Random, document: str, name: str, domain: str, text: str) -> Question:
    if domain == SYNTAX:
        title = " ".join(text.splitlines()[0].strip('"').split())
        topic = title if len(title) < 60 else name
        topic = topic[0].lower() + topic[1:] if topic[1:2].islower() else topic
        return Question(rng.choice(SYNTAX_ABOUT).format(topic), domain, document)
    task = _task(text)
    if task is None or rng.random() < 0.25:
        return Question(rng.choice(ABOUT).format(name), domain, document)
    forms, body = task
    return Question(rng.choice(forms).format(body), domain, document)


def _task(text: str) -> tuple[tuple[str, ...], str] | None:
    """The first sentence of a docstring as something one may want to do, if it reads like that."""
    body = text.partition("\n\n")[2] or text
    sentence = re.split(r"(?<=[.;:])\s|\n\n", " ".join(body.split()), maxsplit=1)[0].rstrip(".;: ")
    first, _, rest = sentence.partition(" ")
    if not 4 <= len(sentence.split()) <= 18 or "->" in sentence or "self" in sentence:
        return None
    if first.lower() in VERBS:
        return VERB, f"{first.lower()} {rest}"
    if first in ("Return", "Returns") and rest.split(" ")[0] in ("a", "an", "the"):
        return GIVES, rest
    return None


def near(text: str, rng: random.Random) -> str:
    """The same question as another user would type it."""
    return rng.choice((
        lambda: f"{text} Thanks!", lambda: f"Hi! {text}", text.lower, lambda: text.replace(" ", "  ", 2),
        lambda: text.replace("?", " ??"), lambda: f"Quick question: {text}",
    ))()  # fmt: skip
