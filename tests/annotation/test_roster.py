"""A list of people is read as spreadsheets write it, and every mistake is named by its line."""

import pytest

from accounts.models import Role
from annotation.people_words import PersonWords
from annotation.roster import MOST_ROWS, read_roster

HEAD = "email,name,role,team,languages,expertise\n"


def only(text: str):
    roster = read_roster((HEAD + text).encode())
    assert not roster.errors
    (person,) = roster.people
    return person


def test_a_line_says_who_as_what_in_which_team_with_which_languages_and_expertise():
    person = only("Ana@Example.org,Ana María,data lead,North,de;pt-BR,Law; python\n")
    assert (person.line, person.email, person.name, person.role) == (
        2, "ana@example.org", "Ana María", Role.DATA_LEAD,
    )  # fmt: skip
    assert person.words == PersonWords("North", ("de", "pt-br"), ("law", "python"))


def test_only_the_address_is_needed_and_the_columns_stand_in_any_order():
    roster = read_roster(b"Team,E-Mail\nNorth,a@x.example\n")
    assert [(p.email, p.role, p.words.team) for p in roster.people] == [
        ("a@x.example", Role.ANNOTATOR, "North")
    ]


def test_quotes_hold_commas_line_breaks_and_quotes_and_lines_are_counted_as_an_editor_shows_them():
    roster = read_roster((HEAD + 'a@x.example,"Doe, ""J""\nJr",,,"de,en",\n\nnope,,,,,\n').encode())
    assert roster.people[0].name == 'Doe, "J" Jr'
    assert roster.people[0].words.languages == ("de", "en")
    assert [line for line, _ in roster.errors] == [5]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_encoding_separator_and_line_end_of_a_spreadsheet_is_read(encoding, separator, ending):
    text = ending.join([separator.join(["email", "name"]), separator.join(["a@x.example", "Zoë Ünal"]), ""])
    roster = read_roster(text.encode(encoding))
    assert [(p.email, p.name) for p in roster.people] == [("a@x.example", "Zoë Ünal")]
    assert roster.guessed == (encoding == "cp1252")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nobody,,,,,", "no e-mail address"),
        ("a@x.example,,boss,,,", "no role boss"),
        ("a@x.example,,,,german,", "no language tag"),
        ("a@x.example,,,,,law,and,more", "more cells than columns"),
        (f"a@x.example,,,{'t' * 81},,", "at most 80"),
        ("a@x.example,a\x07b,,,,", "cannot be shown"),
        ('a@x.example,"open,,,,', "quote is not closed"),
    ],
)
def test_a_mistake_is_named_by_its_line_and_the_others_stand(line, said):
    roster = read_roster((HEAD + "good@x.example,,,,,\n" + line).encode())
    assert [p.email for p in roster.people] == ["good@x.example"]
    assert [at for at, _ in roster.errors] == [3]
    assert said in roster.errors[0][1]


def test_the_same_address_twice_is_named_with_the_line_it_stood_in():
    roster = read_roster((HEAD + "a@x.example,,,,,\nA@X.example,,,,,\n").encode())
    assert roster.errors == [(3, "a@x.example stands in line 2 already.")]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"name,team\nx,y\n", "one of them is email"),
        (b"email,wage\nx,y\n", "no column wage"),
        (b"email,email\nx,y\n", "twice"),
    ],
)
def test_a_list_without_a_usable_head_names_nobody(raw, said):
    roster = read_roster(raw)
    assert not roster.people
    assert said in roster.errors[0][1]


def test_a_list_that_is_too_long_says_so_where_it_stops():
    roster = read_roster((HEAD + "".join(f"p{n}@x.example,,,,,\n" for n in range(MOST_ROWS + 5))).encode())
    assert len(roster.people) == MOST_ROWS
    assert roster.errors[-1][0] == MOST_ROWS + 2
