"""A list of people to invite, as CSV: who, as what, in which team, with which languages and expertise.

Spreadsheets write commas, semicolons or tabs, UTF-8 with a byte order mark, UTF-16 or Windows-1252; all are read.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.models import Role

from .people_words import PersonWords, read_expertise, read_languages, read_team

COLUMNS = ("email", "name", "role", "team", "languages", "expertise")
MOST_ROWS, MOST_BYTES = 1_000, 1_000_000
LONGEST_EMAIL, LONGEST_NAME = 254, 120
ROLE_NAMES = {"lead": Role.DATA_LEAD, "engineer": Role.ML_ENGINEER, "administrator": Role.ADMIN}
MARKS_OF_UTF16 = (b"\xff\xfe", b"\xfe\xff")
Cell = str | Sequence[str]


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the list, checked."""

    line: int
    email: str
    name: str
    role: Role
    words: PersonWords


@dataclass(slots=True)
class Roster:
    """People, (line, what is wrong) for the lines that name nobody, and how the bytes were read; `guessed` where they do not tell."""

    people: list[Person] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)
    encoding: str = "utf-8-sig"
    guessed: bool = False


def read_roster(raw: bytes) -> Roster:
    """Every line, in order; a line with a mistake is named and left out, the others stand."""
    found = Roster()
    if len(raw) > MOST_BYTES:
        found.errors.append((1, _("The list is larger than %(n)d bytes.") % {"n": MOST_BYTES}))
        return found
    found.encoding, found.guessed = _encoding(raw)
    return _read(_rows(raw.decode(found.encoding, "replace"), found), found)


def read_rows(rows: Iterable[Mapping[str, Cell]]) -> Roster:
    """The same from rows that came apart already, counted from 1; languages and expertise may be lists."""
    return _read(enumerate(rows, start=1), Roster())


def _read(rows: Iterable[tuple[int, Mapping[str, Cell]]], found: Roster) -> Roster:
    seen: dict[str, Person] = {}
    for line, cells in rows:
        if len(found.people) + len(found.errors) >= MOST_ROWS:
            found.errors.append((line, _("A list has at most %(n)d lines; split it.") % {"n": MOST_ROWS}))
            break
        try:
            person = _person(line, cells)
        except ValueError as error:
            found.errors.append((line, str(error)))
            continue
        first = seen.setdefault(person.email, person)
        if first is not person:
            found.errors.append(
                (
                    line,
                    _("%(email)s stands in line %(n)d already.") % {"email": person.email, "n": first.line},
                )
            )
            continue
        found.people.append(person)
    return found


def _encoding(raw: bytes) -> tuple[str, bool]:
    """The encoding, and whether it is a guess: what is neither UTF-16 nor UTF-8 comes from a Western Windows."""
    if raw.startswith(MARKS_OF_UTF16):
        return "utf-16", False
    try:
        raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1252", True
    return "utf-8-sig", False


def _rows(text: str, found: Roster) -> Iterator[tuple[int, Mapping[str, Cell]]]:
    """(line it begins in, cells by column); empty lines are passed over."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True
    )
    head: Sequence[str] | None = None
    line = 1
    try:
        for cells in reader:
            begins, line = line, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if head is None:
                head = [_column(cell) for cell in cells]
                if (wrong := _wrong_head(head)) is not None:
                    found.errors.append((begins, wrong))
                    return
            elif len(cells) > len(head) and any(cell.strip() for cell in cells[len(head) :]):
                found.errors.append((begins, _("There are more cells than columns; a comma needs quotes.")))
            else:
                yield begins, dict(zip(head, (cell.strip() for cell in cells), strict=False))
    except csv.Error as error:
        found.errors.append(
            (line, _("A quote is not closed or stands in the wrong place (%(error)s).") % {"error": error})
        )
        return
    if head is None:
        found.errors.append(
            (1, _("The list is empty. Its first line names the columns: %(c)s.") % {"c": ", ".join(COLUMNS)})
        )


def _column(cell: str) -> str:
    name = cell.strip().lower().replace("-", "").replace("_", "")
    return {"mail": "email", "emailaddress": "email", "language": "languages"}.get(name, name)


def _wrong_head(head: Sequence[str]) -> str | None:
    if "email" not in head:
        return _("The first line names the columns, and one of them is email. Known: %(c)s.") % {
            "c": ", ".join(COLUMNS)
        }
    unknown = [name for name in head if name and name not in COLUMNS]
    if unknown:
        return _("There is no column %(name)s. Known: %(c)s.") % {"name": unknown[0], "c": ", ".join(COLUMNS)}
    twice = [name for name in head if name and head.count(name) > 1]
    return _("The column %(name)s stands there twice.") % {"name": twice[0]} if twice else None


def _person(line: int, cells: Mapping[str, Cell]) -> Person:
    email = _text(cells, "email").lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValueError(_("%(email)s is no e-mail address.") % {"email": email or "–"}) from error
    name = " ".join(_text(cells, "name").split())
    if len(email) > LONGEST_EMAIL or len(name) > LONGEST_NAME or not name.isprintable():
        raise ValueError(_("The address or the name is too long, or holds signs that cannot be shown."))
    return Person(
        line,
        email,
        name,
        _role(_text(cells, "role")),
        PersonWords(
            read_team(_text(cells, "team")),
            read_languages(cells.get("languages", "")),
            read_expertise(cells.get("expertise", "")),
        ),
    )


def _text(cells: Mapping[str, Cell], name: str) -> str:
    given = cells.get(name, "")
    return given if isinstance(given, str) else " ".join(given)


def _role(given: str) -> Role:
    """Annotator where nothing is said; by code or by the word on the page."""
    plain = re.sub(r"[\s-]+", "_", given.strip().lower())
    if not plain:
        return Role.ANNOTATOR
    by_word = {str(role.label).lower().replace(" ", "_"): role for role in Role} | ROLE_NAMES
    if plain in Role.values:
        return Role(plain)
    if plain not in by_word:
        raise ValueError(
            _("There is no role %(role)s. Known: %(c)s.") % {"role": given, "c": ", ".join(Role.values)}
        )
    return by_word[plain]
