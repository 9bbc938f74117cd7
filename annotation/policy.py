"""A policy as numbered sections, so that an answer can cite one. Pure.

A section begins with a line of its own: a number, a full stop or blank, and a title (`2.1 Refusals`, `# 3. Tone`).
"""

import re
from dataclasses import asdict, dataclass

LONGEST_NUMBER, LONGEST_TITLE = 20, 120
_HEADING = re.compile(r"^#{0,6}[ \t]*(\d{1,3}(?:\.\d{1,3}){0,4})[.)]?[ \t]+(\S[^\n]*)$", re.MULTILINE)


class BadPolicy(ValueError):
    """The text cannot be cited: the message says why."""


@dataclass(frozen=True, slots=True)
class Section:
    """One numbered part: `number` is what an answer cites."""

    number: str
    title: str
    text: str

    def as_data(self) -> dict[str, str]:
        """As it is stored in a version's body."""
        return asdict(self)


def with_headings(text: str) -> str:
    """The same with its numbered lines as Markdown headings, so that a reader sees where a section begins."""
    return _HEADING.sub(lambda head: f"\n### {head[1]} {head[2].strip(' #')}\n", text)


def sections_of(text: str) -> list[Section]:
    """The numbered sections in their order; words before the first number belong to none.

    Raises BadPolicy where no line is a numbered heading, or a number comes twice.
    """
    found = list(_HEADING.finditer(text))
    if not found:
        raise BadPolicy('No line begins with a number and a title, like "1. Truth" or "2.1 Refusals".')
    ends = [one.start() for one in found[1:]] + [len(text)]
    made = [
        Section(head[1], head[2].strip(" #")[:LONGEST_TITLE], text[head.end() : end].strip())
        for head, end in zip(found, ends, strict=True)
    ]
    numbers = [one.number for one in made]
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    if twice:
        raise BadPolicy(f"These numbers come twice: {', '.join(twice)}.")
    return made
