"""Leaks made from held-out items by seeded edits: what a screening has to find, kind by kind.

Nothing made here is stored. An edit takes the text and a random generator, so the same seed makes the same leaks on every
machine. Kinds beyond the planted file of the project (case, typos, names, numbers …) are what people and pipelines do to a
copied text on its way into a log.
"""

from __future__ import annotations

import random
import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Edit = Callable[[str, random.Random], str]

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{2,}\b")
_NAMES = (
    "Olga",
    "Kwame",
    "Ingrid",
    "Mateo",
    "Yuki",
    "Farid",
    "Noor",
    "Bram",
    "Sunniva",
    "Tariq",
    "Zofia",
    "Paolo",
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CYRILLIC = str.maketrans("aceopxyiABCEHKMOPTX", "асеорхуіАВСЕНКМОРТХ")
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u2063\u180e"
_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
         "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
_TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_PARAPHRASES = {
    "how many": "what number of", "how much": "what amount of", "each": "every", "every": "each", "total": "overall",
    "buys": "purchases", "bought": "purchased", "gives": "hands", "makes": "produces", "also": "additionally",
    "then": "afterwards", "before": "prior to", "needs to": "has to", "wants to": "would like to", "write": "compose",
    "make sure": "ensure", "at least": "no fewer than", "response": "reply", "please": "kindly", "big": "large",
    "because": "since", "if": "supposing", "does not": "doesn't", "starts": "begins", "finish": "complete",
}  # fmt: skip
_SMALL_TALK = (
    "I have been thinking about my garden all week and the tomatoes are finally coming along.",
    "Sure, that sounds good. Let me look at the details and come back to you in a moment.",
    "The train was late again, so we had plenty of time to talk about the weather in the north.",
    "Could you explain that once more, with a short example that a beginner would understand?",
    "My colleague prefers another editor, but I do not see what difference it would make for us.",
    "Here is a summary of the meeting: nothing was decided and everybody went home early.",
    "That reminds me of a recipe my aunt used to cook on Sundays, with far too much garlic.",
)


def in_words(number: int) -> str:
    """An integer below a million in English words."""
    if number < 20:
        return _ONES[number]
    if number < 100:
        return _TENS[number // 10] + (f"-{_ONES[number % 10]}" if number % 10 else "")
    size, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    rest = number % size
    return f"{in_words(number // size)} {name}" + (f" {in_words(rest)}" if rest else "")


def _verbatim(text: str, rng: random.Random) -> str:
    return text


def _case_and_marks(text: str, rng: random.Random) -> str:
    changed = rng.choice([str.upper, str.lower, str.title])(re.sub(r"[^\w\s]", " ", text))
    return changed.replace(" ", " " * rng.randint(1, 3))


def _numbers(text: str, rng: random.Random) -> str:
    return _NUMBER.sub(lambda found: str(rng.randint(2, 400)), text)


def _numbers_in_words(text: str, rng: random.Random) -> str:
    def worded(found: re.Match[str]) -> str:
        digits = found.group().replace(",", "")
        return in_words(int(digits)) if digits.isdigit() and int(digits) < 1_000_000 else found.group()

    return _NUMBER.sub(worded, text)


def _names(text: str, rng: random.Random) -> str:
    others = {
        name: rng.choice(_NAMES)
        for name in sorted({*_NAME.findall(text), *re.findall(r"^[A-Z][a-z]{2,}", text)})
    }
    return re.sub(r"\b[A-Z][a-z]{2,}\b", lambda found: others.get(found.group(), found.group()), text)


def _names_and_numbers(text: str, rng: random.Random) -> str:
    return _numbers(_names(text, rng), rng)


def _shuffled(text: str, rng: random.Random) -> str:
    sentences = _SENTENCE.split(text)
    rng.shuffle(sentences)
    return " ".join(sentences)


def _reversed_sentences(text: str, rng: random.Random) -> str:
    return " ".join(reversed(_SENTENCE.split(text)))


def _share(share: float, *, end: bool) -> Edit:
    def cut(text: str, rng: random.Random) -> str:
        words = text.split()
        kept = max(1, round(len(words) * share))
        return " ".join(words[-kept:] if end else words[:kept])

    return cut


def _typos(share: float) -> Edit:
    def mistyped(text: str, rng: random.Random) -> str:
        return "".join(
            rng.choice(_LETTERS) if char.isalpha() and rng.random() < share else char for char in text
        )

    return mistyped


def _swapped_letters(text: str, rng: random.Random) -> str:
    chars = list(text)
    for place in range(len(chars) - 1):
        if chars[place].isalpha() and chars[place + 1].isalpha() and rng.random() < 0.03:
            chars[place], chars[place + 1] = chars[place + 1], chars[place]
    return "".join(chars)


def _embedded(text: str, rng: random.Random) -> str:
    before, after = (rng.sample(_SMALL_TALK, rng.randint(1, 3)) for _ in range(2))
    return " ".join([*before, text, *after])


def _long_chat(text: str, rng: random.Random) -> str:
    turns = [rng.choice(_SMALL_TALK) for _ in range(rng.randint(40, 80))]
    turns.insert(rng.randint(0, len(turns)), text)
    return "\n".join(f"{('User', 'Assistant')[at % 2]}: {turn}" for at, turn in enumerate(turns))


def _paraphrased(text: str, rng: random.Random) -> str:
    pattern = re.compile(
        r"\b(" + "|".join(sorted(_PARAPHRASES, key=len, reverse=True)) + r")\b", re.IGNORECASE
    )
    return pattern.sub(lambda found: _PARAPHRASES[found.group().lower()], text)


def _dropped_words(text: str, rng: random.Random) -> str:
    return " ".join(word for word in text.split() if rng.random() > 0.08)


def _inserted_words(text: str, rng: random.Random) -> str:
    fillers = ("um", "well", "like", "actually", "[sic]", "--", "you know", "|")
    return " ".join(word if rng.random() > 0.08 else f"{word} {rng.choice(fillers)}" for word in text.split())


def _full_width(text: str, rng: random.Random) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def _decomposed(text: str, rng: random.Random) -> str:
    return unicodedata.normalize("NFD", text)


def _accented(text: str, rng: random.Random) -> str:
    accents = "\u0301\u0300\u0308\u0323"
    return "".join(
        char + rng.choice(accents) if char in "aeiou" and rng.random() < 0.5 else char for char in text
    )


def _zero_width(text: str, rng: random.Random) -> str:
    return "".join(char + rng.choice(_INVISIBLE) if rng.random() < 0.2 else char for char in text)


def _homoglyphs(text: str, rng: random.Random) -> str:
    return "".join(char.translate(_CYRILLIC) if rng.random() < 0.4 else char for char in text)


def _wrapped(text: str, rng: random.Random) -> str:
    return textwrap.fill(text, rng.randint(20, 50))


def _hyphenated(text: str, rng: random.Random) -> str:
    lines = [text[start : start + 37] for start in range(0, len(text), 37)]
    return "".join(
        line + ("-\n" if line[-1].isalpha() else "\n" if line[-1] == " " else "") for line in lines
    )


def _quoted(text: str, rng: random.Random) -> str:
    return "\n".join(f"> {line}" for line in textwrap.wrap(text, 40))


def _fenced(text: str, rng: random.Random) -> str:
    return f"Translate this:\n```text\n{text}\n```\nThanks."


def _markdown(text: str, rng: random.Random) -> str:
    marks = ("**{}**", "*{}*", "`{}`", "_{}_", "[{}](https://example.org/a)")
    return " ".join(rng.choice(marks).format(word) if rng.random() < 0.2 else word for word in text.split())


def _escaped(text: str, rng: random.Random) -> str:
    import json

    return json.dumps({"messages": [{"role": "user", "content": text}]})


def _spaced_out(text: str, rng: random.Random) -> str:
    return " ".join(text.replace(" ", "  "))


def _run_together(text: str, rng: random.Random) -> str:
    return "".join(word if rng.random() < 0.3 else f"{word} " for word in text.split())


KINDS: dict[str, Edit] = {
    "verbatim": _verbatim,
    "case_marks_blanks": _case_and_marks,
    "numbers_changed": _numbers,
    "numbers_in_words": _numbers_in_words,
    "names_changed": _names,
    "names_and_numbers": _names_and_numbers,
    "sentences_shuffled": _shuffled,
    "sentences_reversed": _reversed_sentences,
    "first_60pct": _share(0.6, end=False),
    "last_60pct": _share(0.6, end=True),
    "typos_5pct": _typos(0.05),
    "letters_swapped": _swapped_letters,
    "embedded": _embedded,
    "in_a_long_chat": _long_chat,
    "paraphrase_templates": _paraphrased,
    "words_dropped": _dropped_words,
    "words_inserted": _inserted_words,
    "full_width": _full_width,
    "decomposed": _decomposed,
    "accents": _accented,
    "zero_width": _zero_width,
    "homoglyphs": _homoglyphs,
    "lines_wrapped": _wrapped,
    "hyphenated": _hyphenated,
    "quoted": _quoted,
    "code_fence": _fenced,
    "markdown": _markdown,
    "inside_json": _escaped,
    "spaced_letters": _spaced_out,
    "blanks_lost": _run_together,
}


@dataclass(frozen=True, slots=True)
class Leak:
    """An edited item: what was done to which."""

    kind: str
    item: int
    text: str


def leaks(items: Sequence[str], *, half: int, seed: int, per_kind: int) -> Iterator[Leak]:
    """`per_kind` leaks of every kind, made from the even (half 0) or the odd items (half 1)."""
    rng = random.Random(f"{seed}:{half}")
    own = range(half, len(items), 2)
    for kind, edit in KINDS.items():
        for item in rng.sample(own, min(per_kind, len(own))):
            yield Leak(kind, item, edit(items[item], rng))
