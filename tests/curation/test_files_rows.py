"""Rows of a file: lines, elements of an array, objects over many lines, gzipped, cut, of any size."""

import gzip
import io
import json
import tracemalloc

import pytest

from curation.formats.files.reading import open_rows, read_rows
from curation.formats.lines import Line
from curation.formats.problem import RowProblem

ROWS = [{"messages": [{"role": "user", "content": f'{n} é ] }} [ \\ " '}]} for n in range(50)]


def rows(data: bytes, limit: int | None = None) -> list[Line | RowProblem]:
    return list(read_rows(io.BytesIO(data), "f", limit=limit))


@pytest.mark.parametrize("data", [
    "\n".join(map(json.dumps, ROWS)).encode(),
    json.dumps(ROWS, ensure_ascii=False).encode(),
    json.dumps(ROWS, indent=2).encode(),
    b"\xef\xbb\xbf" + json.dumps(ROWS).encode() + b"\n\n",
    "\n".join(json.dumps(row, indent=1) for row in ROWS).encode(),
    gzip.compress(json.dumps(ROWS).encode(), mtime=0),
], ids=["lines", "array", "indented array", "with a byte order mark", "indented objects", "gzipped array"])  # fmt: skip
def test_every_way_to_write_rows_gives_the_same_rows(data: bytes) -> None:
    found = rows(data)
    assert [json.loads(row.raw) for row in found if isinstance(row, Line)] == ROWS
    assert [row.number for row in found if isinstance(row, Line)] == list(range(1, 51))


def test_elements_are_cut_apart_wherever_a_chunk_ends() -> None:
    text = json.dumps([{"text": "x" * 70_000 + "é"}, {"text": '\\"'}, 7, "s", None])
    assert [json.loads(row.raw) for row in rows(text.encode()) if isinstance(row, Line)] == json.loads(text)


@pytest.mark.parametrize(
    "data", [b'[{"a": 1}, {"b": ', b'[{"a": 1}, {b}, {"c": 1}]', b'[{"a": 1}', b'[{"a": 1}, 2] trailing']
)
def test_a_broken_array_keeps_what_stands_before_the_break(data: bytes) -> None:
    first, *_, last = rows(data)
    assert isinstance(first, Line)
    assert json.loads(first.raw) == {"a": 1}
    assert isinstance(last, RowProblem)
    assert last.code == "malformed_json"


def test_a_cut_gzip_array_says_that_it_is_cut() -> None:
    found = rows(gzip.compress(json.dumps(ROWS).encode())[:-20])
    assert "truncated_gzip" in {row.code for row in found if isinstance(row, RowProblem)}


def test_an_array_beyond_the_limit_stops_there() -> None:
    found = rows(gzip.compress(json.dumps([{"x": "y" * 1000}] * 5000).encode()), limit=1 << 20)
    assert "too_large" in {row.code for row in found if isinstance(row, RowProblem)}


def test_an_endless_element_is_given_up() -> None:
    (last,) = rows(gzip.compress(b'["' + b"x" * (9 << 20)))
    assert isinstance(last, RowProblem)
    assert last.code == "line_too_long"


def test_bytes_that_are_no_text_refuse_their_own_element_only() -> None:
    from curation.ingest.files import defaults_now, file_items, open_file

    data = b'[{"messages": [{"role": "user", "content": "\xff"}]}, {"messages": [{"role": "user", "content": "fine"}]}]'
    items = list(file_items(open_file(io.BytesIO(data), place="f"), place="f", defaults=defaults_now()))
    assert [getattr(getattr(item, "problem", None), "code", "") for item in items] == ["invalid_utf8", ""]


@pytest.mark.parametrize("data", [b"", b"\n \n", b"[]", gzip.compress(b"", mtime=0)])
def test_a_file_without_rows_has_none(data: bytes) -> None:
    assert rows(data) == []


def test_the_sample_is_read_once_and_nothing_is_lost_by_looking() -> None:
    opened = open_rows(io.BytesIO("\n".join(map(json.dumps, ROWS)).encode()), "f")
    assert opened.form.name == "openai_chat"
    assert len(list(opened.rows)) == 50


def test_blank_lines_are_counted_and_cost_no_memory() -> None:
    """Measured: 300 KB of gzip held a web worker for 148 seconds."""
    blank = 3_000_000
    data = gzip.compress(b"\n" * blank + b'  {"a": 1}\r\n \n' + b"\n" * blank + b'{"b": 2}')
    tracemalloc.start()
    found = rows(data)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == [Line(blank + 1, b'{"a": 1}'), Line(2 * blank + 3, b'{"b": 2}')]
    assert most < blank
