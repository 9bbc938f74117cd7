"""Held-out items come by file or paste: JSON lines, CSV, text; what cannot be used is named row by row, and nothing is added."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from core.errors import Refused
from curation.actions.quarantine import (
    QuarantineEntry,
    SetFacts,
    publish_quarantine,
    read_quarantine_text,
)
from curation.held_out_files import read_rows, text_of
from curation.models import QuarantineItem, QuarantineSet
from tests.conftest import Team


def test_json_lines_hold_prompts_and_tasks() -> None:
    text = '{"question": "How many?", "answer": "18", "id": 7}\n\n{"prompt": "Write a poem."}'
    assert read_rows(text, "s", "jsonl").entries == [
        QuarantineEntry("s", "7", "How many?", "18"),
        QuarantineEntry("s", "3", "Write a poem."),
    ]


def test_csv_names_its_columns_and_text_has_a_prompt_a_line() -> None:
    assert read_rows('Id,Prompt,Target\na,"Line one,\nline two",42\n', "s", "csv").entries == [
        QuarantineEntry("s", "a", "Line one,\nline two", "42")
    ]
    assert [one.text for one in read_rows("First\n\n  Second \n", "s", "text").entries] == ["First", "Second"]


def test_every_row_that_cannot_be_used_is_named() -> None:
    rows = ['{"text": "fine"}', "not json", "[1]", '{"other": 1}', '{"text": "?!"}', '{"text": "again", "id": "1"}',
            '{"text": "%s"}' % ("x" * 20_001), '{"text": "t", "id": "%s"}' % ("x" * 129)]  # fmt: skip
    found = read_rows("\n".join(rows), "s", "jsonl")
    assert [number for number, _ in found.errors] == [2, 3, 4, 5, 6, 7, 8]
    assert "id of row 1" in dict(found.errors)[6]


def test_a_csv_row_with_too_many_cells_is_named() -> None:
    assert read_rows("text\nfine\na,b\n", "s", "csv").errors == [
        (3, "has more cells than the first line names")
    ]


def test_a_file_with_a_wrong_row_adds_nothing_and_says_which() -> None:
    with pytest.raises(Refused, match="row 2 is not JSON") as refused:
        read_quarantine_text('{"text": "a"}\nb', "s", "jsonl")
    assert refused.value.context["rows"] == [{"row": 2, "error": "is not JSON"}]


@pytest.mark.django_db
def test_a_set_keeps_its_origin_and_who_added_it(team: Team) -> None:
    entries = [QuarantineEntry("gsm8k", "1", "How many?", "18 in all")]
    facts = SetFacts(role="benchmark", licence="MIT", source="openai/grade-school-math")
    publish_quarantine(who=team.lead, project=team.project, items=entries, facts=facts)
    one = QuarantineSet.objects.get()
    assert (one.role, one.licence, one.source, one.added_by) == (
        "benchmark", "MIT", "openai/grade-school-math", team.lead.actor.name,
    )  # fmt: skip
    assert QuarantineItem.objects.get().answer == "18 in all"


@pytest.mark.django_db
def test_an_item_is_stored_once_however_many_versions_hold_it(team: Team) -> None:
    for number in range(3):
        items = [QuarantineEntry("s", str(key), f"Item number {key} of the set") for key in range(number + 1)]
        version = publish_quarantine(who=team.lead, project=team.project, items=items)
        assert QuarantineItem.objects.of(version).count() == number + 1
    assert QuarantineItem.objects.count() == 3


@pytest.mark.django_db
def test_another_text_under_an_id_that_is_taken_is_held_out_too_and_once(team: Team) -> None:
    for pasted in ("The first paste.", "The second paste.", "The second paste."):
        publish_quarantine(
            who=team.lead, project=team.project, items=read_quarantine_text(pasted, "desk", "text")
        )
    twice = [QuarantineEntry("desk", "7", "One text."), QuarantineEntry("desk", "7", "Another text.")]
    publish_quarantine(who=team.lead, project=team.project, items=twice)
    held = list(QuarantineItem.objects.order_by("id").values_list("text", flat=True))
    assert held == ["The first paste.", "The second paste.", "One text.", "Another text."]


def test_what_is_no_utf_8_is_refused_with_its_line() -> None:
    for raw in ("text\nfine\ncafé".encode("latin-1"), "text\nfine".encode("utf-16")):
        with pytest.raises(Refused, match="not UTF-8"):
            text_of(raw)
    with pytest.raises(Refused, match="line 3"):
        text_of("text\nfine\ncafé".encode("latin-1"))


def test_half_a_surrogate_pair_and_an_open_quote_are_named() -> None:
    rows = '{"text": "half \\ud800"}\n{"text": "fine", "id": "\\u0000"}\n{"text": "NUL \\u0000"}'
    assert [number for number, _ in read_rows(rows, "s", "jsonl").errors] == [1, 2]
    cut_off = read_rows('text\n"an item\nand the next\n', "s", "csv")
    assert not cut_off.entries
    assert "no CSV" in cut_off.errors[0][1]


@pytest.mark.django_db
def test_an_unknown_role_is_refused(team: Team) -> None:
    with pytest.raises(Refused, match="benchmark"):
        publish_quarantine(who=team.lead, project=team.project, items=[], facts=SetFacts(role="exam"))


@pytest.mark.django_db
def test_the_command_adds_a_csv_file_and_names_wrong_rows(team: Team, tmp_path: Path) -> None:
    file, out = tmp_path / "exam.csv", StringIO()
    file.write_text("id,question,answer\n1,How many birds are there?,Three\n")
    call_command("quarantine", file, project="acme", licence="MIT", role="benchmark", stdout=out)
    assert "version 2 with 1 items" in out.getvalue()
    assert QuarantineSet.objects.get(name="exam").licence == "MIT"
    file.write_text("id,question\n2,\n")
    with pytest.raises(CommandError, match="row 2"):
        call_command("quarantine", file, project="acme")
