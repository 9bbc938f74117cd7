"""Tables for spreadsheets: no cell of them is run as a formula, however the spreadsheet cuts the line into cells."""

import csv
import io

import pytest

from core.csv_table import csv_text

STARTS = "=+-@＝＋－＠\t\r"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    "name",
    [
        "=cmd|'/c calc'!A0",
        "+1",
        "-1",
        "@SUM(1)",
        "＝1+1",
        "\t=1",
        "\r\n=1",
        "Ann;=HYPERLINK(1)",
        "Ann\t=1",
        "Ann\n=1",
        "Ann\r\n;\t=1",
    ],
)
def test_no_cell_begins_like_a_formula_whatever_separates_cells(name: str, separator: str) -> None:
    text = csv_text(["name", "hours"], [[name, 1]]).removeprefix("\ufeff")
    cells = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in row]
    assert not [cell for cell in cells if cell.startswith(tuple(STARTS))]


def test_other_words_and_numbers_stand_as_they_are() -> None:
    assert (
        csv_text(["name", "hours"], [["Ann-Lee; Bo = 2", -1.5]])
        == "\ufeffname,hours\r\nAnn-Lee; Bo = 2,-1.5\r\n"
    )
