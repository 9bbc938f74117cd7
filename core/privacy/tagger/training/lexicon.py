"""Word lists of the tagger: names and places of every Faker locale, words in common use, street words and titles."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

import faker.providers.address as faker_address
import faker.providers.lorem as faker_lorem
import faker.providers.person as faker_person

from core.privacy.tagger.features import COMMON, FIRST, KNOWN, LAST, PLACE, STREET, THING, TITLE
from core.privacy.tagger.training.wordlists import CITIES, STREET_WORDS, THINGS, TITLES

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_FIRST_LISTS = re.compile(r"first_names|^(?:fe)?male_names?$|given")
_LAST_LISTS = re.compile(r"last_names|surnames|family_names")
_PLACE_LISTS = re.compile(
    r"^(?:cities|city_names|countries|states|regions|provinces|cantons|prefectures|counties)$"
)
_COMMON_FROM = 5
_LONGEST_LIST = 6000


def lexicon(known: Iterable[str], seen: Counter[str]) -> dict[str, int]:
    """Lower-case word → bit mask of the lists it is in.

    `known` is a vocabulary of ordinary text, most frequent first; `seen` counts lower-case words of running text.
    """
    made: dict[str, int] = {}

    def add(words: Iterable[str], bit: int) -> None:
        for word in words:
            made[word] = made.get(word, 0) | bit

    add(_listed(faker_person, _FIRST_LISTS), FIRST)
    add(_listed(faker_person, _LAST_LISTS), LAST)
    add(_listed(faker_address, _PLACE_LISTS), PLACE)
    add((city.lower() for city in CITIES if city.isalpha()), PLACE)
    add((word for word in known if word.isalpha() and len(word) > 1), KNOWN)
    add((word for word, times in seen.items() if times >= _COMMON_FROM and len(word) > 1), COMMON)
    add((word for word in _lorem() if not made.get(word, 0) & (FIRST | LAST)), COMMON)
    add(_words(STREET_WORDS), STREET)
    add(_words(THINGS), THING)
    add(_words(TITLES), TITLE)
    return made


def _words(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for word in _WORD.findall(text.lower()):
            if word[0].upper() != word[0].lower():
                yield word


def _listed(package: ModuleType, wanted: re.Pattern[str]) -> Iterator[str]:
    for provider in _providers(package):
        for name in sorted(vars(provider)):
            values = vars(provider)[name]
            if wanted.search(name) and isinstance(values, (tuple, list, dict)) and len(values):
                yield from (word for word in _words(_texts(values)) if len(word) > 1)


def _texts(values: Iterable[Any]) -> list[str]:
    return sorted(value if isinstance(value, str) else str(value[0]) for value in values)[:_LONGEST_LIST]


def _lorem() -> Iterator[str]:
    for provider in _providers(faker_lorem):
        words = vars(provider).get("word_list", ())
        yield from (word for word in _words(sorted(words)) if len(word) > 1)


def _providers(package: ModuleType) -> Iterator[Any]:
    for found in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
        provider = importlib.import_module(f"{package.__name__}.{found.name}").Provider
        yield from (one for one in provider.__mro__ if one.__module__.startswith(package.__name__))
