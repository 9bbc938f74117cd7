"""What a person typed into the search field, as a tsquery: words, "phrases", -without, this OR that."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import Refused
from curation.search.words import STEMMERS, Token, lexeme, pairs, quoted, tokens

LONGEST = 400
MOST_WORDS = 40
PLACES = {"question": "A", "answer": "B", "tools": "C"}
_PIECE = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>\S+))')
Term = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """Every clause must hold, by any one of its terms; no term of `without` may. A term is a phrase of one word or more."""

    clauses: tuple[tuple[Term, ...], ...]
    without: tuple[Term, ...] = ()

    def tsquery(self, *markers: str, place: str = "", languages: Iterable[str] = STEMMERS) -> str:
        """The text of a tsquery: a word in any of its forms in these languages, or just as it was typed.

        `markers` must be there too; `place` is a name of PLACES.
        """
        spoken = [language for language in languages if language in STEMMERS]
        label = PLACES.get(place, "")
        held = [quoted(marker) for marker in markers]
        held += [
            "(" + " | ".join(_term(term, spoken, label) for term in clause) + ")" for clause in self.clauses
        ]
        held += [f"!{_term(term, spoken, label)}" for term in self.without]
        return " & ".join(held)

    def lexemes(self, language: str) -> frozenset[str]:
        """What is marked in a text of this language: the words that were asked for."""
        return frozenset(
            lexeme(token.text, language)
            for clause in self.clauses for term in clause for token in term if not token.is_run
        )  # fmt: skip

    @property
    def runs(self) -> frozenset[str]:
        """What is marked in scripts without blanks."""
        return frozenset(
            token.text for clause in self.clauses for term in clause for token in term if token.is_run
        )


def parse(text: str) -> Query:
    """Refuses what holds no word to look for."""
    if len(text) > LONGEST:
        raise Refused("query_too_long", f"A search takes up to {LONGEST} characters.")
    clauses: list[tuple[Term, ...]] = []
    without: list[Term] = []
    either = False
    for piece in _PIECE.finditer(text.replace("\0", " ")):
        if piece["word"] == "OR" and not piece["minus"] and clauses:
            either = True
            continue
        term = tuple(tokens(piece["phrase"] if piece["phrase"] is not None else piece["word"]))
        if not term:
            continue
        if piece["minus"]:
            without.append(term)
        elif either:
            clauses[-1] = (*clauses[-1], term)
        else:
            clauses.append((term,))
        either = False
    if not clauses:
        raise Refused(
            "query_empty", "There is no word to look for.", hint='Words, "a phrase", -without, this OR that.'
        )
    if sum(len(term) for clause in clauses for term in clause) > MOST_WORDS:
        raise Refused("query_too_long", f"A search takes up to {MOST_WORDS} words.")
    return Query(tuple(clauses), tuple(without))


def _term(term: Term, languages: list[str], label: str) -> str:
    steps: list[str] = []
    for token in term:
        if not token.is_run:
            either = {token.text, *(lexeme(token.text, language) for language in languages)}
            steps.append("(" + " | ".join(_labelled(one, label) for one in sorted(either)) + ")")
        elif len(token.text) == 1:
            steps.append(f"{quoted(token.text)}:*{label}")
        else:
            steps += [_labelled(pair, label) for pair in pairs(token.text)]
    return "(" + " <-> ".join(steps) + ")"


def _labelled(word: str, label: str) -> str:
    return f"{quoted(word)}:{label}" if label else quoted(word)
