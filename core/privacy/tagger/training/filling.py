"""Templates become labelled texts: each slot is filled, and the slots that hold people and addresses are the truth."""

from __future__ import annotations

import random
import re
from calendar import day_name, month_name
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from faker import Faker

from core.privacy.tagger.tokens import MASK
from core.privacy.tagger.training.addresses import make_address, make_city, make_road, make_street
from core.privacy.tagger.training.people import LOCALES, Person, coined, faker_for, make_person, written
from core.privacy.tagger.training.wordlists import CITIES, COINED_ENDINGS, KIN, NATIONALITIES, THINGS, WORKS

TEMPLATES = Path(__file__).resolve().parent / "templates"
_SLOT = re.compile(r"\[\[([A-Za-z]+)([0-9]?)\]\]")
_PEOPLE = {"any", "full", "first", "last", "reversed", "initials", "titled"}
_PLACES: dict[str, Callable[[Source], str]] = {
    "address": make_address,
    "street": make_street,
    "road": make_road,
}
Truth = tuple[int, int, str]


class Source(random.Random):
    """A seeded source of chance that also knows ordinary words, the frequent ones first."""

    def __init__(self, seed: int, words: Sequence[str]) -> None:
        super().__init__(seed)
        self.words = words

    def word(self) -> str:
        """An ordinary word, often a frequent one."""
        return self.words[int(len(self.words) * self.random() ** 2)]


@dataclass(slots=True)
class Text:
    """A made text and where its people and addresses stand."""

    text: str
    truth: list[Truth] = field(default_factory=list)


@cache
def templates() -> dict[str, tuple[str, ...]]:
    """Template file → its lines, `\\n` meaning a line break."""
    return {
        path.stem: tuple(
            line.replace("\\n", "\n")
            for line in path.read_text(encoding="utf-8").splitlines()
            if line.strip()
        )
        for path in sorted(TEMPLATES.glob("*.txt"))
    }


def fill(template: str, source: Source, *, nobody: bool = False) -> Text:
    """One text of a template; in a `nobody` template family names are part of other names and nothing is labelled."""
    pieces: list[str] = []
    truth: list[Truth] = []
    people: dict[str, Person] = {}
    at = length = 0
    for slot in _SLOT.finditer(template):
        before = template[at : slot.start()]
        name, number = slot.groups()
        value, kind = _value(name, number, people, source)
        pieces += (before, value)
        length += len(before)
        if kind and not nobody:
            truth.append((length, length + len(value), kind))
        length += len(value)
        at = slot.end()
    pieces.append(template[at:])
    return Text("".join(pieces), truth)


def _value(name: str, number: str, people: dict[str, Person], source: Source) -> tuple[str, str]:
    if name in _PEOPLE:
        person = people.setdefault(number, make_person(source)) if number else make_person(source)
        return written(person, name, source), "person"
    if name in _PLACES:
        return _PLACES[name](source), "address"
    return _OTHERS[name](source), ""


def _faked(method: str) -> Callable[[Source], str]:
    def make(source: Source) -> str:
        fake = faker_for(source.choice(LOCALES))
        fake.seed_instance(source.getrandbits(32))
        return str(getattr(fake, method)())

    return make


def _english(source: Source) -> Faker:
    fake = faker_for("en_US")
    fake.seed_instance(source.getrandbits(32))
    return fake


def _word(source: Source) -> str:
    return source.word() if source.random() < 0.6 else str(_english(source).word())


def _identifier(source: Source) -> str:
    words = [_word(source) for _ in range(source.choice((1, 2, 2, 3)))]
    joined = source.choice(("_", "_", "-", "", "."))
    return joined.join(words) if joined else words[0] + "".join(map(str.capitalize, words[1:]))


def _class(source: Source) -> str:
    words = [_word(source).capitalize() for _ in range(source.choice((1, 2, 2, 3)))]
    if source.random() < 0.25:
        words[0] = coined(source)
    return "".join(words)


def _capitals(source: Source) -> str:
    return " ".join(source.word().capitalize() for _ in range(source.choice((1, 2, 2, 3, 4))))


def _coined_thing(source: Source) -> str:
    if source.random() < 0.2:
        return source.word().capitalize()
    if source.random() < 0.35:
        return source.choice(THINGS).capitalize()
    return (coined(source)[:6] + source.choice(COINED_ENDINGS)).replace(" ", "").capitalize()


def _company(source: Source) -> str:
    if source.random() < 0.55:
        return _faked("company")(source)
    return f"{_coined_thing(source)}{source.choice(('', '', ' Inc', ' Corp', ' GmbH', ' Group', ' Labs', ' Bank', ' Airlines', ' Foods', ' AG'))}"


def _work(source: Source) -> str:
    return (
        source.choice(WORKS)
        if source.random() < 0.5
        else f"The {_word(source).title()} of {_word(source).title()}"
    )


def _surrogate(source: Source) -> str:
    return MASK * source.randrange(14, 40)


def _city(source: Source) -> str:
    fake = faker_for(source.choice(LOCALES))
    fake.seed_instance(source.getrandbits(32))
    text = source.choice(CITIES) if source.random() < 0.5 else make_city(fake, source)
    return text.upper() if source.random() < 0.06 else text


def _date(source: Source) -> str:
    """Faker's dates end today, and would make another corpus tomorrow."""
    day = date(1950, 1, 1) + timedelta(days=source.randrange(29_000))
    return day.strftime(source.choice(("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%B %d, %Y", "%d %b %Y")))


_OTHERS: dict[str, Callable[[Source], str]] = {
    "amount": lambda source: f"{source.choice('$€£')}{source.randrange(1, 2000)}",
    "cap": lambda source: _word(source).capitalize(),
    "Cap": lambda source: source.word().capitalize(),
    "Caps": _capitals,
    "city": _city,
    "class": _class,
    "coin": _coined_thing,
    "company": _company,
    "country": _faked("country"),
    "date": _date,
    "day": lambda source: source.choice(day_name),
    "description": lambda source: str(_english(source).sentence()),
    "email": lambda source: str(_english(source).safe_email()),
    "genre": lambda source: source.choice(("Comedy", "Drama", "Animation", "Mystery & Suspense", "Kids & Family", "Sci-Fi", "Action")),
    "hex": lambda source: f"{source.getrandbits(96):x}"[: source.choice((4, 8, 16, 24))],
    "id": lambda source: str(_english(source).bothify("??-#####").upper()),
    "ident": _identifier,
    "job": lambda source: str(_english(source).job()),
    "kin": lambda source: source.choice(KIN),
    "month": lambda source: source.choice(month_name[1:]),
    "nationality": lambda source: source.choice(NATIONALITIES),
    "number": lambda source: str(source.randrange(1, 10 ** source.choice((1, 2, 2, 3)))),
    "phone": _faked("phone_number"),
    "product": _coined_thing,
    "pronoun": lambda source: source.choice(("his", "her", "their")),
    "surrogate": _surrogate,
    "time": lambda source: f"{source.randrange(24):02d}:{source.randrange(60):02d}",
    "url": lambda source: str(_english(source).url()),
    "word": _word,
    "work": _work,
}  # fmt: skip
