"""What is said of an annotator's team, languages and expertise, in one spelling everywhere.

Languages are BCP 47 tags in lower case (RFC 5646 compares them without case); expertise is a short word or two.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

LONGEST_TEAM, LONGEST_LANGUAGE, LONGEST_WORD, MOST_WORDS = 80, 16, 80, 20
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
BETWEEN = re.compile(r"[;,|/\n]+")


@dataclass(frozen=True, slots=True)
class PersonWords:
    """Team ("" for none), languages and expertise."""

    team: str = ""
    languages: tuple[str, ...] = ()
    expertise: tuple[str, ...] = ()


def read_team(given: str) -> str:
    """A team's name; raises ValueError when it cannot be shown."""
    team = " ".join(given.split())
    if len(team) > LONGEST_TEAM or not team.isprintable():
        raise ValueError(_("A team's name has at most %(n)d signs.") % {"n": LONGEST_TEAM})
    return team


def read_languages(given: str | Iterable[str]) -> tuple[str, ...]:
    """Tags like `de` or `pt-br`, sorted; raises ValueError for anything else."""
    tags = _split(given)
    for tag in tags:
        if not LANGUAGE.fullmatch(tag) or len(tag) > LONGEST_LANGUAGE:
            raise ValueError(_("%(tag)s is no language tag; write de, en or pt-BR.") % {"tag": tag})
    return _few(tags)


def read_expertise(given: str | Iterable[str]) -> tuple[str, ...]:
    """Words like `law` or `python`, sorted; raises ValueError for what is too long."""
    words = _split(given)
    for word in words:
        if len(word) > LONGEST_WORD or not word.isprintable():
            raise ValueError(
                _("An expertise has at most %(n)d signs: %(word)s…") % {"n": LONGEST_WORD, "word": word[:20]}
            )
    return _few(words)


def _split(given: str | Iterable[str]) -> set[str]:
    parts = BETWEEN.split(given) if isinstance(given, str) else given
    return {" ".join(part.lower().split()) for part in parts if part.strip()}


def _few(words: set[str]) -> tuple[str, ...]:
    if len(words) > MOST_WORDS:
        raise ValueError(_("At most %(n)d at once.") % {"n": MOST_WORDS})
    return tuple(sorted(words))
