"""People from many places, and the ways in which their names are written."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

from faker import Faker

LOCALES = (
    ("en_US",) * 8 + ("en_GB",) * 5 + ("de_DE",) * 4 + ("fr_FR",) * 4 + ("es_ES",) * 4 + ("it_IT",) * 3
    + ("nl_NL", "pl_PL", "pt_BR", "cs_CZ", "en_IN", "sv_SE", "fi_FI", "hu_HU", "da_DK", "no_NO") * 2
    + ("pt_PT", "ro_RO", "hr_HR", "sl_SI", "tr_TR", "en_AU", "en_CA", "de_AT", "de_CH", "fr_CH", "es_MX", "is_IS")
    + ("et_EE", "lt_LT", "lv_LV", "id_ID", "sk_SK", "en_NZ", "en_IE", "fr_CA", "nl_BE", "es_CO", "es_AR", "vi_VN")
    + ("ru_RU", "uk_UA", "el_GR", "bg_BG")
)  # fmt: skip

TITLES = "Dipl.-Ing. Ing. Dr. med. Univ.Prof. Dott. Mr Mr. Mrs Mrs. Ms Ms. Miss Dr Dr. Prof. Professor Sir Herr Frau Monsieur Madame Señor Señora Signora Mx.".split()
SUFFIXES = "Jr. Sr. MD PhD DDS II III B.A. B.Sc. B.Eng. M.Sc. MBA. Esq. DVM".split()
_ROMANISED = (
    "hiro yuki kenji haru taka nobu masa akira sato naka mura yama moto kawa shima chen wang zhang xiao ming hua wei lin jun"
    " min soo jin hyun young kyung ahmed abdul rahman moham yusuf fatim khal omar haj sami nadi okon ade chi kwa nko olu"
    " temi bab tun zaw aung htet nguy tran thi anh phu beks ulan nur gul aiz dast mstis yaros vlad mira slav boris stani"
    " kov ova enko ev in ski ska sson dottir sen berg mann stein hofer wicz czyk escu oglu yan dze shvili idis opoulos"
).split()


@cache
def faker_for(locale: str) -> Faker:
    """One generator per locale; it is seeded before each use."""
    return Faker(locale)


@dataclass(frozen=True, slots=True)
class Person:
    """A given name and a family name, perhaps with a middle initial."""

    first: str
    last: str
    initial: str


def make_person(source: random.Random) -> Person:
    """A person of some locale; some have names that stand in no list."""
    fake = faker_for(source.choice(LOCALES))
    fake.seed_instance(source.getrandbits(32))
    first, last = fake.first_name(), fake.last_name()
    if source.random() < 0.22:
        last = coined(source)
    if source.random() < 0.14:
        first = coined(source)
    elif source.random() < 0.04:
        first = f"{first}{source.choice('- ')}{fake.first_name()}"
    if source.random() < 0.06:
        last = f"{last}{source.choice('- ')}{fake.last_name()}"
    return Person(first, last, source.choice("ABCDEFGHIJKLMNOPRSTVW"))


def coined(source: random.Random) -> str:
    """A name-like word out of syllables."""
    word = "".join(source.sample(_ROMANISED, source.choice((2, 2, 3))))
    return word[:12].capitalize()


def written(person: Person, style: str, source: random.Random) -> str:
    """The person's name in one of the styles that templates ask for."""
    first, last = person.first, person.last
    if style == "first":
        return first
    if style == "last":
        return last
    if style == "reversed":
        return f"{last}, {first}"
    if style == "initials":
        return source.choice(
            (f"{first[0]}. {last}", f"{first[0]}. {person.initial}. {last}", f"{first} {last[0]}.")
        )
    if style == "titled":
        after = source.choice(("", "", "", f" {source.choice(SUFFIXES)}"))
        return f"{source.choice(TITLES)} {source.choice((last, last, f'{first} {last}{after}'))}"
    if style == "full":
        return f"{first} {last}"
    return _any(person, source)


def _any(person: Person, source: random.Random) -> str:
    roll = source.random()
    if roll < 0.62:
        return f"{person.first} {person.last}"
    if roll < 0.74:
        return f"{person.first} {person.initial}{source.choice(('', '.'))} {person.last}"
    if roll < 0.84:
        return written(person, "titled", source)
    if roll < 0.89:
        return f"{person.first} {person.last} {source.choice(SUFFIXES)}"
    if roll < 0.96:
        return person.first
    return written(person, "initials", source)
